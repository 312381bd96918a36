#include "daemon/importers/jitlog/merge_points.h"

#include <algorithm>

#include "daemon/importers/jitlog/log_layout.h"

namespace pyrometer::jitlog {
namespace {

constexpr std::uint8_t kFullText = 0xff, kPrefixOnly = 0xef, kPrefixAndRest = 0;

}  // namespace

void MergePoints::beginStage() {
  begun_ = false;
  fields_.clear();
  std::fill(std::begin(at_), std::end(at_), kNone);
}

void MergePoints::readInit(ByteReader& in) {
  beginStage();
  const auto count = in.little<std::uint16_t>();
  const auto types = in.bytes(std::uint64_t{count} * 2);
  if (!in.good()) return;
  begun_ = true;
  fields_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto semantic = std::to_integer<unsigned>(types[2 * i]);
    const char generic = static_cast<char>(types[2 * i + 1]);
    if (generic != 's' && generic != 'i') return in.markBad();
    Slot& slot = fields_[i];
    slot.is_text = generic == 's';
    const auto become = [&](Field field, bool text) {
      if (slot.is_text != text) return;
      at_[static_cast<std::size_t>(field)] = i;
      slot.wanted = true;
    };
    if (semantic == 0x01) become(Field::kFile, true);
    if (semantic == 0x02) become(Field::kLine, false);
    if (semantic == 0x04) become(Field::kBytecode, false);
    if (semantic == 0x08) become(Field::kFunction, true);
    if (semantic == 0x10) become(Field::kOpcode, true);
  }
}

void MergePoints::readPrefix(ByteReader& in) {
  const std::uint8_t at = in.u8();
  const std::string_view text = readText(in);
  if (!in.good()) return;
  if (at >= fields_.size() || !fields_[at].is_text) return in.markBad();
  fields_[at].prefix = text;
  fields_[at].has_prefix = true;
  fields_[at].is_prefix = false;
}

void MergePoints::setValue(Slot& slot, std::string_view front, std::string_view rest) {
  std::string& value = slot.value;
  const bool same = value.size() == front.size() + rest.size() && value.starts_with(front) &&
                    value.compare(front.size(), rest.size(), rest) == 0;
  slot.is_prefix = false;
  if (same) return;
  value.assign(front).append(rest);
  slot.changed = true;
}

void MergePoints::readPoint(ByteReader& in, bool opcodes) {
  if (!begun_) return in.markBad();
  const std::size_t opcode = at_[static_cast<std::size_t>(Field::kOpcode)];
  for (std::size_t i = 0; i < fields_.size() && in.good(); ++i) {
    Slot& slot = fields_[i];
    const std::uint8_t lead = in.u8();
    if (!slot.is_text) {
      if (lead != 0) return in.markBad();
      slot.number = in.little<std::uint64_t>();
      continue;
    }
    if (lead != kFullText && lead != kPrefixOnly && lead != kPrefixAndRest) return in.markBad();
    if (lead != kFullText && !slot.has_prefix) {
      if (in.good()) in.markBad();
      return;
    }
    const std::string_view rest = lead == kPrefixOnly ? std::string_view() : readText(in);
    if (!in.good() || !slot.wanted || (i == opcode && !opcodes)) continue;
    if (lead == kFullText) {
      setValue(slot, {}, rest);
    } else if (lead == kPrefixAndRest) {
      setValue(slot, slot.prefix, rest);
    } else if (!slot.is_prefix) {
      setValue(slot, slot.prefix, {});
      slot.is_prefix = true;
    }
  }
}

}  // namespace pyrometer::jitlog
