// What measurements on a device found for each step: which variant is quickest there. A value that
// travels as JSON; docs/tuning.md describes the file.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace slimbench {

// The variant to try first, by PlannedStep::place; of one precision and one device.
using TunedChoices = std::map<std::string, std::string>;

// A variant that was tried beside the default one, in the running chain and in the same minutes.
// Times of one launch, in seconds.
struct TunedTrial {
    struct Times {
        double median = 0, least = 0, default_median = 0;
        int samples = 0;
    };
    std::string variant;
    std::optional<Times> times;
    std::string why_not;  // where there are no times: wrong output, a crash
    std::string date;     // UTC, ISO 8601
};

struct TunedStep {
    std::string default_variant;
    std::vector<TunedTrial> trials;  // of other variants

    const TunedTrial* trial(std::string_view variant) const;
    // The quickest trial if it is clearly quicker than the default variant, else that one.
    const std::string& best() const;
};

struct TuningKey {
    std::string device;   // tuning_device(): what else times depend on
    std::string kernels;  // hash of the variants' sources and rows
    std::string step;     // tuning_step()
    auto operator<=>(const TuningKey&) const = default;
};
std::string tuning_step(std::string_view precision, const std::string& place);

class TuningTable {
public:
    const TunedStep* find(const TuningKey& key) const;
    void put(const TuningKey& key, TunedStep step);
    // Entries of `other` replace those of equal keys.
    void take(const TuningTable& other);
    std::size_t size() const { return steps_.size(); }

    // What holds on a device for the kernels in use and a precision.
    TunedChoices choices(const std::string& device, const std::set<std::string>& kernels,
                         std::string_view precision) const;

    std::string text() const;  // JSON, indented

private:
    std::map<TuningKey, TunedStep> steps_;
};

// Throws std::runtime_error naming the file, the place in it and what is allowed there.
TuningTable parse_tuning(const std::string& file, std::string_view content);

}  // namespace slimbench
