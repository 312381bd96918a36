#include "daemon/cli/figures.h"

#include <fmt/format.h>

#include "daemon/analysis/interval.h"

namespace pyrometer {

std::string intervalText(double share, std::uint64_t samples, Charset charset) {
  const auto n = static_cast<double>(samples);
  const Interval interval = wilson(share * n, n);
  return fmt::format("{}{}{} %", boundText(interval.low), charset == Charset::kUnicode ? "–" : "-",
                     boundText(interval.high));
}

}  // namespace pyrometer
