// Names of workloads.
#include "host/suite/workload.h"

#include <fmt/core.h>

namespace slimbench {

std::string Workload::id() const {
    return fmt::format("{}/{}/precision:{}/batch:{}/size:{}x{}", network_name, pruning.text(),
                       traits(precision).name, batch, size.height, size.width);
}

}  // namespace slimbench
