#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/profile/append_only.h"
#include "daemon/profile/cow_table.h"
#include "daemon/profile/ids.h"
#include "daemon/profile/run_info.h"
#include "daemon/profile/sample_rows.h"
#include "daemon/profile/tables.h"

namespace pyrometer {

/// A profile is everything measured in one run. Read-only; share freely between threads. To make one, see
/// ProfileBuilder; a Profile taken from a builder that goes on growing is a snapshot and does not change.
///
/// *Self* of a line counts the samples whose innermost Python frame is on that line, native frames below it
/// included (`native` says how many of them had one). *Total* counts the samples with the line anywhere on
/// the stack, once each. *Charged* is self with the time of library code below it: a sample counts for the
/// innermost frame in a file whose owner is the user, unless import machinery lies below that frame: then it
/// counts as import time. A frame whose code was never described is a Python frame, but nobody's. For
/// functions self is the leaf frame's, native functions being functions of their own; `native` of a Python
/// function counts the samples with native frames right below it, which are not in its self.
class Profile {
 public:
  const RunInfo& info() const { return *info_; }

  std::string_view string(StringId id) const { return strings_[index(id)]; }
  const File& file(FileId id) const { return files_[index(id)]; }
  const Function& function(FunctionId id) const { return functions_[index(id)]; }
  const Line& line(LineId id) const { return lines_[index(id)]; }
  const Span& span(SpanId id) const { return spans_[index(id)]; }
  const Frame& frame(FrameId id) const { return frames_[index(id)]; }
  const StackNode& stack(StackId id) const { return stacks_[index(id)]; }
  const Thread& thread(ThreadId id) const { return threads_[index(id)]; }
  const Process& process(ProcessId id) const { return processes_[index(id)]; }

  const ColumnView<File>& files() const { return files_; }
  const ColumnView<Function>& functions() const { return functions_; }
  const ColumnView<Line>& lines() const { return lines_; }
  const ColumnView<Span>& spans() const { return spans_; }
  const ColumnView<Frame>& frames() const { return frames_; }
  const ColumnView<StackNode>& stacks() const { return stacks_; }
  /// Where the machine code begins that frames ran in, by BlockId.
  const ColumnView<std::uint64_t>& jitBlocks() const { return jit_blocks_; }
  const ColumnView<Thread>& threads() const { return threads_; }
  const ColumnView<Process>& processes() const { return processes_; }
  const ColumnView<MemoryPoint>& memory() const { return memory_; }
  const ColumnView<Source>& sources() const { return sources_; }

  std::size_t sampleCount() const { return rows_.size(); }
  Sample sample(std::size_t row) const { return rows_.sample(row); }
  /// The columns themselves, for loops over all samples or the samples of a time window.
  const SampleRows& rows() const { return rows_; }
  std::uint64_t totalWeight() const { return total_weight_; }
  /// How many samples of equal weight would say as much as these do: (sum of w)^2 / sum of w^2 (Kish 1965).
  /// What intervals of shares are computed from, since some samples stand for more time than others.
  std::uint64_t effectiveSamples() const;
  /// Weight and count of samples charged to importing (no user frame below the import machinery).
  std::uint64_t importTime() const { return importing_.weight; }
  std::uint64_t importSamples() const { return importing_.count; }

  /// Kept by the builder as samples arrive: no loop over samples.
  Counters lineCounters(LineId id) const { return line_counters_[index(id)]; }
  /// As of a line, but for one part of it: self and charged of a line are the sums over its spans and the
  /// frames that have none.
  Counters spanCounters(SpanId id) const { return span_counters_[index(id)]; }
  Counters functionCounters(FunctionId id) const { return function_counters_[index(id)]; }
  /// Samples and weight whose leaf is this node.
  using StackWeight = pyrometer::StackWeight;
  StackWeight stackWeight(StackId id) const {
    const std::uint32_t leaf = leaf_of_stack_[index(id)];
    return leaf == 0 ? StackWeight{} : leaf_weights_[leaf - 1];
  }
  /// The same by leaf: rows().leafStacks() says which stacks these are.
  StackWeight leafWeight(LeafId id) const { return leaf_weights_[index(id)]; }
  /// Samples and weight in this state of VM and thread.
  StackWeight stateWeight(SampleState state) const { return state_weights_[state.packed()]; }
  /// All lines of a file that occur in stacks, in no order.
  std::vector<LineId> fileLines(FileId id) const;

  /// All parts of a line that occur in stacks, in no order.
  std::vector<SpanId> lineSpans(LineId id) const;

  /// The file of that name: as the code object says it; another path that leads to the same text (absolute,
  /// relative to the run's working directory, through links); at last, for a relative path, the only file
  /// that ends in it. Empty when no stack has it, or several end in it. Asks the file system where links
  /// lead, opens nothing.
  std::optional<FileId> findFile(std::string_view path) const;
  /// The text the program ran, where it was recorded.
  const Source* findSource(FileId id) const;

  /// Bytes held by the sample columns and digests alone (for the measure of bytes a sample).
  std::size_t sampleBytes() const { return rows_.bytes(); }

 private:
  friend class ProfileBuilder;
  Profile() = default;

  std::shared_ptr<const RunInfo> info_;
  ColumnView<std::string_view> strings_;
  ColumnView<File> files_;
  ColumnView<Function> functions_;
  ColumnView<Line> lines_;
  ColumnView<Span> spans_;
  ColumnView<Frame> frames_;
  ColumnView<StackNode> stacks_;
  ColumnView<std::uint64_t> jit_blocks_;
  ColumnView<Thread> threads_;
  ColumnView<Process> processes_;
  ColumnView<MemoryPoint> memory_;
  ColumnView<Source> sources_;
  SampleRows rows_;
  CowView<Counters> line_counters_;
  CowView<Counters> span_counters_;
  CowView<Counters> function_counters_;
  CowView<StackWeight> leaf_weights_;
  CowView<std::uint32_t> leaf_of_stack_;  ///< LeafId + 1, 0: no samples of its own
  CowView<StackWeight> state_weights_;    ///< by SampleState::packed()
  CowView<std::uint32_t> newest_line_;    ///< by file: index of its newest line + 1, 0: none
  CowView<std::uint32_t> newest_span_;    ///< likewise by line
  std::uint64_t total_weight_ = 0;
  double squared_weight_ = 0;
  StackWeight importing_;
  std::shared_ptr<const void> text_;  ///< keeps the bytes behind strings_ alive
};

}  // namespace pyrometer
