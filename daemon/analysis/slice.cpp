#include "daemon/analysis/slice.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "daemon/profile/profile_builder.h"

namespace pyrometer {
namespace {

class Slicer {
 public:
  Slicer(const Profile& profile, const Filter& filter)
      : from_(profile),
        filter_(filter),
        threads_(threadsOf(profile, filter)),
        processes_(profile.processes().size(), false),
        stacks_(profile.stacks().size()) {
    to_.info() = from_.info();
    for (std::size_t i = 0; i < from_.processes().size(); ++i) {
      Process row = from_.processes()[i];
      row.command = to_.internString(from_.string(row.command));
      row.interpreter = to_.internString(from_.string(row.interpreter));
      to_.addProcess(row);
    }
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      const Thread& thread = from_.threads()[i];
      if (index(thread.thread) == i) {
        to_.addThread(thread.process, thread.tid, from_.string(thread.name));
      } else {
        to_.addTask(thread.thread, from_.string(thread.task));
      }
      if (threads_[i]) processes_[index(thread.process)] = true;
    }
  }

  std::shared_ptr<const Profile> make(const std::stop_token& stop) {
    constexpr std::size_t kAskEvery = 1 << 16;
    for (std::size_t row = 0; row < from_.sampleCount(); ++row) {
      if (row % kAskEvery == 0 && stop.stop_requested()) break;
      Sample sample = from_.sample(row);
      if (!passes(sample)) continue;
      sample.stack = stackOf(sample.stack);
      to_.addSample(sample);
    }
    for (std::size_t i = 0; i < from_.memory().size(); ++i) {
      const MemoryPoint& point = from_.memory()[i];
      const bool in_time =
          (!filter_.from || point.time >= *filter_.from) && (!filter_.to || point.time < *filter_.to);
      if (in_time && processes_[index(point.process)]) to_.addMemory(point);
    }
    for (std::size_t i = 0; i < from_.sources().size(); ++i) {
      const Source& source = from_.sources()[i];
      to_.addSource(fileOf(source.file), from_.string(source.text), source.changed_during_run);
    }
    return to_.snapshot();
  }

 private:
  bool passes(const Sample& sample) const {
    const auto lets = [](const auto& states, auto state) {
      return states.empty() || std::find(states.begin(), states.end(), state) != states.end();
    };
    return threads_[index(sample.thread)] && (!filter_.from || sample.time >= *filter_.from) &&
           (!filter_.to || sample.time < *filter_.to) && lets(filter_.vm_states, sample.state.vm) &&
           lets(filter_.thread_states, sample.state.thread);
  }

  FileId fileOf(FileId id) {
    const File& file = from_.file(id);
    return to_.internFile(from_.string(file.path), file.owner);
  }

  FrameId frameOf(FrameId id) {
    const Frame& frame = from_.frame(id);
    const Function& function = from_.function(frame.function);
    const FunctionId same = to_.internFunction(from_.string(function.name), fileOf(function.file),
                                               function.first_line, function.kind);
    const auto columns = frame.span ? std::optional(from_.span(*frame.span).columns) : std::nullopt;
    const FrameId made = to_.internFrame(same, from_.line(frame.line).line, columns);
    const auto block = frame.blockId();
    return block ? to_.internJitFrame(made, to_.internJitBlock(from_.jitBlocks()[index(*block)])) : made;
  }

  StackId stackOf(StackId leaf) {
    // From the leaf to the first node that is known, then down again.
    path_.clear();
    std::optional<StackId> at = leaf;
    while (at && !stacks_[index(*at)]) {
      path_.push_back(*at);
      at = from_.stack(*at).parentId();
    }
    std::optional<StackId> made = at ? stacks_[index(*at)] : std::nullopt;
    while (!path_.empty()) {
      const StackId next = path_.back();
      path_.pop_back();
      made = to_.internStack(made, frameOf(from_.stack(next).frame));
      stacks_[index(next)] = made;
    }
    return *made;
  }

  const Profile& from_;
  const Filter& filter_;
  ProfileBuilder to_;
  const std::vector<bool> threads_;
  std::vector<bool> processes_;
  std::vector<std::optional<StackId>> stacks_;
  std::vector<StackId> path_;
};

}  // namespace

std::shared_ptr<const Profile> slice(const Profile& profile, const Filter& filter, std::stop_token stop) {
  return Slicer(profile, filter).make(stop);
}

}  // namespace pyrometer
