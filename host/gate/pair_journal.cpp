#include "host/gate/pair_journal.h"

#include <cmath>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "host/problem/strict_json.h"
#include "host/record/field_json.h"

namespace slimbench {

namespace {

std::string line_of(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

PairsOrigin origin_from(const nlohmann::json& json) {
    if (!json.is_object() || json.value("pairs_version", 0) != pairs_version)
        throw std::runtime_error(
            "this is no file of recorded pairs: its first line has no pairs_version 1");
    PairsOrigin origin;
    field_json::read(json, origin, "origin");
    return origin;
}

// A killed writer may have left a part of the first line.
bool has_no_line(const std::string& path) {
    return !std::filesystem::exists(path) || read_lines(path).whole.empty();
}

void require_times(const ProcessTimes& times, const std::string& id) {
    for (const double seconds : times.device)
        if (!(seconds > 0) || !std::isfinite(seconds))
            throw std::runtime_error(
                fmt::format("{}: device_ns holds a time that is not above 0", id));
}

Pair pair_from(const nlohmann::json& json) {
    Pair pair;
    field_json::read(json, pair, "pair");
    for (const PairRow& row : pair.rows)
        for (const ProcessTimes* times : {&row.baseline, &row.candidate})
            require_times(*times, row.id);
    return pair;
}

// What must agree for pairs to belong together.
nlohmann::json fixed_part(const PairsOrigin& origin) {
    return {{"suite_hash", origin.suite_hash},
            {"protocol", origin.protocol},
            {"device", origin.device},
            {"baseline_build", origin.baseline_build},
            {"candidate_build", origin.candidate_build},
            {"baseline_binary", origin.baseline_binary},
            {"candidate_binary", origin.candidate_binary}};
}

void require_same(const std::string& path, const PairsOrigin& there, const PairsOrigin& here) {
    const nlohmann::json old_part = fixed_part(there), new_part = fixed_part(here);
    for (const auto& [field, value] : new_part.items())
        if (old_part.at(field) != value)
            throw std::runtime_error(
                fmt::format("{}: its pairs are of another {}: {} there, {} now; name another --out",
                            path, field, line_of(old_part.at(field)), line_of(value)));
}

}  // namespace

RecordedPairs read_pairs(const std::string& path) {
    const FileLines lines = read_lines(path);
    if (lines.whole.empty()) throw std::runtime_error(path + ": no pairs in it");
    RecordedPairs recorded;
    recorded.torn = lines.torn;
    for (const FileLine& line : lines.whole) {
        try {
            const nlohmann::json json = parse_json_text(line.text);
            if (&line == &lines.whole.front())
                recorded.origin = origin_from(json);
            else
                recorded.pairs.push_back(pair_from(json));
        } catch (const std::exception& error) {
            throw std::runtime_error(fmt::format("{}:{}: {}", path, line.number, error.what()));
        }
    }
    return recorded;
}

RecordedPairs pairs_so_far(const std::string& path) {
    return has_no_line(path) ? RecordedPairs{} : read_pairs(path);
}

PairJournal::PairJournal(const std::string& path, const PairsOrigin& origin) : file_(path) {
    if (has_no_line(path))
        file_.append(line_of(to_json(origin)));
    else
        require_same(path, read_pairs(path).origin, origin);
}

void PairJournal::append(const Pair& pair) {
    file_.append(line_of(to_json(pair)));
}

}  // namespace slimbench
