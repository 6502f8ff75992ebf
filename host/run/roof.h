// Holds the measured rows of a run against what their device can do.
#pragma once

#include <functional>
#include <optional>

#include "host/record/peaks.h"
#include "host/record/result_record.h"
#include "host/run/message.h"

namespace slimbench {

class Roof {
public:
    // Asks the device's worker for peaks; nothing where it has none to give.
    using Ask = std::function<std::optional<Peaks>(PeaksWanted)>;
    explicit Roof(Ask ask) : ask_(std::move(ask)) {}

    // Has the peaks at hand from now on; asks once, whatever comes of it.
    void raise();

    // Gives a measured row its roofline. Peaks that noise has lowered may make an honest row look
    // impossible: the first, second, fourth, eighth... row that beats its bound has them measured
    // again, for noise lasts minutes, and rows that beat the best of all are untrusted.
    void hold(ResultRecord& record);

private:
    Ask ask_;
    bool asked_ = false;
    unsigned beaten_ = 0;
    std::optional<Peaks> peaks_;
};

}  // namespace slimbench
