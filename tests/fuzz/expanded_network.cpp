#include <stdexcept>

#include "host/problem/network_json.h"
#include "host/problem/strict_json.h"
#include "tests/fuzz/promises.h"
#include "tests/fuzz/targets.h"

namespace slimbench::fuzz {

void check_expanded_network(std::string_view text) {
    const auto network = read_or_refuse<std::runtime_error>(
        "network", [&] { return network_from_json(parse_json_file("network", text)); });
    if (!network) return;
    const nlohmann::json json = to_json(*network);
    require(to_json(network_from_json(json)) == json, "a network's JSON reads back as itself");
}

}  // namespace slimbench::fuzz
