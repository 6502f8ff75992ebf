// Changes JSON as JSON, so that most of what the fuzzer tries gets past the parser.
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "host/problem/strict_json.h"

// libFuzzer's own mutation of bytes.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t capacity);

namespace {

using nlohmann::json;
using Random = std::minstd_rand;

std::size_t below(Random& random, std::size_t end) {
    return random() % end;
}

// Every value of a document and every key, in their order.
struct Parts {
    std::vector<json*> values;
    std::vector<std::string> keys;

    explicit Parts(json& document) { add(document); }
    json& any(Random& random) const { return *values[below(random, values.size())]; }

private:
    void add(json& value) {
        values.push_back(&value);
        if (!value.is_structured()) return;
        for (auto& [key, member] : value.items()) {
            if (value.is_object()) keys.push_back(key);
            add(member);
        }
    }
};

json end_of_a_range(Random& random) {
    static const std::vector<json> values{
        0,    1,    -1,      2,    64, 1'000'000,     65'537,         INT64_MAX,  INT64_MIN, 0.5,
        1e-9, 1e30, nullptr, true, "", json::array(), json::object(), UINT64_MAX, "$x$x"};
    return values[below(random, values.size())];
}

json near(const json& value, Random& random) {
    if (value.is_string()) {
        std::string text = value;
        const std::size_t size = text.size();
        text.resize(size + 16);
        text.resize(
            LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, text.size()));
        return text;
    }
    if (value.is_number_integer()) {
        const auto number = static_cast<std::uint64_t>(value.get<std::int64_t>());
        const std::uint64_t changed[]{number + 1, number - 1, number * 2, number / 2};
        return static_cast<std::int64_t>(changed[below(random, 4)]);
    }
    return end_of_a_range(random);
}

void insert(json& into, const json& value, const Parts& parts, Random& random) {
    if (into.is_array())
        into.insert(into.begin() + static_cast<std::ptrdiff_t>(below(random, into.size() + 1)),
                    value);
    else if (into.is_object() && !parts.keys.empty())
        into[parts.keys[below(random, parts.keys.size())]] = value;
    else
        into = value;
}

void erase_one(json& from, Random& random) {
    if (!from.is_structured() || from.empty()) return;
    auto item = from.begin();
    std::advance(item, below(random, from.size()));
    from.erase(item);
}

void change(json& document, Random& random) {
    const Parts parts(document);
    json& place = parts.any(random);
    const json other = parts.any(random);
    switch (below(random, 6)) {
        case 0:
            place = end_of_a_range(random);
            break;
        case 1:
            place = other;
            break;
        case 2:
            insert(place, other, parts, random);
            break;
        case 3:
            erase_one(place, random);
            break;
        default:
            place = near(place, random);
    }
}

// The part of the text to change: all of it, or one of the lines of a journal.
std::string_view document_in(std::string_view text, Random& random) {
    if (json::accept(text)) return text;
    const std::size_t at = below(random, text.size() + 1);
    const std::size_t begin = text.rfind('\n', at == 0 ? 0 : at - 1) + 1;
    const std::size_t start = begin > at ? 0 : begin;
    return text.substr(start, text.find('\n', start) - start);
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t capacity, unsigned int seed) {
    Random random(seed);
    if (below(random, 5) == 0) return LLVMFuzzerMutate(data, size, capacity);
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view part = document_in(text, random);
    std::string changed;
    try {
        json document = slimbench::parse_json_text(part);
        for (std::size_t times = 1 + below(random, 3); times > 0; --times) change(document, random);
        changed = document.dump(-1, ' ', false, json::error_handler_t::replace);
    } catch (const std::exception&) {
        return LLVMFuzzerMutate(data, size, capacity);
    }
    const std::string whole =
        std::string(text.begin(), part.begin()) + changed + std::string(part.end(), text.end());
    if (whole.size() > capacity) return LLVMFuzzerMutate(data, size, capacity);
    std::memcpy(data, whole.data(), whole.size());
    return whole.size();
}
