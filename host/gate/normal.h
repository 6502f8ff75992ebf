// The standard normal distribution.
#pragma once

namespace slimbench {

double normal_share_below(double z);   // the distribution function
double normal_quantile(double share);  // its inverse; `share` lies strictly between 0 and 1

}  // namespace slimbench
