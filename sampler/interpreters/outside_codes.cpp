#include "sampler/interpreters/outside_codes.h"

#include <algorithm>
#include <array>

#include "sampler/interpreters/stack_encoder.h"

namespace pyrometer::interpreters {

namespace {

constexpr std::int64_t kLookAgainAfter = 50'000'000;  // ns
constexpr std::size_t kMostCodes = 1 << 20;
constexpr std::size_t kLargestHeader = 512;

}  // namespace

bool OutsideCodes::resolve(std::span<const RawFrame> frames, std::int64_t wall, RingCursor& cursor,
                           std::vector<std::uint32_t>& references) {
  stale_.clear();
  for (const RawFrame& frame : frames) {
    const auto found = entries_.find(frame.code);
    if (found == entries_.end() || wall - found->second.looked_at > kLookAgainAfter)
      stale_.push_back(frame.code);
  }
  std::sort(stale_.begin(), stale_.end());
  stale_.erase(std::unique(stale_.begin(), stale_.end()), stale_.end());
  for (std::size_t at = 0; at < stale_.size(); at += ProcessMemory::kMostParts) {
    lookAt(std::span(stale_).subspan(at, std::min(stale_.size() - at, ProcessMemory::kMostParts)), wall);
  }
  references.clear();
  bool whole = true;
  for (const RawFrame& frame : frames) {
    const auto found = entries_.find(frame.code);
    if (found == entries_.end()) {
      references.push_back(kUnknownCode);
      continue;
    }
    if (!found->second.done.whole) describe(found->second, cursor);
    whole &= found->second.done.whole;
    references.push_back(found->second.reference);
  }
  return whole;
}

void OutsideCodes::lookAt(std::span<const std::uint64_t> addresses, std::int64_t wall) {
  std::array<std::array<std::uint8_t, kLargestHeader>, ProcessMemory::kMostParts> headers;
  std::array<ProcessMemory::Part, ProcessMemory::kMostParts> parts;
  for (std::size_t i = 0; i < addresses.size(); ++i)
    parts[i] = {addresses[i], headers[i].data(), layout_.code.size};
  const bool all = memory_.readParts({parts.data(), addresses.size()});
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // One that cannot be read hides those behind it: then each on its own.
    if (all || memory_.readParts({&parts[i], 1})) {
      take(addresses[i], headers[i].data(), wall);
    } else {
      entries_.erase(addresses[i]);
    }
  }
}

void OutsideCodes::take(std::uint64_t address, const std::uint8_t* header, std::int64_t wall) {
  CodeKey key = keyOf(layout_, address, header);
  if (layout_.code.version == kAbsent) key.content = contentOf(layout_, memory_, key);
  const auto known = entries_.find(address);
  if (known != entries_.end() && known->second.key == key) {
    known->second.looked_at = wall;
    return;
  }
  if (known != entries_.end()) entries_.erase(known);
  const auto type = load<std::uint64_t>(header, layout_.type);
  if (code_type_ != 0 ? type != code_type_ : !isText(layout_, memory_, key.name)) return;
  if (isTrampoline(key.name, key.filename, key.first_line)) {
    trampoline_ = address;
    return;
  }
  if (entries_.size() == kMostCodes) return;
  code_type_ = type;
  Entry entry;
  entry.key = key;
  entry.qualname = layout_.code.qualname == kAbsent ? 0 : load<std::uint64_t>(header, layout_.code.qualname);
  entry.reference = ++last_reference_;
  entry.looked_at = wall;
  entry.role = interpreters::roleOf(layout_, memory_, key.name, key.filename);
  entries_.emplace(address, entry);
}

void OutsideCodes::describe(Entry& entry, RingCursor& cursor) {
  entry.done = entry.done.names
                   ? continueTable(layout_, memory_, entry.key, entry.reference, entry.done, cursor)
                   : describeCode(layout_, memory_, entry.key, entry.qualname, entry.reference, cursor);
}

}  // namespace pyrometer::interpreters
