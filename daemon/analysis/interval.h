#pragma once

#include <cstdint>

namespace pyrometer {

struct Interval {
  double low = 0, high = 1;  ///< of a share, 0 to 1
};

/// Wilson score interval of a share of `hits` out of `samples` (Wilson 1927); z = 1.96 for 95 %, 2.576 for 99
/// %. Without samples nothing is known: [0, 1].
Interval wilson(double hits, double samples, double z = 1.959964);

}  // namespace pyrometer
