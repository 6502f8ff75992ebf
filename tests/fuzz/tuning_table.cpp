#include "host/kernel/tuning_table.h"

#include <stdexcept>

#include "tests/fuzz/promises.h"
#include "tests/fuzz/targets.h"

namespace slimbench::fuzz {

void check_tuning_table(std::string_view text) {
    const auto table = read_or_refuse<std::runtime_error>(
        "tuning.json", [&] { return parse_tuning("tuning.json", text); });
    if (!table) return;
    const std::string written = table->text();
    require(parse_tuning("tuning.json", written).text() == written,
            "a table's text reads back as itself");
    TuningTable merged = *table;
    merged.take(*table);
    require(merged.text() == written, "a table merged with itself is itself");
}

}  // namespace slimbench::fuzz
