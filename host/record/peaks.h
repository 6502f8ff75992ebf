// What a device can do at best: the ceilings that rows are held against. docs/measuring.md says how
// they are measured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace slimbench {

struct Peaks {
    struct Rate {
        std::string precision;  // "fp32"
        std::string compute;    // what products are computed in: of "fp16" in "fp32", where it is
                                // widened, or in "fp16"
        std::string idiom;      // what the inner loop consists of: "vpdpbusd"
        double macs_per_second = 0;
    };
    struct Bandwidth {
        std::string level;          // "L1", "L2", "L3", "memory"
        std::uint64_t bytes = 0;    // it holds, all its instances together; 0 for memory
        double read = 0, copy = 0;  // bytes per second; a copied byte counts twice
        double best() const { return read > copy ? read : copy; }
    };

    std::vector<Rate> rates;
    std::vector<Bandwidth> bandwidths;  // nearest first; the last is memory
    // Seconds. A launch that does nothing: alone from START to END, its share of many enqueued at
    // once, and alone by the host's clock.
    double launch = 0, launch_in_chain = 0, launch_by_host = 0;
    double timer_step = 0;  // seconds: what all times of device events are multiples of
    std::string time;       // UTC, when they were measured
    std::string kernels;    // hash of the probes' sources

    const Rate* rate(std::string_view precision) const;  // null when there is none
};

nlohmann::json to_json(const Peaks& peaks);
Peaks peaks_from_json(const nlohmann::json& json);  // throws std::runtime_error

// The better of both in everything: noise only ever makes a device look slower.
Peaks better_of(Peaks peaks, const Peaks& other);

}  // namespace slimbench
