#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/jit/place_builder.h"
#include "daemon/jit/trace_forest.h"

namespace pyrometer::jit {

/// Puts a forest together, in the order of a log; what leads where is found out at the end, by build(). Takes
/// any numbers in any order: what does not fit together stays unconnected. For one thread.
class ForestBuilder {
 public:
  LogInfo& info() { return forest_->info_; }

  /// The row of an operation's name; a name has one row.
  OpCode internOperation(std::string_view name);
  std::size_t operationNames() const { return forest_->operation_names_.size(); }

  enum class Begin : std::uint8_t { kLoop, kFromDescr };
  void startTrace(std::uint64_t number, Begin begin, DescrNumber descr, std::string_view driver);
  void abortTrace(std::uint64_t number);

  /// Opens a stage; all that follows is of it, until the next one opens.
  void beginStage(StageKind kind, std::uint64_t number, std::uint64_t offset);
  bool inStage() const { return stage_ != nullptr; }
  StageKind stageKind() const { return stage_->kind; }
  /// Where the last thing that belongs to the stage ends.
  void extendStage(std::uint64_t offset) { stage_->end = offset; }
  void addOperation(OpCode op) {
    if (op_counts_[index(op)]++ == 0) ops_seen_.push_back(op);
    ++stage_->operations;
  }
  /// Of the operation added last. No number: a stage that has none (recorded ones).
  void addGuard(std::optional<DescrNumber> descr);
  void addLabel(DescrNumber descr);
  /// `loop`: the number of the trace that a call_assembler names.
  void addLink(LinkKind kind, DescrNumber descr, std::optional<std::uint64_t> loop);
  void addCode(CodeRange range);
  void addMergePoint() { ++stage_->merge_points; }
  PlaceBuilder& places() { return places_; }
  /// What places are noted for: see PlaceBuilder::addPlace.
  TraceId stageTrace() const { return stage_->trace; }

  void stitch(DescrNumber guard, std::uint64_t start);
  void redirect(DescrNumber from, DescrNumber to, std::uint64_t target);
  enum class Counter : std::uint8_t { kEntry, kBridge, kLabel };
  void count(Counter counter, std::uint64_t number, std::uint64_t times);

  /// Nothing may be added afterwards.
  std::shared_ptr<const TraceForest> build(std::shared_ptr<const StageSource> source);

 private:
  struct Guard {
    DescrNumber descr = 0;
    StageId stage{};
    std::uint32_t operation = 0;
  };
  struct OpenLink {
    Link link;
    std::optional<std::uint64_t> loop;
  };
  struct Count {
    Counter counter{};
    std::uint64_t number = 0, times = 0;
  };

  TraceId addTrace(std::uint64_t number);
  TraceId traceOf(std::uint64_t number);
  void endStage();
  std::optional<TraceId> traceAtAddress(std::uint64_t address) const;
  const Guard* findGuard(DescrNumber descr, std::uint32_t before_stage) const;
  std::optional<TraceId> labelled(DescrNumber descr, StageId asking) const;

  void sumUp();
  void hangBridges();
  void resolveLinks();
  void applyCounters();
  void sortCodes();
  void orderStages();

  std::shared_ptr<TraceForest> forest_ = std::shared_ptr<TraceForest>(new TraceForest);
  PlaceBuilder places_;
  Stage* stage_ = nullptr;  ///< the last of forest_->stages_
  std::vector<std::uint32_t> op_counts_;
  std::vector<OpCode> ops_seen_;
  std::unordered_map<std::string, OpCode> op_of_name_;
  std::unordered_map<std::uint64_t, TraceId> trace_of_number_;  ///< the last one
  std::unordered_map<std::uint64_t, TraceId> trace_at_;         ///< by the start of its code, the last one
  std::vector<std::uint32_t> stages_before_;                    ///< by trace: stages logged before it began
  std::vector<bool> from_descr_, stitched_;                     ///< by trace
  std::vector<Guard> guards_;
  std::vector<Label> labels_;
  std::vector<OpenLink> links_;
  std::vector<Count> counters_;
};

}  // namespace pyrometer::jit
