#include "daemon/analysis/interval.h"

#include <algorithm>
#include <cmath>

namespace pyrometer {

Interval wilson(double hits, double samples, double z) {
  if (!(samples > 0)) return {};
  const double share = std::clamp(hits / samples, 0.0, 1.0);
  const double zz = z * z / samples;
  const double middle = share + zz / 2;
  const double spread = z * std::sqrt(share * (1 - share) / samples + zz / (4 * samples));
  return {std::max(0.0, (middle - spread) / (1 + zz)), std::min(1.0, (middle + spread) / (1 + zz))};
}

}  // namespace pyrometer
