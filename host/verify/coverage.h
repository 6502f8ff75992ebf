// Which output pixels a verification looks at.
#pragma once

#include <cstdint>
#include <vector>

#include "host/verify/reference.h"

namespace slimbench {

// Sorted distinct pixel indices; all of them when `work` (products of the whole step) is within the
// exhaustive limit. Otherwise, of the first and the last image, the crossings of outer, middle and
// random rows and columns (three deep: a border is as deep as the padding); ends of tiles of every
// likely width, along the whole batch and along a row; and a seeded sample. docs/numerics.md says
// it in full.
std::vector<std::int64_t> choose_pixels(const TensorShape& out, std::int64_t work,
                                        const CoverageRule& rule);

}  // namespace slimbench
