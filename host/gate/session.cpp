#include "host/gate/session.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "host/gate/detectable.h"
#include "host/gate/holm.h"

namespace slimbench {

namespace {

std::string percent(double fraction) {
    return fmt::format("{:.1f} %", 100 * fraction);
}

}  // namespace

Session::Session(const Policy& policy, std::vector<GatedRow> rows) : policy_(policy) {
    for (GatedRow& row : rows)
        rows_.push_back({PairedRow(std::move(row.id), row.limits),
                         row.limits ? State::open : State::not_gated, false});
    if (!any(State::open))
        throw std::invalid_argument(
            fmt::format("policy '{}' gates none of the {} rows", policy_.name, rows_.size()));
    // Of the signed-rank test, when all pairs are on one side.
    const double level = policy_.level_of_a_row(policy_.level_of_a_look(), gating());
    if (std::exp2(-policy_.looks.back()) > level)
        throw std::invalid_argument(fmt::format(
            "policy '{}': looks at {} pairs at most, which cannot show that one of {} gating rows "
            "is slower; look at {:g}",
            policy_.name, policy_.looks.back(), gating(), std::ceil(-std::log2(level))));
}

std::size_t Session::gating() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(rows_, [](const Row& row) { return row.times.gates(); }));
}

double Session::detectable(const Row& row) const {
    if (!row.times.gates()) return 0;
    return detectable_slow_down(policy_, gating(), *row.times.limits(), row.times.pair_noise());
}

bool Session::any(State state) const {
    return std::ranges::any_of(rows_, [&](const Row& row) { return row.state == state; });
}

bool Session::any_wrong() const {
    return std::ranges::any_of(rows_, [](const Row& row) { return row.times.wrong(); });
}

bool Session::wants(const Row& row) const {
    if (phase_ == Phase::confirming) return row.state == State::flagged;
    return phase_ == Phase::looking && (row.state == State::open || row.state == State::not_gated);
}

std::vector<std::string> Session::next() const {
    std::vector<std::string> ids;
    for (const Row& row : rows_)
        if (wants(row)) ids.push_back(row.times.id());
    return ids;
}

void Session::add(const Pair& pair) {
    start_seconds_ += pair.start_seconds;
    spent_ += pair.start_seconds;
    ++all_pairs_;
    for (Row& row : rows_) {
        const PairRow* measured = wants(row) ? pair.find(row.times.id()) : nullptr;
        if (!measured) continue;
        row.times.add(*measured);
        if (row.times.lost() && row.state != State::not_gated) row.state = State::lost;
        spent_ += measured->seconds;
        Cost& cost = costs_[measured->id];
        cost.seconds += measured->seconds;
        ++cost.pairs;
    }
    (phase_ == Phase::confirming ? fresh_pairs_ : pairs_) += 1;
    go_on();
}

void Session::exclude(const PairRow& excluded) {
    for (Row& row : rows_) {
        if (row.times.id() != excluded.id) continue;
        row.times.add(excluded);
        if (row.state != State::not_gated) row.state = State::lost;
    }
    if (any_wrong() || !any(State::open)) phase_ = Phase::ended;
}

void Session::go_on() {
    if (any_wrong()) {
        phase_ = Phase::ended;
        return;
    }
    if (phase_ == Phase::confirming) {
        const bool enough = fresh_pairs_ == policy_.confirming_pairs || !any(State::flagged);
        if (!enough && time_for(1, next())) return;
        judge_flagged();
    } else if (pairs_ == policy_.looks[looks_]) {
        look();
    }
    if (phase_ != Phase::looking) return;
    if (!any(State::open) || looks_ == policy_.looks.size()) {
        phase_ = Phase::ended;
    } else if (!time_for(1 + policy_.confirming_pairs, next())) {
        // One last look at what there is, with what is left of the error rate for it.
        out_of_time_ = true;
        look();
        if (phase_ == Phase::looking) phase_ = Phase::ended;
    }
}

// Pairs cost what they cost so far.
bool Session::time_for(int pairs, const std::vector<std::string>& rows) const {
    double seconds = start_seconds_ / static_cast<double>(std::max<std::int64_t>(1, all_pairs_));
    for (const std::string& id : rows) {
        const auto cost = costs_.find(id);
        if (cost != costs_.end()) seconds += cost->second.seconds / cost->second.pairs;
    }
    return spent_ + pairs * seconds <= policy_.budget;
}

std::vector<double> Session::corrected_p() const {
    std::vector<double> p;
    for (const Row& row : rows_)
        if (row.times.gates()) p.push_back(row.times.lost() ? 1 : row.times.p_slower());
    if (policy_.correction == Correction::holm) p = holm(p);
    std::vector<double> of_rows;
    std::size_t gating = 0;
    for (const Row& row : rows_) of_rows.push_back(row.times.gates() ? p[gating++] : 1);
    return of_rows;
}

void Session::look() {
    ++looks_;
    const std::vector<double> p = corrected_p();
    const double level = policy_.level_of_a_look();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        Row& row = rows_[i];
        if (row.state != State::open) continue;
        if (p[i] <= level && row.times.interval_above_threshold(resampling())) {
            row.state = State::flagged;
            row.times.start_confirming();
        } else if (detectable(row) <= row.times.limits()->effect &&
                   row.times.effect_excluded(level, resampling())) {
            row.state = State::cleared;
        }
    }
    if (!any(State::flagged)) return;
    phase_ = Phase::confirming;
    fresh_pairs_ = 0;
}

void Session::judge_flagged() {
    phase_ = Phase::looking;
    for (Row& row : rows_) {
        if (row.state != State::flagged) continue;
        const bool confirmed = row.times.confirmed(policy_.error_rate);
        row.state = confirmed ? State::slower : State::open;
        row.unconfirmed = !confirmed && fresh_pairs_ == policy_.confirming_pairs;
        if (confirmed) phase_ = Phase::ended;
    }
}

GateRow Session::describe(const Row& row, double p) const {
    GateRow described = row.times.describe(resampling());
    described.detectable = detectable(row);
    described.p_slower = p;
    switch (row.state) {
        case State::slower:
            described.verdict = RowVerdict::slower;
            described.reason =
                fmt::format("slower than the tolerated {}, and again in {} fresh pairs",
                            percent(described.threshold), fresh_pairs_);
            break;
        case State::cleared: {
            const bool faster =
                described.slow_down && described.slow_down->high < -described.threshold;
            described.verdict = faster ? RowVerdict::faster : RowVerdict::passed;
            described.reason =
                fmt::format("a slow-down of {} is excluded", percent(described.effect));
            break;
        }
        case State::open:
        case State::flagged:
            if (any(State::slower) || any_wrong())
                described.reason = "undecided when the gate ended";
            else if (described.pairs < policy_.looks.front())
                described.reason = fmt::format("too few pairs to tell: {}", described.pairs);
            else if (described.detectable > described.effect)
                described.reason =
                    fmt::format("too noisy: the least slow-down that a gate would find is above {}",
                                percent(described.effect));
            else if (row.unconfirmed)
                described.reason = "looked slower, but not in fresh pairs";
            else
                described.reason =
                    fmt::format("neither shown slower than {} nor faster than {}",
                                percent(described.threshold), percent(described.effect));
            break;
        case State::lost:
        case State::not_gated:
            break;
    }
    return described;
}

GateReport Session::report() const {
    GateReport report;
    report.mode = "paired";
    report.seconds = spent_;
    report.pairs = all_pairs_;
    report.policy = to_json(policy_);
    const std::vector<double> p = corrected_p();
    for (std::size_t i = 0; i < rows_.size(); ++i) report.rows.push_back(describe(rows_[i], p[i]));
    conclude(report);
    if (out_of_time_ && report.verdict == GateVerdict::inconclusive)
        report.reason += fmt::format(
            "; after {:.0f} of {:g} s there was no time for another pair and {} to confirm it",
            spent_, policy_.budget, policy_.confirming_pairs);
    return report;
}

}  // namespace slimbench
