#include "daemon/jit/source_index.h"

#include <algorithm>
#include <tuple>

#include "daemon/jit/columns.h"

namespace pyrometer::jit {
namespace {

bool endsInPath(std::string_view name, std::string_view path) {
  return name.size() > path.size() && name.ends_with(path) && name[name.size() - path.size() - 1] == '/';
}

template <class Range>
std::vector<TraceId> uniqueTraces(Range&& of_places) {
  std::vector<TraceId> all;
  for (const auto& traces : of_places) all.insert(all.end(), traces.begin(), traces.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

std::optional<FileId> SourceIndex::findFile(std::string_view path) const {
  std::optional<FileId> near;
  bool several = false;
  for (std::uint32_t i = 0; i < files_.size(); ++i) {
    if (files_[i] == path) return FileId{i};
    if (path.empty() || files_[i].empty()) continue;
    if (!endsInPath(files_[i], path) && !endsInPath(path, files_[i])) continue;
    several = near.has_value();
    near = FileId{i};
  }
  return several ? std::nullopt : near;
}

std::vector<FunctionId> SourceIndex::findFunctions(std::string_view name) const {
  std::vector<FunctionId> found;
  for (std::uint32_t i = 0; i < functions_.size(); ++i) {
    if (functions_[i].name == name) found.push_back(FunctionId{i});
  }
  return found;
}

std::span<const SourceIndex::Place> SourceIndex::placesIn(FileId file, std::uint32_t first,
                                                          std::uint32_t last) const {
  const auto before = [](const Place& place, std::pair<FileId, std::uint32_t> key) {
    return std::pair(place.file, place.line) < key;
  };
  const auto begin = std::lower_bound(places_.begin(), places_.end(), std::pair(file, first), before);
  auto end = begin;
  while (end != places_.end() && end->file == file && end->line <= last) ++end;
  return {begin, end};
}

std::span<const SourceIndex::Place> SourceIndex::placesOf(FileId file) const {
  return placesIn(file, 0, UINT32_MAX);
}

std::span<const TraceId> SourceIndex::tracesAt(PlaceId place) const {
  const std::size_t i = index(place);
  return std::span(traces_).subspan(trace_begin_[i], trace_begin_[i + 1] - trace_begin_[i]);
}

std::vector<TraceId> SourceIndex::tracesAt(FileId file, std::uint32_t line) const {
  return tracesIn(file, line, line);
}

std::vector<TraceId> SourceIndex::tracesIn(FileId file, std::uint32_t first, std::uint32_t last) const {
  std::vector<std::span<const TraceId>> found;
  for (const Place& place : placesIn(file, first, last)) found.push_back(tracesAt(idOf(place)));
  return uniqueTraces(found);
}

std::vector<TraceId> SourceIndex::tracesOf(FunctionId function) const {
  std::vector<std::span<const TraceId>> found;
  for (const Place& place : placesOf(functions_[index(function)].file)) {
    if (place.function == function) found.push_back(tracesAt(idOf(place)));
  }
  return uniqueTraces(found);
}

std::span<const PlaceId> SourceIndex::placesOf(TraceId trace) const {
  const std::size_t i = index(trace);
  return std::span(places_of_traces_).subspan(place_begin_[i], place_begin_[i + 1] - place_begin_[i]);
}

const SourceIndex::SourceLine* SourceIndex::findText(FileId file, std::uint32_t line) const {
  const auto found = std::lower_bound(texts_.begin(), texts_.end(), std::pair(file, line),
                                      [](const SourceLine& text, std::pair<FileId, std::uint32_t> key) {
                                        return std::pair(text.file, text.line) < key;
                                      });
  return found != texts_.end() && found->file == file && found->line == line ? &*found : nullptr;
}

std::size_t SourceIndex::bytes() const {
  return columnBytes(files_) + columnBytes(functions_) + columnBytes(places_) + columnBytes(trace_begin_) +
         columnBytes(traces_) + columnBytes(place_begin_) + columnBytes(places_of_traces_) +
         columnBytes(texts_);
}

}  // namespace pyrometer::jit
