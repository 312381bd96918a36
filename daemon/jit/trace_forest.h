#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/jit/guard.h"
#include "daemon/jit/ids.h"
#include "daemon/jit/source_index.h"
#include "daemon/jit/stage.h"
#include "daemon/jit/stage_body.h"
#include "daemon/jit/trace.h"
#include "daemon/profile/run_info.h"
#include "daemon/support/result.h"

namespace pyrometer::jit {

/// What is known of the log besides its traces.
struct LogInfo {
  std::string path;
  std::uint64_t bytes = 0;  ///< of the log itself, unwrapped
  int version = 0;          ///< of the format
  int word_bits = 64;
  std::string machine;                   ///< "x86_64", "aarch64", ... as the log says it
  std::uint32_t headers = 0;             ///< more than one: the log was switched on again
  std::uint64_t counters = 0;            ///< counts in the file; none where the process was killed
  std::uint64_t counters_of_others = 0;  ///< of traces from before the log was switched on
  std::uint64_t temporary_callbacks = 0;
  std::vector<std::string> notes;  ///< sentences the user should read
  std::vector<Damage> damage;      ///< what could not be read, by offset
};

/// All traces of a process, and which guard leads to which bridge. An index: what is inside a stage is read
/// from the file when it is asked for. Immutable; share freely between threads, read() included. To make one,
/// see ForestBuilder; to read a log, daemon/importers/jitlog.
///
/// Numbers of the program's memory may come twice, since it frees and uses again. A descr number then means
/// the last guard, label or redirect of that number before the one who asks; an address the last code at it.
class TraceForest {
 public:
  const LogInfo& info() const { return info_; }
  const SourceIndex& sources() const { return sources_; }

  /// In the order of the log.
  std::span<const Trace> traces() const { return traces_; }
  const Trace& trace(TraceId id) const { return traces_[index(id)]; }
  /// By the number that the log gives it.
  std::optional<TraceId> findTrace(std::uint64_t number) const;

  /// In the order of the log: recorded, optimised, assembled; several rounds of these in a trace that was
  /// compiled in pieces.
  std::span<const StageId> stages(TraceId id) const;
  std::span<const Stage> allStages() const { return stages_; }
  const Stage& stage(StageId id) const { return stages_[index(id)]; }
  /// Each operation that the stage holds, once, sorted.
  std::span<const OperationCount> operationCounts(StageId id) const;
  /// Decodes a stage out of the file.
  Result<StageBody> read(StageId id) const { return source_->read(stage(id)); }

  std::string_view operationName(OpCode op) const;
  OpRole operationRole(OpCode op) const;
  std::optional<OpCode> findOperation(std::string_view name) const;
  std::span<const std::string> operationNames() const { return operation_names_; }

  /// The bridges that hang on the guards of a trace, by guard.
  std::span<const GuardBridge> bridges(TraceId id) const;
  /// The bridge on a guard of this trace.
  std::optional<TraceId> bridgeAt(TraceId id, DescrNumber guard) const;
  std::span<const Label> labels(TraceId id) const;
  /// Jumps and call_assemblers out of a trace.
  std::span<const Link> links(TraceId id) const;
  std::span<const Redirect> redirects() const { return redirects_; }

  struct CodeHit {
    StageId stage{};
    std::uint64_t offset = 0;
    bool reused = false;  ///< other code of the log lay here as well: the last is given
  };
  /// The code that an address is in.
  std::optional<CodeHit> findCode(std::uint64_t address) const;
  /// The code that begins there: what profiles name.
  std::optional<CodeHit> findCodeStart(std::uint64_t start) const;

  /// Memory that the index takes.
  std::size_t bytes() const;

 private:
  friend class ForestBuilder;

  struct Code {
    CodeRange range;
    std::uint64_t furthest = 0;  ///< the furthest end of all ranges up to this one
    StageId stage{};
  };

  LogInfo info_;
  SourceIndex sources_;
  std::vector<Trace> traces_;
  std::vector<std::pair<std::uint64_t, TraceId>> numbers_;
  std::vector<Stage> stages_;
  std::vector<StageId> stages_of_traces_;
  std::vector<OperationCount> counts_;
  std::vector<std::string> operation_names_;
  std::vector<OpRole> operation_roles_;
  std::vector<GuardBridge> bridges_;
  std::vector<std::uint32_t> bridge_begin_;  ///< by trace, one more than traces; the same for the next two
  std::vector<Label> labels_;
  std::vector<std::uint32_t> label_begin_;
  std::vector<Link> links_;
  std::vector<std::uint32_t> link_begin_;
  std::vector<Redirect> redirects_;
  std::vector<Code> codes_;  ///< by start, then by order in the log
  std::shared_ptr<const StageSource> source_;
};

}  // namespace pyrometer::jit
