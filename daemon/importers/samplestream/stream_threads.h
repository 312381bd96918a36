#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/importers/samplestream/modules.h"
#include "daemon/importers/samplestream/stack_resolver.h"
#include "daemon/importers/samplestream/thread_clock.h"
#include "daemon/importers/samplestream/thread_labels.h"
#include "daemon/importers/samplestream/thread_side.h"
#include "daemon/profile/profile_builder.h"

namespace pyrometer::samplestream {

/// A process image; exec makes another one.
struct StreamProcess {
  /// What is known of its code and stacks. Gone when it has ended and its samples are taken: a run may have
  /// thousands of processes.
  struct Stacks {
    Stacks(stream::LineTableFormat format, NativeNameTable& names, ProfileBuilder& target)
        : modules(names), inside(format, modules, target), outside(format, modules, target) {}
    Modules modules;
    StackResolver inside, outside;
  };
  StreamProcess(stream::LineTableFormat format, NativeNameTable& names, ProfileBuilder& target)
      : stacks(std::make_unique<Stacks>(format, names, target)) {}

  ProcessId id{};
  std::uint64_t pid = 0, generation = 0;
  std::unique_ptr<Stacks> stacks;
};

struct StreamThread {
  StreamThread(std::uint32_t number, ThreadClock start)
      : clock(start), inside(number, false), outside(number, true) {}

  ThreadLabels labels;
  StreamProcess* process = nullptr;
  std::uint64_t tid = 0;
  const StreamThread* before = nullptr;  ///< the same thread in the program image before an exec
  bool weighed = false;
  ThreadClock clock;
  ThreadSide inside, outside;
};

/// Who takes part in a recording, by the numbers that the stream gives them. A number is announced once.
class StreamThreads {
 public:
  /// Not more of either than this: hostile streams announce without end.
  static constexpr std::size_t kMost = 1 << 20;

  bool mayAddProcess(std::uint64_t number) const {
    return processes_.size() < kMost && !processes_.contains(number);
  }
  bool mayAddThread(std::uint64_t number) const {
    return threads_.size() < kMost && !threads_.contains(number);
  }
  StreamProcess& addProcess(std::uint64_t number, stream::LineTableFormat format, ProfileBuilder& target);
  /// Names of native code, for all processes.
  NativeNameTable& names() { return names_; }
  /// `time`: when it began.
  StreamThread& addThread(std::uint64_t number, StreamProcess& process, std::uint64_t tid,
                          std::uint64_t time);

  /// It ended at `time`: after the samples up to then are taken nothing of it is needed.
  void endProcess(StreamProcess& process, std::uint64_t time) { ended_.push_back({time, &process}); }
  void forgetEnded(std::uint64_t until);

  bool empty() const { return processes_.empty(); }
  StreamProcess* findProcess(std::uint64_t number);
  StreamThread* findThread(std::uint64_t number);
  StreamThread& operator[](std::uint32_t index) { return *by_index_[index]; }  ///< RawSample::thread

 private:
  NativeNameTable names_;
  std::unordered_map<std::uint64_t, std::unique_ptr<StreamProcess>> processes_;
  std::unordered_map<std::uint64_t, std::unique_ptr<StreamThread>> threads_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, StreamThread*> newest_;  ///< by pid and tid
  std::vector<std::pair<std::uint64_t, StreamProcess*>> ended_;
  std::vector<StreamThread*> by_index_;  ///< in order of appearance
};

}  // namespace pyrometer::samplestream
