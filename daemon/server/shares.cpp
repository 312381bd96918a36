#include "daemon/server/shares.h"

#include <fmt/format.h>

#include "daemon/support/figures.h"

namespace pyrometer {

double ViewScale::share(std::uint64_t time) const { return shareOf(time, all.weight); }

Interval ViewScale::interval(std::uint64_t time) const { return wilson(share(time) * effective, effective); }

ViewScale scaleOf(const Profile& profile, StackWeight all) {
  const auto samples = static_cast<double>(profile.sampleCount());
  const double part = samples == 0 ? 0 : static_cast<double>(all.count) / samples;
  return {all, static_cast<double>(profile.effectiveSamples()) * part};
}

std::string shareText(double share, const ViewScale& scale, bool stale) {
  if (share <= 0) return {};
  std::string text = percentText(share);
  if (scale.effective < static_cast<double>(kFewSamples)) {
    const Interval interval = wilson(share * scale.effective, scale.effective);
    text += fmt::format(" ({}–{} %)", boundText(interval.low), boundText(interval.high));
  }
  return stale ? text + ", edited" : text;
}

}  // namespace pyrometer
