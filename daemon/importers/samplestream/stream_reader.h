#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "daemon/importers/importer.h"
#include "daemon/importers/samplestream/modules.h"
#include "daemon/importers/samplestream/stack_resolver.h"
#include "daemon/importers/samplestream/thread_clock.h"
#include "daemon/importers/samplestream/thread_side.h"
#include "sampler/sample_stream.h"

namespace pyrometer::samplestream {

/// Takes the stream apart into blocks and hands records to their threads; holds samples back until a batch is
/// whole, sorts them by time, weighs them and puts them into the builder.
class StreamReader : public Reader {
 public:
  explicit StreamReader(ProfileBuilder& target) : target_(target) {}

  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> finish() override;

 private:
  struct Process {
    Process(stream::LineTableFormat format, ProfileBuilder& target)
        : inside(format, modules, target), outside(format, modules, target) {}
    ProcessId id{};
    std::uint64_t pid = 0, generation = 0;
    Modules modules;
    StackResolver inside, outside;
  };
  struct Thread {
    Thread(std::uint32_t number, ThreadClock start)
        : clock(start), inside(number, false), outside(number, true) {}
    ThreadId id{};
    Process* process = nullptr;
    std::uint64_t tid = 0;
    const Thread* before = nullptr;  ///< the same thread in the program image before an exec
    bool weighed = false;
    ThreadClock clock;
    ThreadSide inside, outside;
  };

  /// Reads whole blocks off the front; returns how many bytes they took.
  std::size_t readBlocks(std::span<const std::byte> bytes);
  void readBlock(stream::Block kind, std::span<const std::byte> payload);
  void readProcess(ByteReader& in);
  void readProcessEnd(ByteReader& in);
  void readThread(ByteReader& in);
  void readThreadName(ByteReader& in);
  void readRecords(ByteReader& in, bool outside, bool whole);
  void readMemory(ByteReader& in);
  void readBatchEnd(ByteReader& in);
  void readDrop(ByteReader& in);
  void readNote(ByteReader& in);
  void readModule(ByteReader& in);
  void readCutBlock();

  Process* findProcess(std::uint64_t number);
  Thread* findThread(std::uint64_t number);
  /// Adds the samples up to `time`, oldest first; later ones wait.
  void release(std::uint64_t time);
  void add(const RawSample& raw, RunInfo& info);
  std::int64_t sinceStart(std::uint64_t time) const;
  void sawTime(std::uint64_t time);
  void damaged(std::string what);

  ProfileBuilder& target_;
  std::vector<std::byte> waiting_;  ///< bytes of a block that is not whole yet
  std::uint64_t offset_ = 0;        ///< in the stream, of the block at hand
  bool magic_seen_ = false, stopped_ = false;
  std::unordered_map<std::uint64_t, std::unique_ptr<Process>> processes_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Thread>> threads_;
  std::vector<Thread*> threads_by_index_;  ///< RawSample::thread
  std::vector<RawSample> pending_;
  std::uint64_t start_ = 0, last_time_ = 0;
  std::uint64_t first_pid_ = 0;
  std::uint64_t allowance_ = 0;  ///< see ThreadSide::read
  WeightClock weight_clock_ = WeightClock::kCpu;
};

}  // namespace pyrometer::samplestream
