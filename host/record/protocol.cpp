#include "host/record/protocol.h"

#include "host/record/field_json.h"

namespace slimbench {

nlohmann::json to_json(const Protocol& protocol) {
    return {{"warm_up_ns", field_json::nanoseconds(protocol.warm_up)},
            {"min_time_ns", field_json::nanoseconds(protocol.min_time)},
            {"min_samples", protocol.min_samples}};
}

}  // namespace slimbench
