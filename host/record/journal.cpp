#include "host/record/journal.h"

#include <stdexcept>

#include <fmt/format.h>

#include "host/problem/strict_json.h"

namespace slimbench {

JournalContents read_journal(const std::string& path) {
    const FileLines lines = read_lines(path);
    JournalContents contents{{}, lines.torn};
    for (const FileLine& line : lines.whole) {
        try {
            contents.records.push_back(from_json(parse_json_text(line.text)));
        } catch (const std::exception& error) {
            throw std::runtime_error(fmt::format("{}:{}: {}", path, line.number, error.what()));
        }
    }
    return contents;
}

void JournalWriter::append(const ResultRecord& record) {
    // Device strings come from drivers and need not be UTF-8.
    file_.append(to_json(record).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace slimbench
