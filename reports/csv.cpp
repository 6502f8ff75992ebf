// The field table flattened: one line per row, and one per step and span of its chain. Times are in
// seconds; a row that was not measured has empty time columns.
#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "host/record/record_fields.h"
#include "reports/provenance.h"
#include "reports/selection.h"

namespace slimbench {
namespace {

std::string quoted(const std::string& cell) {
    if (cell.find_first_of(",\"\n\r") == std::string::npos) return cell;
    std::string text(1, '"');
    for (const char c : cell) text.append(c == '"' ? 2 : 1, c);
    text += '"';
    return text;
}

std::string number(double value) {
    return std::isfinite(value) ? fmt::format("{:.9g}", value) : "";
}

std::string without_unit(std::string_view key) {
    return std::string(key.ends_with("_ns") ? key.substr(0, key.size() - 3) : key);
}

// Cells by column name. Visiting a default record yields every column, which is how the header
// comes about.
class Line {
public:
    explicit Line(bool with_times) : with_times_(with_times) {}

    void set(const std::string& column, std::string text) {
        const auto [place, added] = cells_.insert_or_assign(column, blank_ ? "" : std::move(text));
        if (added) columns_.push_back(place->first);
    }

    template <HasFields Struct>
    void add(const Struct& object, const std::string& prefix = "") {
        visit_fields(object, [&](const auto& field, const auto& value) {
            add_value(prefix, field.key, value);
        });
    }

    const std::vector<std::string>& columns() const { return columns_; }
    std::string text(const std::vector<std::string>& columns) const {
        std::vector<std::string> cells;
        for (const std::string& column : columns) {
            const auto found = cells_.find(column);
            cells.push_back(found == cells_.end() ? "" : quoted(found->second));
        }
        return fmt::format("{}\n", fmt::join(cells, ","));
    }

private:
    // Which row it is and what was measured need no prefix; other parts of a record carry their
    // key.
    template <HasFields Struct>
    void add_value(const std::string& prefix, const std::string& key, const Struct& value) {
        const bool plain =
            std::is_same_v<Struct, RowIdentity> || std::is_same_v<Struct, Measurement>;
        add(value, plain ? prefix : prefix + key + ".");
    }
    // A part that is missing leaves its columns empty.
    template <HasFields Struct>
    void add_part(const std::string& prefix, const std::string& key,
                  const std::optional<Struct>& part) {
        const bool was_blank = std::exchange(blank_, blank_ || !part);
        add_value(prefix, key, part.value_or(Struct{}));
        blank_ = was_blank;
    }
    template <HasNames Enum>
    void add_value(const std::string& prefix, const std::string& key, Enum value) {
        set(prefix + key, std::string(enum_name(value)));
    }
    template <std::integral Integer>
    void add_value(const std::string& prefix, const std::string& key, Integer value) {
        set(prefix + key, fmt::format("{}", value));
    }
    void add_value(const std::string& prefix, const std::string& key, const std::string& value) {
        set(prefix + key, value);
    }
    void add_value(const std::string& prefix, const std::string& key, double value) {
        set(prefix + key, number(value));
    }
    template <class T>
    void add_value(const std::string& prefix, const std::string& key,
                   const std::optional<T>& value) {
        if constexpr (HasFields<T>)
            add_part(prefix, key, value);
        else if constexpr (std::is_same_v<T, double>)
            set(prefix + without_unit(key) + "_s", value && with_times_ ? number(*value) : "");
        else
            set(prefix + key, value ? fmt::format("{}", *value) : "");
    }
    void add_value(const std::string& prefix, const std::string& key,
                   const std::vector<std::string>& value) {
        set(prefix + key, fmt::format("{}", fmt::join(value, "+")));
    }
    void add_value(const std::string& prefix, const std::string& key,
                   const std::vector<double>& samples) {
        const bool known = with_times_ && !samples.empty();
        const Summary summary = known ? summarize(samples) : Summary{};
        const Interval interval = summary.median_95.value_or(Interval{});
        const std::string name = prefix + without_unit(key);
        set(name + "_count", known ? fmt::format("{}", summary.count) : "");
        set(name + "_median_s", known ? number(summary.median) : "");
        set(name + "_low_s", summary.median_95 ? number(interval.low) : "");
        set(name + "_high_s", summary.median_95 ? number(interval.high) : "");
        set(name + "_mad_s", known ? number(summary.mad) : "");
        set(name + "_p10_s", known ? number(summary.p10) : "");
        set(name + "_p90_s", known ? number(summary.p90) : "");
    }
    // Steps and spans have lines of their own; fingerprints contribute the columns that
    // `fingerprints` names.
    void add_value(const std::string&, const std::string&, const std::vector<StepRecord>&) {}
    void add_value(const std::string&, const std::string&, const std::vector<SpanRecord>&) {}
    void add_value(const std::string&, const std::string&, const nlohmann::json&) {}

    bool with_times_, blank_ = false;
    std::vector<std::string> columns_;
    std::unordered_map<std::string, std::string> cells_;
};

void add_derived(Line& line, const ResultRecord& record) {
    const std::optional<double> fps = images_per_second(record);
    const std::optional<double> speed = gops(record.macs, latency(&record));
    line.set("images_per_second", fps ? number(*fps) : "");
    line.set("gops", speed ? number(*speed) : "");
    for (const char* key : {"platform", "name", "driver", "tier"})
        line.set(std::string("device.") + key, text_at(record.device, key));
    for (const char* key : {"version", "commit", "kernel_hash"})
        line.set(std::string("build.") + key, text_at(record.build, key));
}

Line record_line(const ResultRecord& record) {
    Line line(record.status == Status::measured);
    line.set("row", "record");
    line.set("id", record.identity.id());
    line.add(record);
    add_derived(line, record);
    return line;
}

template <class Part>
Line part_line(const ResultRecord& record, const char* row, const Part& part) {
    Line line(record.status == Status::measured);
    line.set("row", row);
    line.set("id", record.identity.id());
    line.add(record.identity);
    line.set("status", std::string(name(record.status)));
    line.add(part);
    return line;
}

std::vector<std::string> all_columns() {
    std::vector<std::string> columns = record_line({}).columns();
    for (const Line& part :
         {part_line({}, "step", StepRecord{}), part_line({}, "span", SpanRecord{})})
        for (const std::string& column : part.columns())
            if (std::find(columns.begin(), columns.end(), column) == columns.end())
                columns.push_back(column);
    return columns;
}

}  // namespace

std::string report_csv(const Records& records) {
    const std::vector<std::string> columns = all_columns();
    std::string text = fmt::format("{}\n", fmt::join(columns, ","));
    for (const ResultRecord& record : records) {
        text += record_line(record).text(columns);
        for (const StepRecord& step : record.steps)
            text += part_line(record, "step", step).text(columns);
        for (const SpanRecord& span : record.spans)
            text += part_line(record, "span", span).text(columns);
    }
    return text;
}

}  // namespace slimbench
