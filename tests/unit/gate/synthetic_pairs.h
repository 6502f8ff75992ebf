// Pairs of processes as a shared machine yields them, drawn from a known slow-down.
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "host/gate/pair.h"

namespace slimbench::testing {

// All in fractions of the time.
struct Noise {
    double process = 0.01;         // standard deviation between processes of one build
    double drift = 0;              // of the machine, over twenty pairs
    double outlier_share = 0;      // of processes that met a neighbour's load ...
    double outlier_size = 0;       // ... which cost them up to this
    double second_mode_share = 0;  // of processes that fell into a slower mode ...
    double second_mode = 0;        // ... by this
};

class SyntheticPairs {
public:
    SyntheticPairs(const Noise& noise, double slow_down, std::uint64_t seed)
        : noise_(noise), slow_down_(slow_down), random_(seed) {}

    Pair pair(const std::vector<std::string>& ids) {
        Pair pair{.time = {}, .start_seconds = 1, .rows = {}};
        for (const std::string& id : ids) {
            PairRow row;
            row.id = id;
            row.baseline_first = uniform_(random_) < 0.5;
            row.seconds = 0.3;
            const double first = process(pairs_), second = process(pairs_ + 0.5);
            row.baseline.device = {row.baseline_first ? first : second};
            row.candidate.device = {(row.baseline_first ? second : first) * (1 + slow_down_)};
            pair.rows.push_back(row);
        }
        ++pairs_;
        return pair;
    }

private:
    double process(double at) {
        double log_time = noise_.process * normal_(random_) + noise_.drift * at / 20;
        if (uniform_(random_) < noise_.outlier_share)
            log_time += noise_.outlier_size * uniform_(random_);
        if (uniform_(random_) < noise_.second_mode_share) log_time += noise_.second_mode;
        return 0.01 * std::exp(log_time);
    }

    Noise noise_;
    double slow_down_;
    std::mt19937_64 random_;
    std::normal_distribution<double> normal_;
    std::uniform_real_distribution<double> uniform_;
    double pairs_ = 0;
};

}  // namespace slimbench::testing
