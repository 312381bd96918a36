#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "daemon/importers/importer.h"
#include "daemon/importers/samplestream/pending_samples.h"
#include "daemon/importers/samplestream/stream_threads.h"
#include "daemon/support/byte_reader.h"
#include "sampler/sample_stream.h"

namespace pyrometer::samplestream {

/// Takes the stream apart into blocks, and hands records to their threads.
class StreamReader : public Reader {
 public:
  StreamReader(ProfileBuilder& target, NativeNamer* namer) : target_(target) {
    threads_.names().setNamer(namer);
  }

  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> finish() override;

 private:
  /// Reads whole blocks off the front; returns how many bytes they took.
  std::size_t readBlocks(std::span<const std::byte> bytes);
  void readBlock(stream::Block kind, std::span<const std::byte> payload);
  void readProcess(ByteReader& in);
  void readProcessEnd(ByteReader& in);
  void readThread(ByteReader& in);
  void readThreadName(ByteReader& in);
  void readRecords(ByteReader& in, bool outside, bool whole);
  void readAsleep(ByteReader& in);
  void readMemory(ByteReader& in);
  void readBatchEnd(ByteReader& in);
  void readDrop(ByteReader& in);
  void readNote(ByteReader& in);
  void readModule(ByteReader& in);
  void readSymbol(ByteReader& in);
  void readCutBlock();

  void damaged(std::string what);

  ProfileBuilder& target_;
  std::vector<std::byte> waiting_;  ///< bytes of a block that is not whole yet
  std::uint64_t offset_ = 0;        ///< in the stream, of the block at hand
  bool magic_seen_ = false, stopped_ = false;
  StreamThreads threads_;
  StreamTime time_;
  PendingSamples samples_{threads_, time_, target_};
  std::uint64_t first_pid_ = 0;
  std::uint64_t allowance_ = 0;  ///< see ThreadSide::read
};

}  // namespace pyrometer::samplestream
