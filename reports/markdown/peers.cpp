// Other libraries on the same steps. A ratio above 1 means that ours is faster.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/layer_rows.h"
#include "reports/markdown/sections.h"
#include "reports/table.h"

namespace slimbench {
namespace {

struct Duel {
    const ResultRecord* ours;
    const ResultRecord* theirs;
    double our_seconds, their_seconds;
    double ratio() const { return their_seconds / our_seconds; }
};

// What is summarised in one line: one peer, network, pruning, precision and cache state.
struct Round {
    RowIdentity identity;  // of its first row; the layer means nothing
    std::vector<Duel> duels;
};

std::optional<Duel> duel(const ResultRecord& ours, const ResultRecord& theirs) {
    const std::optional<PeerTimes> times = peer_times(ours, theirs);
    return times ? std::optional(Duel{&ours, &theirs, times->ours, times->theirs}) : std::nullopt;
}

bool same_round(RowIdentity a, const RowIdentity& b) {
    a.layer = b.layer;
    return a.id() == b.id();
}

std::vector<Round> rounds(const Records& records) {
    std::vector<Round> found;
    for (const ResultRecord& theirs : records) {
        if (is_ours(theirs) || theirs.identity.kind != RowKind::layer) continue;
        const ResultRecord* ours = find_ours(records, theirs);
        const std::optional<Duel> pair = ours ? duel(*ours, theirs) : std::nullopt;
        if (!pair) continue;
        auto round = std::find_if(found.begin(), found.end(), [&](const Round& other) {
            return same_round(other.identity, theirs.identity);
        });
        if (round == found.end()) round = found.insert(found.end(), Round{theirs.identity, {}});
        round->duels.push_back(*pair);
    }
    return found;
}

double geometric_mean(const std::vector<Duel>& duels) {
    double logs = 0;
    for (const Duel& pair : duels) logs += std::log(pair.ratio());
    return std::exp(logs / static_cast<double>(duels.size()));
}

double ratio_of_totals(const std::vector<Duel>& duels) {
    double ours = 0, theirs = 0;
    for (const Duel& pair : duels) {
        ours += pair.our_seconds;
        theirs += pair.their_seconds;
    }
    return theirs / ours;
}

std::string title(const RowIdentity& identity) {
    return fmt::format("{} on {} at {}x{}, {}, pruning `{}`, {} caches", identity.implementation,
                       identity.network, identity.height, identity.width, identity.precision,
                       identity.pruning, identity.cache == CacheState::hot ? "hot" : "cold");
}

std::string overview(const std::vector<Round>& all) {
    Table table({{"peer", Table::Align::left},
                 {"network", Table::Align::left},
                 {"pruning", Table::Align::left},
                 {"precision", Table::Align::left},
                 {"caches", Table::Align::left},
                 {"layers"},
                 {"geometric mean"},
                 {"of total time"},
                 {"worst"},
                 {"best"}});
    for (const Round& round : all) {
        const auto [worst, best] =
            std::minmax_element(round.duels.begin(), round.duels.end(),
                                [](const Duel& a, const Duel& b) { return a.ratio() < b.ratio(); });
        table.add_row({round.identity.implementation, round.identity.network,
                       round.identity.pruning, precision_title(*round.duels.front().ours),
                       round.identity.cache == CacheState::hot ? "hot" : "cold",
                       fmt::format("{}", round.duels.size()),
                       format_ratio(geometric_mean(round.duels)),
                       format_ratio(ratio_of_totals(round.duels)), format_ratio(worst->ratio()),
                       format_ratio(best->ratio())});
    }
    return table.markdown();
}

std::string variant_of(const ResultRecord& row) {
    return row.steps.empty() ? "" : row.steps.front().variant;
}

std::string details(const Round& round) {
    const std::string& peer = round.identity.implementation;
    Table table({{"layer", Table::Align::left},
                 {"problem", Table::Align::left},
                 {"ours"},
                 {peer},
                 {"ratio"},
                 {"our variant", Table::Align::left},
                 {peer + "'s", Table::Align::left}});
    for (const Duel& pair : round.duels)
        table.add_row(
            {layer_title(*pair.ours),
             pair.ours->steps.empty() ? "" : problem_title(pair.ours->steps.front().problem),
             format_time(pair.our_seconds), format_time(pair.their_seconds),
             format_ratio(pair.ratio()), variant_of(*pair.ours), variant_of(*pair.theirs)});
    return table.markdown();
}

}  // namespace

std::string peer_tables(const Records& records) {
    const std::vector<Round> all = rounds(records);
    if (all.empty()) return "";
    std::string text =
        "## Other libraries on the same layers\n\n" + overview(all) + "\n" +
        wrap(
            "The peer's time over ours: above 1 ours is faster. Each layer alone, oneDNN in the "
            "layouts it likes best, CLBlast in ours; layers that only one side measured are left "
            "out. Ours and CLBlast are timed by device events, a library without events by the "
            "wall time of its call.") +
        "\n";
    for (const Round& round : all)
        text += fmt::format("### {}\n\n{}\n", title(round.identity), details(round));
    return text;
}

}  // namespace slimbench
