#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/jit/ids.h"
#include "daemon/profile/string_arena.h"

namespace pyrometer::jit {

/// From a place in the source to the traces that have a merge point there, in any of their stages, and back.
/// Part of a TraceForest and as immutable.
class SourceIndex {
 public:
  struct Function {
    FileId file{};
    std::string_view name;
  };
  struct Place {
    FunctionId function{};
    FileId file{};
    std::uint32_t line = 0;  ///< from 1; 0: unknown
  };
  struct SourceLine {
    FileId file{};
    std::uint32_t line = 0;
    std::uint8_t indent = 0;
    std::string_view text;  ///< without its indentation
  };

  std::span<const std::string_view> files() const { return files_; }
  std::span<const Function> functions() const { return functions_; }
  std::span<const Place> places() const { return places_; }
  std::string_view file(FileId id) const { return files_[index(id)]; }
  const Function& function(FunctionId id) const { return functions_[index(id)]; }
  const Place& place(PlaceId id) const { return places_[index(id)]; }

  /// The file of exactly that name; else the only one that ends in "/" and the path, or that the path ends
  /// in.
  std::optional<FileId> findFile(std::string_view path) const;
  /// The functions of that name, in any file.
  std::vector<FunctionId> findFunctions(std::string_view name) const;
  /// The places of lines first to last, sorted by line.
  std::span<const Place> placesIn(FileId file, std::uint32_t first, std::uint32_t last) const;
  std::span<const Place> placesOf(FileId file) const;
  PlaceId idOf(const Place& place) const {
    return PlaceId{static_cast<std::uint32_t>(&place - places_.data())};
  }

  /// In the order of the log.
  std::span<const TraceId> tracesAt(PlaceId place) const;
  /// Each once, in the order of the log.
  std::vector<TraceId> tracesAt(FileId file, std::uint32_t line) const;
  std::vector<TraceId> tracesIn(FileId file, std::uint32_t first, std::uint32_t last) const;
  std::vector<TraceId> tracesOf(FunctionId function) const;
  /// The places of a trace, in the order in which it first comes to them.
  std::span<const PlaceId> placesOf(TraceId trace) const;

  /// The text that the log itself has of a line (tools append it); null without one.
  const SourceLine* findText(FileId file, std::uint32_t line) const;
  std::span<const SourceLine> texts() const { return texts_; }

  std::size_t bytes() const;

 private:
  friend class PlaceBuilder;

  std::vector<std::string_view> files_;
  std::vector<Function> functions_;
  std::vector<Place> places_;               ///< by file, line, function
  std::vector<std::uint32_t> trace_begin_;  ///< by place, one more than places
  std::vector<TraceId> traces_;
  std::vector<std::uint32_t> place_begin_;  ///< by trace, one more than traces
  std::vector<PlaceId> places_of_traces_;
  std::vector<SourceLine> texts_;             ///< by file and line
  std::shared_ptr<const StringArena> arena_;  ///< holds the names
};

}  // namespace pyrometer::jit
