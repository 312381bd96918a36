#include "daemon/profile/profile.h"

#include <algorithm>
#include <cmath>

namespace pyrometer {

std::uint64_t Profile::effectiveSamples() const {
  if (squared_weight_ <= 0) return sampleCount();
  const auto sum = static_cast<double>(total_weight_);
  return std::min<std::uint64_t>(sampleCount(), std::llround(sum * sum / squared_weight_));
}

std::vector<LineId> Profile::fileLines(FileId id) const {
  std::vector<LineId> lines;
  const std::uint32_t newest = newest_line_[index(id)];
  if (newest == 0) return lines;
  for (std::optional<LineId> next = LineId{newest - 1}; next; next = line(*next).previous)
    lines.push_back(*next);
  return lines;
}

std::vector<SpanId> Profile::lineSpans(LineId id) const {
  std::vector<SpanId> spans;
  const std::uint32_t newest = newest_span_[index(id)];
  if (newest == 0) return spans;
  for (std::optional<SpanId> next = SpanId{newest - 1}; next; next = span(*next).previous)
    spans.push_back(*next);
  return spans;
}

const Source* Profile::findSource(FileId id) const {
  for (std::size_t i = sources_.size(); i-- > 0;) {
    if (sources_[i].file == id) return &sources_[i];
  }
  return nullptr;
}

}  // namespace pyrometer
