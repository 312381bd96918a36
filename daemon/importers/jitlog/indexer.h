#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/importers/jitlog/log_file.h"
#include "daemon/importers/jitlog/log_layout.h"
#include "daemon/importers/jitlog/merge_points.h"
#include "daemon/jit/forest_builder.h"
#include "daemon/support/byte_reader.h"

namespace pyrometer::jitlog {

/// The first pass over a log: every mark is looked at, as little of it as will do. What it holds is the
/// forest and one window of the file.
class Indexer {
 public:
  Indexer(const LogFile& file, jit::ForestBuilder& forest) : file_(file), forest_(forest) {}

  /// An Error if the file cannot be read, or if this is cancelled. A log that is cut, or damaged, is read up
  /// to there, and the damage noted.
  Result<void> run(ReadingWatch& watch);

  /// What the header said: for those who read stages later.
  const std::shared_ptr<LogLayout>& layout() const { return layout_; }

 private:
  enum class Step : std::uint8_t { kRead, kCut, kDamaged, kAnotherLog };

  /// Reads marks from the front of the window; how many of its bytes they take.
  std::size_t readMarks(std::span<const std::byte> window, std::uint64_t offset, Step& last);
  Result<bool> onlyZeros(std::uint64_t offset, ReadingWatch& watch) const;
  void readMark(ByteReader& in, std::uint64_t offset);
  void readHeader(ByteReader& in);
  void readTable(ByteReader& in);
  void readOperationMark(ByteReader& in, Mark mark);
  void readMergePoint(ByteReader& in);
  void openStage(ByteReader& in, jit::StageKind kind, std::uint64_t offset);
  void readStart(ByteReader& in);
  void readCounter(ByteReader& in);
  void readSource(ByteReader& in);
  LogLayout::Op unknownOperation(std::uint16_t number);
  void noteDamage(std::uint64_t offset, std::string what);

  const LogFile& file_;
  jit::ForestBuilder& forest_;
  std::shared_ptr<LogLayout> layout_ = std::make_shared<LogLayout>();
  MergePoints points_;
  std::optional<jit::FileId> source_file_;
  jit::FunctionId function_{};
  bool another_log_ = false;
  std::uint64_t astray_ = 0;  ///< marks of a stage where there was none
};

}  // namespace pyrometer::jitlog
