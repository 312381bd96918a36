#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "daemon/importers/jitlog/marks.h"
#include "daemon/jit/resop.h"
#include "daemon/support/byte_reader.h"

namespace pyrometer::jitlog {

/// What the header says: how wide things are, and which number is which operation.
class LogLayout {
 public:
  int version = version::kLast;
  bool narrow = false;  ///< addresses of 4 bytes

  struct Op {
    jit::OpCode code{};
    jit::OpRole role = jit::OpRole::kPlain;
    bool known = false;
  };
  Op op(std::uint16_t number) const { return number < ops_.size() ? ops_[number] : Op{}; }
  void setOp(std::uint16_t number, Op op) {
    if (number >= ops_.size()) ops_.resize(number + std::size_t{1});
    ops_[number] = op;
  }

  std::uint64_t address(ByteReader& in) const {
    return narrow ? in.little<std::uint32_t>() : in.little<std::uint64_t>();
  }

 private:
  std::vector<Op> ops_;  ///< by number; the numbers in use are small
};

inline std::string_view readText(ByteReader& in) { return in.text(in.little<std::uint32_t>()); }

/// An operation as it stands there; good only if the reader still is.
struct RawOperation {
  std::uint16_t number = 0;
  std::string_view arguments;
  jit::DescrNumber descr = 0;
  std::string_view fail_arguments;
};

inline RawOperation readOperation(ByteReader& in, Mark mark, const LogLayout& layout) {
  RawOperation op;
  op.number = in.little<std::uint16_t>();
  op.arguments = readText(in);
  if (mark == Mark::kOperationDescr) op.descr = layout.address(in);
  if (layout.version >= version::kFailArguments) op.fail_arguments = readText(in);
  return op;
}

/// Argument texts with a descr: what is before the descr's comma, and the descr. Texts of descrs may have
/// commas of their own, between <> or ().
struct SplitDescr {
  std::string_view arguments, descr;
};
SplitDescr splitDescr(std::string_view arguments);

}  // namespace pyrometer::jitlog
