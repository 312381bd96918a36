#include "daemon/native/call_frames.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/support/byte_reader.h"

namespace pyrometer {

namespace {

using unwind::Cfa;
using unwind::Pointer;
using unwind::Rule;

// Numbers of registers in DWARF, x86-64.
constexpr std::uint64_t kFramePointer = 6, kStackPointer = 7, kReturn = 16;
constexpr std::int16_t kReturnOffset = -8;
/// A program may save its state that deep; compilers do it once.
constexpr std::size_t kMostSaved = 64;
/// Rows of one function: each takes a byte of its program at least, this is for memory's sake.
constexpr std::size_t kMostRowsOfFunction = 1 << 20;

/// How pointers are written (the low half), and from where they count (the high one).
constexpr std::uint8_t kOmitted = 0xff, kIndirect = 0x80, kFromHere = 0x10;

std::int64_t signedVarint(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    const std::uint8_t byte = in.u8();
    if (!in.good()) return 0;
    if (shift < 64) value |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) != 0) continue;
    if (shift + 7 < 64 && (byte & 0x40) != 0) value |= ~std::uint64_t{0} << (shift + 7);
    return static_cast<std::int64_t>(value);
  }
  in.markBad();
  return 0;
}

/// `address`: of the section's first byte.
std::uint64_t readPointer(ByteReader& in, std::uint8_t encoding, std::uint64_t address) {
  const std::uint64_t here = address + in.position();
  std::uint64_t value = 0;
  switch (encoding & 0x0f) {
    case 0x00:
    case 0x04:
    case 0x0c:
      value = in.little<std::uint64_t>();
      break;
    case 0x01:
      value = in.varint();
      break;
    case 0x02:
      value = in.little<std::uint16_t>();
      break;
    case 0x03:
      value = in.little<std::uint32_t>();
      break;
    case 0x09:
      value = static_cast<std::uint64_t>(signedVarint(in));
      break;
    case 0x0a:
      value = static_cast<std::uint64_t>(std::int64_t{in.little<std::int16_t>()});
      break;
    case 0x0b:
      value = static_cast<std::uint64_t>(std::int64_t{in.little<std::int32_t>()});
      break;
    default:
      in.markBad();
  }
  if ((encoding & 0x70) == kFromHere) return value + here;
  if ((encoding & 0x70) != 0) in.markBad();
  return value;
}

struct CommonEntry {
  std::uint64_t code_unit = 1;
  std::int64_t data_unit = 1;
  std::uint64_t return_register = kReturn;
  std::uint8_t encoding = 0;
  bool augmented = false, signal = false;
  std::span<const std::byte> program;
};

/// Where the canonical frame address comes from.
struct Source {
  enum class Kind : std::uint8_t { kRegister, kExpression } kind = Kind::kRegister;
  std::uint64_t register_number = kStackPointer;
  std::int64_t offset = 0;
  std::span<const std::byte> expression;
};
struct Saved {
  enum class Kind : std::uint8_t { kSame, kAtCfa, kUndefined, kExpression, kOther } kind = Kind::kSame;
  std::int64_t offset = 0;
  std::span<const std::byte> expression;
};
struct State {
  Source cfa;
  Saved pointer, return_address{Saved::Kind::kUndefined, 0, {}};
};

/// breg(stack or frame pointer) + offset, and whether the word there is meant.
struct Simple {
  std::uint64_t register_number = 0;
  std::int64_t offset = 0;
  bool dereferenced = false;
};
std::optional<Simple> simpleExpression(std::span<const std::byte> expression) {
  constexpr std::uint8_t kBaseRegister = 0x70, kDereference = 0x06;
  ByteReader in(expression);
  const std::uint8_t code = in.u8();
  if (code != kBaseRegister + kFramePointer && code != kBaseRegister + kStackPointer) return std::nullopt;
  Simple simple{.register_number = code - std::uint64_t{kBaseRegister}, .offset = signedVarint(in)};
  if (in.good() && !in.atEnd()) simple.dereferenced = in.u8() == kDereference;
  if (!in.good() || !in.atEnd()) return std::nullopt;
  return simple;
}

/// What linkers write for the procedure linkage table: rsp + 8 + ((rip & 15) >= 11) * 8.
bool isPltExpression(std::span<const std::byte> expression) {
  constexpr std::array<std::uint8_t, 11> kPlt = {0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a,
                                                 0x3b, 0x2a, 0x33, 0x24, 0x22};
  return expression.size() == kPlt.size() && std::memcmp(expression.data(), kPlt.data(), kPlt.size()) == 0;
}

template <class Small>
bool fits(std::int64_t value) {
  return value >= std::numeric_limits<Small>::min() && value <= std::numeric_limits<Small>::max();
}

Rule ruleOf(const State& state, const CommonEntry& common) {
  Rule rule;
  if (common.signal) {
    rule.cfa = Cfa::kSignal;
    return rule;
  }
  if (common.return_register != kReturn) return {};
  if (state.return_address.kind == Saved::Kind::kUndefined) {
    rule.cfa = Cfa::kOutermost;
    return rule;
  }
  if (state.return_address.kind != Saved::Kind::kAtCfa || state.return_address.offset != kReturnOffset)
    return {};
  rule.return_offset = kReturnOffset;
  std::int64_t offset = state.cfa.offset;
  if (state.cfa.kind == Source::Kind::kRegister) {
    if (state.cfa.register_number != kFramePointer && state.cfa.register_number != kStackPointer) return {};
    rule.cfa = state.cfa.register_number == kFramePointer ? Cfa::kFramePointer : Cfa::kStackPointer;
  } else if (isPltExpression(state.cfa.expression)) {
    rule.cfa = Cfa::kPlt;
    offset = 0;
  } else {
    const auto simple = simpleExpression(state.cfa.expression);
    if (!simple) return {};
    const bool frame = simple->register_number == kFramePointer;
    rule.cfa = simple->dereferenced ? (frame ? Cfa::kAtFramePointer : Cfa::kAtStackPointer)
                                    : (frame ? Cfa::kFramePointer : Cfa::kStackPointer);
    offset = simple->offset;
  }
  if (!fits<std::int32_t>(offset)) return {};
  rule.cfa_offset = static_cast<std::int32_t>(offset);
  std::int64_t pointer = 0;
  switch (state.pointer.kind) {
    case Saved::Kind::kSame:
      break;
    case Saved::Kind::kAtCfa:
      rule.pointer = Pointer::kAtCfa;
      pointer = state.pointer.offset;
      break;
    case Saved::Kind::kExpression: {
      const auto simple = simpleExpression(state.pointer.expression);
      const bool plain = simple && simple->register_number == kFramePointer && !simple->dereferenced;
      rule.pointer = plain ? Pointer::kAtFramePointer : Pointer::kLost;
      pointer = plain ? simple->offset : 0;
      break;
    }
    default:
      rule.pointer = Pointer::kLost;
  }
  if (!fits<std::int16_t>(pointer)) {
    rule.pointer = Pointer::kLost;
    pointer = 0;
  }
  rule.pointer_offset = static_cast<std::int16_t>(pointer);
  return rule;
}

/// Runs one program of call frame instructions after another over a state.
class Program {
 public:
  Program(const CommonEntry& common, std::uint64_t begin, std::uint64_t end)
      : common_(common), address_(begin), end_(end) {}

  /// What is there before the function's own program.
  void keepAsInitial() { initial_ = state_; }

  /// `on_row` with each state that some instructions run in. False if the program is damaged.
  bool run(std::span<const std::byte> program, const std::function<void(const CallFrameRow&)>* on_row) {
    ByteReader in(program);
    on_row_ = on_row;
    while (!in.atEnd()) {
      step(in);
      if (!in.good() || rows_ > kMostRowsOfFunction) return false;
    }
    return true;
  }
  void finish() { emit(end_); }
  /// From where on nothing is known any more.
  std::uint64_t address() const { return address_; }

 private:
  void emit(std::uint64_t until) {
    if (on_row_ == nullptr || until <= address_) return;
    ++rows_;
    (*on_row_)({.address = address_, .rule = ruleOf(state_, common_)});
  }
  void advance(std::uint64_t units) {
    if (units > (end_ - address_) / common_.code_unit) return advanceTo(end_);
    advanceTo(address_ + units * common_.code_unit);
  }
  void advanceTo(std::uint64_t address) {
    if (address < address_ || address > end_) return;
    emit(address);
    address_ = address;
  }

  Saved* savedOf(std::uint64_t number) {
    if (number == kFramePointer) return &state_.pointer;
    if (number == common_.return_register) return &state_.return_address;
    return nullptr;
  }
  void set(std::uint64_t number, const Saved& saved) {
    if (Saved* place = savedOf(number)) *place = saved;
  }
  void restore(std::uint64_t number) {
    if (number == kFramePointer) state_.pointer = initial_.pointer;
    if (number == common_.return_register) state_.return_address = initial_.return_address;
  }
  std::int64_t scaled(std::int64_t value) const {
    std::int64_t result = 0;
    // Out of all bounds is as good as not representable.
    return __builtin_mul_overflow(value, common_.data_unit, &result)
               ? std::numeric_limits<std::int64_t>::max()
               : result;
  }
  static std::span<const std::byte> block(ByteReader& in) { return in.bytes(in.varint()); }

  void step(ByteReader& in) {
    const std::uint8_t code = in.u8();
    const std::uint8_t low = code & 0x3f;
    switch (code & 0xc0) {
      case 0x40:
        return advance(low);
      case 0x80:
        return set(low, {Saved::Kind::kAtCfa, scaled(static_cast<std::int64_t>(in.varint())), {}});
      case 0xc0:
        return restore(low);
      default:
        return extended(low, in);
    }
  }

  void extended(std::uint8_t code, ByteReader& in) {
    switch (code) {
      case 0x00:  // nop
        return;
      case 0x02:
        return advance(in.u8());
      case 0x03:
        return advance(in.little<std::uint16_t>());
      case 0x04:
        return advance(in.little<std::uint32_t>());
      case 0x05: {  // offset_extended
        const std::uint64_t number = in.varint();
        return set(number, {Saved::Kind::kAtCfa, scaled(static_cast<std::int64_t>(in.varint())), {}});
      }
      case 0x06:
        return restore(in.varint());
      case 0x07:
        return set(in.varint(), {Saved::Kind::kUndefined, 0, {}});
      case 0x08:
        return set(in.varint(), {});
      case 0x09: {  // register
        const std::uint64_t number = in.varint();
        in.varint();
        return set(number, {Saved::Kind::kOther, 0, {}});
      }
      case 0x0a:
        if (saved_.size() >= kMostSaved) return in.markBad();
        saved_.push_back(state_);
        return;
      case 0x0b:
        if (saved_.empty()) return in.markBad();
        state_ = saved_.back();
        saved_.pop_back();
        return;
      case 0x0c: {  // def_cfa
        const std::uint64_t number = in.varint();
        state_.cfa = {Source::Kind::kRegister, number, static_cast<std::int64_t>(in.varint()), {}};
        return;
      }
      case 0x0d:
        state_.cfa.kind = Source::Kind::kRegister;
        state_.cfa.register_number = in.varint();
        return;
      case 0x0e:
        state_.cfa.offset = static_cast<std::int64_t>(in.varint());
        return;
      case 0x0f:
        state_.cfa = {Source::Kind::kExpression, 0, 0, block(in)};
        return;
      case 0x10:    // expression
      case 0x16: {  // val_expression
        const std::uint64_t number = in.varint();
        const auto expression = block(in);
        return set(number, {code == 0x10 ? Saved::Kind::kExpression : Saved::Kind::kOther, 0, expression});
      }
      case 0x11: {  // offset_extended_sf
        const std::uint64_t number = in.varint();
        return set(number, {Saved::Kind::kAtCfa, scaled(signedVarint(in)), {}});
      }
      case 0x12: {  // def_cfa_sf
        const std::uint64_t number = in.varint();
        state_.cfa = {Source::Kind::kRegister, number, scaled(signedVarint(in)), {}};
        return;
      }
      case 0x13:
        state_.cfa.offset = scaled(signedVarint(in));
        return;
      case 0x14:  // val_offset
      case 0x15: {
        const std::uint64_t number = in.varint();
        code == 0x14 ? static_cast<void>(in.varint()) : static_cast<void>(signedVarint(in));
        return set(number, {Saved::Kind::kOther, 0, {}});
      }
      case 0x2d:  // GNU_window_save
        return;
      case 0x2e:  // GNU_args_size
        in.varint();
        return;
      case 0x2f: {  // GNU_negative_offset_extended
        const std::uint64_t number = in.varint();
        return set(number, {Saved::Kind::kAtCfa, -scaled(static_cast<std::int64_t>(in.varint())), {}});
      }
      default:
        return in.markBad();
    }
  }

  const CommonEntry& common_;
  std::uint64_t address_, end_;
  State state_, initial_;
  std::vector<State> saved_;
  const std::function<void(const CallFrameRow&)>* on_row_ = nullptr;
  std::size_t rows_ = 0;
};

class SectionReader {
 public:
  SectionReader(const CallFrames& frames, const CallFrameSinks& sinks) : frames_(frames), sinks_(sinks) {}

  Result<void> read() {
    ByteReader in(frames_.bytes);
    while (!in.atEnd()) {
      const std::size_t start = in.position();
      const auto length = in.little<std::uint32_t>();
      if (!in.good() || length == 0) break;
      // Entries of 4 GB and more are not written by anyone.
      if (length == UINT32_MAX || length < 4 || length > in.remaining())
        return damaged(start, "an entry of an impossible length");
      const std::size_t body = in.position();
      const auto entry = in.bytes(length);
      const auto id = littleEndian<std::uint32_t>(entry.data());
      if (id == 0) {
        if (!readCommon(start, entry)) return damaged(start, "a common entry that does not hold together");
        continue;
      }
      // The distance from here back to the common entry.
      if (id > body) return damaged(start, "an entry that refers to nothing");
      const auto common = commons_.find(body - id);
      if (common == commons_.end()) return damaged(start, "an entry that refers to none before it");
      if (common->second && !readFunction(*common->second, body, entry))
        return damaged(start, "a function's entry that does not hold together");
    }
    return {};
  }

 private:
  static Error damaged(std::size_t at, std::string_view what) {
    return Error{fmt::format("{}, {} bytes into its unwind information", what, at), {}};
  }

  bool readCommon(std::size_t start, std::span<const std::byte> entry) {
    ByteReader in(entry);
    in.little<std::uint32_t>();
    const std::uint8_t version = in.u8();
    std::string augmentation;
    for (char c = static_cast<char>(in.u8()); in.good() && c != '\0'; c = static_cast<char>(in.u8()))
      augmentation.push_back(c);
    CommonEntry common;
    const bool known = version == 1 || version == 3 || version == 4;
    if (version == 4) in.bytes(2);  // sizes of an address and of a segment
    common.code_unit = in.varint();
    common.data_unit = signedVarint(in);
    common.return_register = version == 1 ? in.u8() : in.varint();
    bool understood = known && (augmentation.empty() || augmentation.front() == 'z');
    if (!augmentation.empty() && augmentation.front() == 'z') {
      common.augmented = true;
      ByteReader data(in.bytes(in.varint()));
      for (const char c : std::string_view(augmentation).substr(1)) {
        switch (c) {
          case 'R':
            common.encoding = data.u8();
            break;
          case 'P': {
            const std::uint8_t encoding = data.u8();
            if (encoding != kOmitted) readPointer(data, encoding & 0x0f, 0);
            break;
          }
          case 'L':
            data.u8();
            break;
          case 'S':
            common.signal = true;
            break;
          default:
            understood = false;
        }
      }
      if (!data.good()) return false;
    }
    if (!in.good()) return false;
    if (common.code_unit == 0 || (common.encoding & kIndirect) != 0) understood = false;
    common.program = in.bytes(in.remaining());
    if (understood) {
      commons_[start] = common;
    } else {
      commons_[start] = std::nullopt;  // nobody's rule: its functions are left out
    }
    return true;
  }

  bool readFunction(const CommonEntry& common, std::size_t body, std::span<const std::byte> entry) {
    ByteReader in(entry);
    in.little<std::uint32_t>();
    const std::uint64_t begin = readPointer(in, common.encoding, frames_.address + body);
    const std::uint64_t size = readPointer(in, common.encoding & 0x0f, 0);
    if (common.augmented) in.bytes(in.varint());
    if (!in.good()) return false;
    constexpr std::uint64_t kHighestAddress = std::uint64_t{1} << 47;
    if (size == 0 || begin == 0 || begin >= kHighestAddress || size >= kHighestAddress) return true;
    if (sinks_.on_function) sinks_.on_function(begin, begin + size);
    if (!sinks_.on_row) return true;
    Program program(common, begin, begin + size);
    if (!program.run(common.program, nullptr)) return true;
    program.keepAsInitial();
    // A damaged program: the rows before the damage stand, nothing is known of the rest.
    const bool whole = program.run(in.bytes(in.remaining()), &sinks_.on_row);
    if (whole) program.finish();
    sinks_.on_row({.address = whole ? begin + size : program.address(), .rule = {}});
    return true;
  }

  const CallFrames& frames_;
  const CallFrameSinks& sinks_;
  std::unordered_map<std::size_t, std::optional<CommonEntry>> commons_;
};

}  // namespace

Result<void> readCallFrames(const CallFrames& frames, const CallFrameSinks& sinks) {
  return SectionReader(frames, sinks).read();
}

}  // namespace pyrometer
