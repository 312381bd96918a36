#pragma once

#include <cstdint>
#include <vector>

#include "daemon/importers/samplestream/stack_resolver.h"
#include "daemon/importers/samplestream/thread_labels.h"
#include "daemon/support/byte_reader.h"

namespace pyrometer::samplestream {

/// A sample before it has a weight and a name.
struct RawSample {
  std::uint64_t time = 0;  ///< ns of the stream's clock
  std::uint64_t cpu = 0;   ///< the thread's CPU clock, ns; 0 where it could not be read
  std::uint32_t node = 0;  ///< of the StackResolver's raw stacks
  std::uint32_t thread = 0;
  std::uint32_t task = ThreadLabels::kNoTask;  ///< of the thread's ThreadLabels
  std::uint8_t flags = 0;                      ///< stream::SampleFlag
  bool outside = false;
};

/// Decodes the records of one thread from one source (inside or outside): holds what the next record is the
/// difference to. After a damaged record that is not known any more; then samples are counted as lost,
/// descriptions still read.
class ThreadSide {
 public:
  ThreadSide(std::uint32_t thread, bool outside) : thread_(thread), outside_(outside) {}

  struct Outcome {
    ByteReader::State state = ByteReader::State::kGood;  ///< kShort: the last record is cut. Else as it says.
    std::size_t good_bytes = 0;                          ///< whole records
    std::uint64_t lost = 0;                              ///< samples that could not be placed
  };

  /// Reads records to the end of `bytes`. Repeats may make at most `allowance` samples more than there are
  /// records, and draw on it: a file of a few bytes shall not fill the memory.
  Outcome read(std::span<const std::byte> bytes, StackResolver& stacks, ThreadLabels& labels,
               std::vector<RawSample>& out, std::uint64_t& allowance);

  /// The last stack, found asleep `count` times between two times. Leaves the clocks alone.
  void repeatAsleep(std::uint64_t count, std::uint64_t first, std::uint64_t last,
                    std::vector<RawSample>& out) const;

  bool lost() const { return lost_; }
  /// Nothing more comes of it.
  void forget() {
    lost_ = true;
    frames_ = {};
    nodes_ = {};
  }

 private:
  void readSample(ByteReader& in, RawStacks& stacks, std::vector<RawSample>& out);
  void readRepeat(ByteReader& in, std::vector<RawSample>& out, std::uint64_t& allowance);
  bool readFrames(ByteReader& in, std::size_t keep, std::size_t fresh);
  std::uint32_t internNodes(RawStacks& stacks, std::size_t keep, std::uint8_t flags);

  std::uint32_t thread_;
  bool outside_;
  bool lost_ = false;
  RawSample last_;
  bool any_ = false;
  std::vector<RawFrame> frames_;      ///< the last stack, root first, without marks
  std::vector<std::uint32_t> nodes_;  ///< of each frame
  std::uint8_t node_flags_ = 0;       ///< which marks the nodes were made with
};

}  // namespace pyrometer::samplestream
