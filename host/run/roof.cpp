#include "host/run/roof.h"

#include <bit>

#include "host/record/roofline.h"

namespace slimbench {

void Roof::raise() {
    if (asked_) return;
    asked_ = true;
    peaks_ = ask_(PeaksWanted::known);
}

void Roof::hold(ResultRecord& record) {
    if (!peaks_ || record.status != Status::measured) return;
    put_roofline(record, *peaks_);
    if (!beats_roof(record)) return;
    if (std::has_single_bit(++beaten_)) {
        if (const std::optional<Peaks> raised = ask_(PeaksWanted::raised)) peaks_ = raised;
        put_roofline(record, *peaks_);
    }
    if (const auto reason = beats_roof(record)) {
        record.status = Status::untrusted;
        record.reason = *reason;
    }
}

}  // namespace slimbench
