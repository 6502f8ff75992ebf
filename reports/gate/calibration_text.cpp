#include "reports/gate/calibration_text.h"

#include <fmt/format.h>

#include "reports/format.h"
#include "reports/gate/wording.h"
#include "reports/table.h"

namespace slimbench {

std::string calibration_text(const Calibration& calibration) {
    Table table({{"row", Table::Align::left},
                 {"pair noise"},
                 {"process noise"},
                 {"A/A 99 %"},
                 {"threshold"},
                 {"detectable"}});
    for (const RowNoise& row : calibration.rows)
        table.add_row({row.id, format_percent(row.pair_noise), format_percent(row.process_noise),
                       format_percent(row.aa_99), format_percent(row.threshold),
                       format_percent(row.detectable)});
    return table.plain() + "\n" +
           wrap(fmt::format(
               "{} pairs of one build. Gates replayed on them with policy '{}': {} passed, {} "
               "failed (false alarms), {} could not tell.",
               calibration.pairs, calibration.policy, format_percent(calibration.passes),
               format_percent(calibration.false_alarms), format_percent(calibration.inconclusive)));
}

std::string tally_text(const ReplayTally& tally) {
    std::string text =
        fmt::format("{} gates, {:.1f} pairs and {:.0f} s each, {:.0f} s at most\n", tally.gates,
                    tally.mean_pairs, tally.mean_seconds, tally.longest_seconds);
    for (const auto& [verdict, gates] : tally.verdicts)
        text += fmt::format("  {:<15}{:6}  {}\n", words(name(verdict)), gates,
                            format_percent(tally.share(verdict)));
    return text;
}

}  // namespace slimbench
