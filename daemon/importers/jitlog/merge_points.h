#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/support/byte_reader.h"

namespace pyrometer::jitlog {

/// The three marks of merge points. Their values are written as what differs from a prefix, in an order that
/// each stage tells anew, so this is fed all of them in turn. A mark that was cut may be read once more,
/// whole.
class MergePoints {
 public:
  enum class Field : std::uint8_t { kFile, kLine, kBytecode, kFunction, kOpcode };
  static constexpr std::size_t kFields = 5;

  /// A new stage: no fields, no prefixes.
  void beginStage();

  void readInit(ByteReader& in);
  void readPrefix(ByteReader& in);
  /// `opcodes`: whether their names are wanted too.
  void readPoint(ByteReader& in, bool opcodes);

  /// Of the point read last. Texts are empty, numbers 0, where the program's interpreter gives none.
  std::string_view text(Field field) const {
    const std::size_t at = at_[static_cast<std::size_t>(field)];
    return at == kNone ? std::string_view() : std::string_view(fields_[at].value);
  }
  std::uint64_t number(Field field) const {
    const std::size_t at = at_[static_cast<std::size_t>(field)];
    return at == kNone ? 0 : fields_[at].number;
  }
  /// From 1; 0 where it is unknown, or no line at all.
  std::uint32_t line() const {
    const std::uint64_t line = number(Field::kLine);
    return line > UINT32_MAX ? 0 : static_cast<std::uint32_t>(line);
  }
  bool has(Field field) const { return at_[static_cast<std::size_t>(field)] != kNone; }
  /// Whether a text has changed since it was asked about last; the first one of a stage always has.
  bool takeChanged(Field field) {
    const std::size_t at = at_[static_cast<std::size_t>(field)];
    return at != kNone && std::exchange(fields_[at].changed, false);
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;

  struct Slot {
    bool is_text = false;
    bool has_prefix = false;
    bool wanted = false;     ///< a field of ours, or nobody's
    bool is_prefix = false;  ///< value is the prefix, exactly
    bool changed = true;
    std::string prefix, value;
    std::uint64_t number = 0;
  };

  void setValue(Slot& slot, std::string_view front, std::string_view rest);

  bool begun_ = false;  ///< the stage has told its fields
  std::vector<Slot> fields_;
  std::size_t at_[kFields] = {kNone, kNone, kNone, kNone, kNone};
};

}  // namespace pyrometer::jitlog
