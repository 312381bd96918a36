#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/profile/append_only.h"
#include "daemon/profile/ids.h"
#include "daemon/profile/run_info.h"
#include "daemon/profile/tables.h"

namespace pyrometer {

/// Samples summed over one stretch of rows, by (stack, thread, state). A view filtered by time, thread or state adds
/// up these instead of the samples; only the stretches at the edges of a time window are read row by row.
struct Digest {
  struct Entry {
    StackId stack;
    ThreadId thread;
    SampleState state;
    std::uint32_t count = 0;
    std::uint64_t weight = 0;
  };
  std::size_t first_row = 0, rows = 0;
  std::int64_t first_time = 0, last_time = 0;
  std::vector<Entry> entries;
};

/// A profile is everything measured in one run. Read-only; share freely between threads. To make one, see
/// ProfileBuilder; a Profile taken from a builder that goes on growing is a snapshot and does not change.
///
/// *Self* of a line counts the samples whose innermost Python frame is on that line, native frames below it
/// included (`native` says how many of them had one). *Total* counts the samples with the line anywhere on the
/// stack, once each. *Charged* is self with the time of library code below it: a sample counts for the innermost
/// frame in a file whose owner is the user, unless import machinery lies below that frame.
/// For functions self is the leaf frame's, native functions being functions of their own.
class Profile {
 public:
  const RunInfo& info() const { return *info_; }

  std::string_view string(StringId id) const { return strings_[index(id)]; }
  const File& file(FileId id) const { return files_[index(id)]; }
  const Function& function(FunctionId id) const { return functions_[index(id)]; }
  const Line& line(LineId id) const { return lines_[index(id)]; }
  const Frame& frame(FrameId id) const { return frames_[index(id)]; }
  const StackNode& stack(StackId id) const { return stacks_[index(id)]; }
  const Thread& thread(ThreadId id) const { return threads_[index(id)]; }
  const Process& process(ProcessId id) const { return processes_[index(id)]; }

  const ColumnView<File>& files() const { return files_; }
  const ColumnView<Function>& functions() const { return functions_; }
  const ColumnView<Line>& lines() const { return lines_; }
  const ColumnView<Frame>& frames() const { return frames_; }
  const ColumnView<StackNode>& stacks() const { return stacks_; }
  const ColumnView<Thread>& threads() const { return threads_; }
  const ColumnView<Process>& processes() const { return processes_; }
  const ColumnView<MemoryPoint>& memory() const { return memory_; }
  const ColumnView<Source>& sources() const { return sources_; }
  const ColumnView<std::shared_ptr<const Digest>>& digests() const { return digests_; }

  std::size_t sampleCount() const { return stack_column_.size(); }
  Sample sample(std::size_t row) const;
  std::uint64_t totalWeight() const { return total_weight_; }
  /// Weight and count of samples charged to importing (no user frame below the import machinery).
  std::uint64_t importTime() const { return import_time_; }
  std::uint64_t importSamples() const { return import_samples_; }

  /// Kept by the builder as samples arrive: no loop over samples.
  Counters lineCounters(LineId id) const;
  Counters functionCounters(FunctionId id) const;
  /// Samples and weight whose leaf is this node, by stack id.
  struct StackWeight {
    std::uint64_t count = 0, weight = 0;
  };
  StackWeight stackWeight(StackId id) const;
  /// All lines of a file that occur in stacks, in no order.
  std::vector<LineId> fileLines(FileId id) const;

  /// The file of that name: as the code object says it, or another path that leads to the same text (absolute,
  /// relative to the working directory, through links). Empty when no stack has it.
  std::optional<FileId> findFile(std::string_view path) const;
  /// The text the program ran, where it was recorded.
  const Source* findSource(FileId id) const;

  /// Bytes held by the sample columns and digests alone (for the measure of bytes a sample).
  std::size_t sampleBytes() const;

 private:
  friend class ProfileBuilder;
  Profile() = default;

  std::shared_ptr<const RunInfo> info_;
  // ... the columns; laid out by the builder
  ColumnView<std::string_view> strings_;
  ColumnView<File> files_;
  ColumnView<Function> functions_;
  ColumnView<Line> lines_;
  ColumnView<Frame> frames_;
  ColumnView<StackNode> stacks_;
  ColumnView<Thread> threads_;
  ColumnView<Process> processes_;
  ColumnView<MemoryPoint> memory_;
  ColumnView<Source> sources_;
  ColumnView<std::shared_ptr<const Digest>> digests_;
  ColumnView<std::int64_t> time_column_;     ///< empty without times
  ColumnView<std::uint32_t> weight_column_;  ///< ns; a weight above 4.29 s is split over rows
  ColumnView<StackId> stack_column_;
  ColumnView<ThreadId> thread_column_;
  ColumnView<std::uint8_t> state_column_;
  std::uint64_t total_weight_ = 0, import_time_ = 0, import_samples_ = 0;
  std::shared_ptr<const void> text_;  ///< keeps the bytes behind strings_ alive
  struct Counted;                     ///< copy-on-write pages of counters by line, function, stack
  std::shared_ptr<const Counted> counted_;
};

}  // namespace pyrometer
