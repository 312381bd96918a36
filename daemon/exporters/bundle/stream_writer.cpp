#include "daemon/exporters/bundle/stream_writer.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/exporters/bundle/stream_codes.h"

namespace pyrometer::bundle {
namespace {

using stream::Block;

constexpr std::size_t kBatchBytes = 1 << 20;

class StreamWriter {
 public:
  StreamWriter(const Profile& profile, const StreamSink& sink)
      : profile_(profile),
        sink_(sink),
        codes_(profile),
        threads_(profile.threads().size()),
        described_(profile.processes().size(), std::vector<bool>(profile.functions().size())) {}

  Result<void> write() {
    out_.assign(std::begin(stream::kStreamMagic), std::end(stream::kStreamMagic));
    putProcessesAndThreads();
    putMemory();
    const bool timed = profile_.info().has_times;
    for (std::size_t row = 0; row < profile_.sampleCount(); ++row) {
      const Sample sample = profile_.sample(row);
      const auto time = timed ? static_cast<std::uint64_t>(std::max<std::int64_t>(sample.time, 0)) : row;
      addSample(sample, time);
      if (batch_bytes_ < kBatchBytes) continue;
      if (auto done = endBatch(time); !done) return done;
    }
    if (auto done = endBatch(last_time_); !done) return done;
    putProcessEnds();
    return sink_(out_);
  }

 private:
  struct ThreadLog {
    std::string records;
    std::uint64_t wall = 0;
    std::string_view task;
    std::vector<std::uint32_t> stack;  ///< nodes from the root, as they were written
  };

  void putBlock(Block kind, std::string_view payload) {
    out_ += static_cast<char>(kind);
    appendVarint(out_, payload.size());
    out_ += payload;
  }

  static void appendText(std::string& out, std::string_view text) {
    appendVarint(out, text.size());
    out += text;
  }

  void putProcessesAndThreads() {
    std::string payload;
    for (std::uint32_t i = 0; i < profile_.processes().size(); ++i) {
      const Process& process = profile_.processes()[i];
      payload.clear();
      appendVarint(payload, i);
      appendVarint(payload, static_cast<std::uint64_t>(std::max<std::int64_t>(process.pid, 0)));
      appendVarint(payload, static_cast<std::uint64_t>(std::max<std::int64_t>(process.parent, 0)));
      appendVarint(payload, process.generation);
      appendVarint(payload, 0);  // version: the text below says it
      payload += static_cast<char>(stream::LineTableFormat::kLocations);
      // The first one's time is where the stream's clock begins.
      appendVarint(payload,
                   i == 0 ? 0 : static_cast<std::uint64_t>(std::max<std::int64_t>(process.start, 0)));
      appendText(payload, profile_.string(process.command));
      appendText(payload, profile_.string(process.interpreter));
      appendText(payload, profile_.info().working_directory);
      appendText(payload, "");
      payload += static_cast<char>(process.forked ? stream::kForked : 0);
      putBlock(Block::kProcess, payload);
    }
    for (std::uint32_t i = 0; i < profile_.threads().size(); ++i) {
      const Thread& thread = profile_.threads()[i];
      if (index(thread.thread) != i) continue;  // a task: its samples are the thread's, marked
      payload.clear();
      appendVarint(payload, i);
      appendVarint(payload, index(thread.process));
      appendVarint(payload, static_cast<std::uint64_t>(std::max<std::int64_t>(thread.tid, 0)));
      appendVarint(payload, 0);
      appendText(payload, profile_.string(thread.name));
      putBlock(Block::kThread, payload);
    }
  }

  void putProcessEnds() {
    std::string payload;
    for (std::uint32_t i = 0; i < profile_.processes().size(); ++i) {
      const Process& process = profile_.processes()[i];
      if (!process.end) continue;
      payload.clear();
      appendVarint(payload, i);
      appendVarint(payload, static_cast<std::uint64_t>(std::max<std::int64_t>(*process.end, 0)));
      appendVarint(payload, process.wait_status);
      putBlock(Block::kProcessEnd, payload);
    }
  }

  void putMemory() {
    std::string payload;
    for (std::size_t i = 0; i < profile_.memory().size(); ++i) {
      const MemoryPoint& point = profile_.memory()[i];
      payload.clear();
      appendVarint(payload, index(point.process));
      appendVarint(payload, static_cast<std::uint64_t>(std::max<std::int64_t>(point.time, 0)));
      appendVarint(payload, point.rss);
      putBlock(Block::kMemory, payload);
    }
  }

  /// The nodes of a stack from the root; of a deep one only the ends that a stream has. Gives how many were
  /// left out.
  std::size_t nodesOf(StackId leaf) {
    nodes_.clear();
    for (std::optional<StackId> at = leaf; at; at = profile_.stack(*at).parentId())
      nodes_.push_back(index(*at));
    std::reverse(nodes_.begin(), nodes_.end());
    if (nodes_.size() <= stream::kMaxFrames) return 0;
    const std::size_t left_out = nodes_.size() - stream::kMaxFrames;
    const auto middle = nodes_.begin() + stream::kRootFrames;
    nodes_.erase(middle, middle + static_cast<std::ptrdiff_t>(left_out));
    return left_out;
  }

  void addSample(const Sample& sample, std::uint64_t time) {
    const Thread& row = profile_.thread(sample.thread);
    ThreadLog& thread = threads_[index(row.thread)];
    std::string& out = thread.records;
    const std::size_t before = out.size();
    if (const std::string_view task = profile_.string(row.task); task != thread.task) {
      thread.task = task;
      out += static_cast<char>(stream::Record::kTask);
      appendCharacters(out, task);
    }
    const std::size_t left_out = nodesOf(sample.stack);
    const auto differs =
        std::mismatch(nodes_.begin(), nodes_.end(), thread.stack.begin(), thread.stack.end()).first;
    for (auto node = differs; node != nodes_.end(); ++node) describe(*node, sample.thread, out);
    out += static_cast<char>(stream::Record::kSample);
    time = std::max(time, thread.wall);
    appendVarint(out, time - thread.wall);
    appendVarint(out, sample.weight);
    out += static_cast<char>(flagsOf(sample.state) | (left_out > 0 ? stream::kElided : 0));
    if (left_out > 0) appendVarint(out, left_out);
    appendVarint(out, static_cast<std::uint64_t>(differs - nodes_.begin()));
    appendVarint(out, static_cast<std::uint64_t>(nodes_.end() - differs));
    for (auto node = nodes_.end(); node != differs;) {
      const FrameId id = profile_.stack(StackId{*--node}).frame;
      appendVarint(out, StreamCodes::reference(profile_.frame(id).function) << 1);
      appendVarint(out, codes_.position(id));
    }
    thread.wall = last_time_ = time;
    thread.stack = nodes_;
    batch_bytes_ += out.size() - before;
  }

  void describe(std::uint32_t node, ThreadId thread, std::string& out) {
    const FunctionId function = profile_.frame(profile_.stack(StackId{node}).frame).function;
    std::vector<bool>& described = described_[index(profile_.thread(thread).process)];
    if (described[index(function)]) return;
    described[index(function)] = true;
    out += codes_.codeRecord(function);
  }

  static unsigned flagsOf(SampleState state) {
    unsigned flags = static_cast<unsigned>(state.thread);
    static_assert(static_cast<unsigned>(ThreadState::kRunning) == stream::kStateRunning &&
                  static_cast<unsigned>(ThreadState::kWaitingForGil) == stream::kStateWaitsForGil &&
                  static_cast<unsigned>(ThreadState::kOffCpu) == stream::kStateOffCpu);
    if (state.vm == VmState::kGc) flags |= stream::kGcRunning;
    if (state.vm == VmState::kJit) flags |= stream::kJitCode;
    return flags;
  }

  Result<void> endBatch(std::uint64_t time) {
    std::string payload;
    for (std::uint32_t i = 0; i < threads_.size(); ++i) {
      if (threads_[i].records.empty()) continue;
      payload.clear();
      appendVarint(payload, i);
      payload += threads_[i].records;
      threads_[i].records.clear();
      putBlock(Block::kInside, payload);
    }
    payload.clear();
    appendVarint(payload, time);
    putBlock(Block::kBatchEnd, payload);
    batch_bytes_ = 0;
    auto written = sink_(out_);
    out_.clear();
    return written;
  }

  const Profile& profile_;
  const StreamSink& sink_;
  StreamCodes codes_;
  std::vector<ThreadLog> threads_;
  std::vector<std::vector<bool>> described_;  ///< by process, by function
  std::vector<std::uint32_t> nodes_;          ///< of the sample at hand
  std::string out_;
  std::size_t batch_bytes_ = 0;
  std::uint64_t last_time_ = 0;
};

}  // namespace

Result<void> writeStream(const Profile& profile, const StreamSink& sink) {
  return StreamWriter(profile, sink).write();
}

}  // namespace pyrometer::bundle
