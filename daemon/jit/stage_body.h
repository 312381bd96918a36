#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/jit/merge_point.h"
#include "daemon/jit/resop.h"
#include "daemon/jit/stage.h"
#include "daemon/profile/string_arena.h"
#include "daemon/support/result.h"

namespace pyrometer::jit {

/// The operations of one stage, decoded when somebody asked. Moves, does not copy; holds the bytes that all
/// its texts lie in. Read-only for everybody but the reader that fills it.
struct StageBody {
  std::string_view inputs;  ///< "p0,i1"
  std::vector<Operation> operations;
  std::vector<MergePoint> merge_points;

  /// The last merge point at or before an operation; null before the first.
  const MergePoint* placeOf(const Operation& operation) const {
    return operation.merge_point == 0 ? nullptr : &merge_points[operation.merge_point - 1];
  }

  std::unique_ptr<std::byte[]> bytes;
  StringArena texts;

  StageBody() = default;
  StageBody(StageBody&&) = default;
  StageBody& operator=(StageBody&&) = default;
};

/// Where stages are read from. Any thread may ask.
class StageSource {
 public:
  virtual ~StageSource() = default;
  /// An Error if the file cannot be read, or is not any more what it was when it was indexed.
  virtual Result<StageBody> read(const Stage& stage) const = 0;
};

}  // namespace pyrometer::jit
