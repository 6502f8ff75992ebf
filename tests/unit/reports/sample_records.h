// A handmade journal that holds one of everything: a pyramid network over prunings and precisions,
// a classifier with layers alone and a peer, another in batches, and rows that were skipped,
// crashed or computed wrongly. The times are invented.
#pragma once

#include "reports/report.h"

namespace slimbench {

Records pyramid_records();     // swiftnet_rn34_pyramid: 3 prunings x 3 precisions, 3 levels
Records classifier_records();  // resnet18: forward, layers hot and cold, the same layers by oneDNN
Records batch_records();       // resnet50: batches 1, 8 and 128, whose FP32 row is skipped
Records lost_records();        // mobilenet_v2 in INT8 incorrect, resnet18 crashed, vgg16 skipped
Records sample_records();      // all of these

}  // namespace slimbench
