// Printed figures of others beside ours: other devices, other software, so that ratios compare and
// times do not.
#include <fmt/format.h>

#include "reports/format.h"
#include "reports/markdown/sections.h"
#include "reports/published.h"
#include "reports/table.h"

namespace slimbench {
namespace {

using Align = Table::Align;

std::string number_or_blank(const std::optional<double>& value) {
    return value ? format_number(*value) : "";
}

// "9.90 ms (1.34x)": blank where nothing of ours corresponds.
std::string our_cell(const std::optional<double>& seconds, const std::optional<double>& full) {
    return seconds ? fmt::format("{} ({})", format_time(*seconds),
                                 format_ratio(ratio_of(full, seconds)))
                   : "";
}

std::string caption(const PublishedTable& table) {
    return wrap(fmt::format("Published figures: {} ({}). Not results of this project.",
                            table.device(), table.source()));
}

// Time of a level's forward or backbone in our row of that pruning.
std::optional<double> our_level_time(const ResultRecord* row, int level, const std::string& model) {
    return row ? span_time(*row, level, model == "backbone" ? "backbone" : "forward")
               : std::nullopt;
}

// The printed time of the full model at a level.
std::optional<double> printed_full(const PublishedTable& published, std::optional<double> level) {
    for (std::size_t row = 0; row < published.rows(); ++row)
        if (published.text(row, "model") == "full" && published.number(row, "level") == level)
            return published.number(row, "forward");
    return std::nullopt;
}

std::vector<std::string> level_row(const Records& records, const Subject& subject,
                                   const PublishedTable& published, std::size_t row) {
    const std::string model = published.text(row, "model");
    const std::optional<double> level = published.number(row, "level");
    const auto speed_up =
        ratio_of(printed_full(published, level), published.number(row, "forward"));
    std::vector<std::string> cells{
        published.text(row, "level"), model,
        fmt::format("{} ms ({})", published.text(row, "forward"), format_ratio(speed_up))};
    const auto pruning = published.our_pruning(model);
    const int our_level = static_cast<int>(level.value_or(0));
    for (const std::string& precision : precisions(records, subject)) {
        const ResultRecord* full = find_forward(records, subject, unpruned, precision);
        const ResultRecord* mine =
            pruning ? find_forward(records, subject, *pruning, precision) : nullptr;
        cells.push_back(our_cell(our_level_time(mine, our_level, model),
                                 our_level_time(full, our_level, "full")));
    }
    return cells;
}

std::string pyramid(const Records& records, const Subject& subject) {
    const PublishedTable published("swiftnet_pyramid_latency");
    std::vector<Table::Column> columns{{"level"}, {"model", Align::left}, {"published"}};
    for (const std::string& precision : precisions(records, subject))
        columns.push_back({"ours, " + precision_title(records, precision)});
    Table table(columns);
    for (std::size_t row = 0; row < published.rows(); ++row)
        table.add_row(level_row(records, subject, published, row));
    table.blank_repeats(1);
    return fmt::format(
        "### Forward time per level, {}\n\n{}\n{}\n", subject.title(), table.markdown(),
        wrap("In brackets the speed-up over the full model on the same device. The published input "
             "is 1024x2048, and the pruned model has its first two blocks halved; both are "
             "inferred.") +
            "\n" + caption(published));
}

// One printed row beside ours of the same pruning: FPS and the gain over the unpruned network.
std::vector<std::string> pruning_row(const Records& records, const Subject& subject,
                                     const PublishedTable& published, std::size_t row) {
    const std::string model = published.text(row, "model");
    const auto fps = published.number(row, "fps");
    std::vector<std::string> cells{
        model, format_count(static_cast<std::int64_t>(published.number(row, "params").value_or(0))),
        published.text(row, "gmacs"), published.text(row, "miou_percent"),
        fmt::format("{} ({})", published.text(row, "fps"),
                    format_ratio(ratio_of(fps, published.number(0, "fps"))))};
    const auto pruning = published.our_pruning(model);
    for (const std::string& precision : precisions(records, subject)) {
        const ResultRecord* mine =
            pruning ? find_forward(records, subject, *pruning, precision) : nullptr;
        const ResultRecord* full = find_forward(records, subject, unpruned, precision);
        cells.push_back(latency(mine)
                            ? fmt::format("{} ({})", number_or_blank(images_per_second(*mine)),
                                          format_ratio(ratio_of(latency(full), latency(mine))))
                            : "");
    }
    return cells;
}

std::string pruning_gains(const Records& records, const Subject& subject, std::string_view id,
                          std::string_view data) {
    const PublishedTable published(id);
    std::vector<Table::Column> columns{
        {"model", Align::left}, {"params"}, {"GMACs"}, {"mIoU %"}, {"published FPS"}};
    for (const std::string& precision : precisions(records, subject))
        columns.push_back({"our FPS, " + precision_title(records, precision)});
    Table table(columns);
    for (std::size_t row = 0; row < published.rows(); ++row)
        table.add_row(pruning_row(records, subject, published, row));
    return fmt::format("### FPS by pruning, {}, trained on {}\n\n{}\n{}\n", subject.title(), data,
                       table.markdown(),
                       wrap("In brackets the speed-up over the full model on the same device. "
                            "Params, GMACs (which here also count additions of biases and "
                            "normalisations) and accuracy are the published ones.") +
                           "\n" + caption(published));
}

std::string quantization_gains(const Records& records, const Subject& subject, std::string_view id,
                               std::string_view data) {
    const PublishedTable published(id);
    Table table({{"model", Align::left},
                 {"FP16 mIoU %"},
                 {"INT8 mIoU %"},
                 {"FP16 FPS"},
                 {"INT8 FPS"},
                 {"published INT8 over FP16"},
                 {"our int8 over " + precision_title(records, "fp16")},
                 {"our int8 over fp32"}});
    for (std::size_t row = 0; row < published.rows(); ++row) {
        const auto pruning = published.our_pruning(published.text(row, "model"));
        const auto ours = [&](std::string_view precision) {
            return latency(pruning ? find_forward(records, subject, *pruning, precision) : nullptr);
        };
        const auto gain_over = [&](std::string_view precision) {
            const auto gain = ratio_of(ours(precision), ours("int8"));
            return gain ? format_ratio(gain) : "";
        };
        table.add_row({published.text(row, "model"), published.text(row, "fp16_miou"),
                       published.text(row, "int8_miou"), published.text(row, "fp16_fps"),
                       published.text(row, "int8_fps"),
                       format_ratio(ratio_of(published.number(row, "int8_fps"),
                                             published.number(row, "fp16_fps"))),
                       gain_over("fp16"), gain_over(baseline_precision)});
    }
    return fmt::format("### INT8 by pruning, {}, trained on {}\n\n{}\n{}\n", subject.title(), data,
                       table.markdown(), caption(published));
}

// The printed figures stand beside one input of ours: the largest image, in the smallest batch.
std::optional<Subject> largest_input(const Records& records, const std::string& network) {
    std::optional<Subject> largest;
    const auto rank = [](const Subject& subject) {
        return std::pair(subject.height * subject.width, -subject.batch);
    };
    for (const Subject& subject : subjects(records))
        if (subject.network == network && (!largest || rank(subject) > rank(*largest)))
            largest = subject;
    return largest;
}

}  // namespace

std::string published_tables(const Records& records) {
    const std::string network = PublishedTable("swiftnet_pyramid_latency").network();
    std::string text;
    if (const std::optional<Subject> subject = largest_input(records, network)) {
        text += pyramid(records, *subject);
        text += pruning_gains(records, *subject, "swiftnet_pruning_ade20k", "ADE20K");
        text += pruning_gains(records, *subject, "swiftnet_pruning_romb",
                              "warehouse data, first release");
        text += quantization_gains(records, *subject, "swiftnet_quantization_xavier_updated",
                                   "warehouse data");
        text += quantization_gains(records, *subject, "swiftnet_quantization_xavier_old",
                                   "warehouse data, first release");
    }
    if (text.empty()) return "";
    return "## Published figures beside ours\n\n" +
           wrap(
               "Printed by others on other devices: compare ratios, not times. A blank cell has no "
               "counterpart here.") +
           "\n" + text;
}

}  // namespace slimbench
