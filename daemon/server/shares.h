#pragma once

#include <cstdint>
#include <string>

#include "daemon/analysis/interval.h"
#include "daemon/profile/profile.h"

/// Shares of a view's time, and how sure they are.
namespace pyrometer {

struct ViewScale {
  StackWeight all;       ///< samples and ns in the view
  double effective = 0;  ///< samples of equal weight that would say as much

  double share(std::uint64_t time) const;
  Interval interval(std::uint64_t time) const;
};

/// Samples that a filter let through are taken to be as unequal as all are.
ViewScale scaleOf(const Profile& profile, StackWeight all);

/// "12.3 %"; "12.3 % (8.1–18 %)" where samples are few; "12.3 %, edited". Empty for no share at all.
std::string shareText(double share, const ViewScale& scale, bool stale);

}  // namespace pyrometer
