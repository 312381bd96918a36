#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/profile/my_code.h"
#include "daemon/profile/profile.h"

namespace pyrometer {

/// Makes a Profile from rows as they arrive, and hands out snapshots of what it has so far. One thread writes
/// and calls snapshot(); the snapshots may be read anywhere. intern* returns the same id for the same thing.
class ProfileBuilder {
 public:
  explicit ProfileBuilder(MyCode my_code = {});
  ~ProfileBuilder();
  ProfileBuilder(const ProfileBuilder&) = delete;
  ProfileBuilder& operator=(const ProfileBuilder&) = delete;

  RunInfo& info();

  /// For a recording that says itself whose code is whose: before the first file is interned, and without
  /// effect where the builder was made with roots.
  void setDefaultMyCode(MyCode my_code);

  StringId internString(std::string_view text);
  /// The owner is told here, so set info().working_directory before the first relative path if it is known.
  FileId internFile(std::string_view path);
  /// The same where it is known whose code it is.
  FileId internFile(std::string_view path, Owner owner);
  FunctionId internFunction(std::string_view name, FileId file, std::uint32_t first_line,
                            FunctionKind kind = FunctionKind::kPython);
  /// `line` from 1; 0 when unknown. For a native function: its file's line, or 0. Columns that are empty, or
  /// of no line, are as good as none.
  FrameId internFrame(FunctionId function, std::uint32_t line, std::optional<Columns> columns = {});
  /// Machine code of a JIT, by the address of its beginning.
  BlockId internJitBlock(std::uint64_t start);
  /// The same place as an interpreted frame, running in machine code.
  FrameId internJitFrame(FrameId interpreted, BlockId block);
  StackId internStack(std::optional<StackId> parent, FrameId frame);

  ProcessId addProcess(std::int64_t pid, std::string_view command, std::string_view interpreter);
  ProcessId addProcess(const Process& row);
  Process process(ProcessId id) const;
  /// What became known of it since; its pid stays.
  void setProcess(ProcessId id, const Process& row);
  /// At most kMaxThreads; those beyond share the last one.
  ThreadId addThread(ProcessId process, std::int64_t tid, std::string_view name);
  /// A row for the samples that `thread` took in an asyncio task; `thread` must be a thread's own row.
  ThreadId addTask(ThreadId thread, std::string_view task);
  void setThreadName(ThreadId thread, std::string_view name);

  /// Times should not decrease; the importer sorts. A row that goes back in time is clamped to the last one.
  /// Costs the same for any depth: what the sample adds to lines and functions is folded in later, by stack.
  void addSample(const Sample& sample);
  void addMemory(const MemoryPoint& point);
  void addSource(FileId file, std::string_view text, bool changed_during_run);

  std::size_t sampleCount() const;

  /// O(1) in the number of samples. Costs a copy of info(), and folding the stacks sampled since the last
  /// fold into the counters: each tree node above them once; they are at most StackCounts::kFoldAt.
  /// Afterwards the writer copies each 4 KiB page of counters once that it touches.
  std::shared_ptr<const Profile> snapshot() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pyrometer
