// Edit distance and suggestions.
#include "host/suite/near_names.h"

#include <algorithm>
#include <numeric>

#include <fmt/ranges.h>

namespace slimbench {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string suggest_names(std::string_view wanted, const std::vector<std::string>& known) {
    const std::size_t tolerated = std::max<std::size_t>(2, wanted.size() / 3);
    std::vector<std::string> near;
    for (const std::string& name : known)
        if (edit_distance(wanted, name) <= tolerated ||
            (wanted.size() >= 3 && name.starts_with(wanted)))
            near.push_back(name);
    std::ranges::stable_sort(near, {},
                             [&](const std::string& name) { return edit_distance(wanted, name); });
    if (near.empty()) return fmt::format("known are: {}", fmt::join(known, ", "));
    return fmt::format("did you mean {}?", fmt::join(near, " or "));
}

}  // namespace slimbench
