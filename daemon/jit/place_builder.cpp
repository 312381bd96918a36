#include "daemon/jit/place_builder.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace pyrometer::jit {
namespace {

std::uint32_t sizeId(std::size_t size) { return static_cast<std::uint32_t>(size); }

}  // namespace

std::uint32_t PlaceBuilder::internName(std::string_view name) {
  if (const auto found = name_of_text_.find(name); found != name_of_text_.end()) return found->second;
  const std::string_view kept = arena_->keep(name);
  names_.push_back(kept);
  return name_of_text_.emplace(kept, sizeId(names_.size() - 1)).first->second;
}

FileId PlaceBuilder::internFile(std::string_view name) {
  const std::uint32_t text = internName(name);
  const auto [id, fresh] = file_of_name_.findOrAdd(text, sizeId(files_.size()));
  if (fresh) files_.push_back(names_[text]);
  return FileId{id};
}

FunctionId PlaceBuilder::internFunction(FileId file, std::string_view name) {
  const std::uint32_t text = internName(name);
  const auto [id, fresh] =
      function_of_names_.findOrAdd(IdMap::key(index(file), text), sizeId(functions_.size()));
  if (fresh) functions_.push_back({file, names_[text]});
  return FunctionId{id};
}

void PlaceBuilder::addPlace(TraceId trace, FunctionId function, std::uint32_t line) {
  const auto [id, fresh] =
      place_of_line_.findOrAdd(IdMap::key(index(function), line), sizeId(places_.size()));
  if (fresh) {
    places_.push_back({function, functions_[index(function)].file, line});
    last_trace_.push_back(0);
  }
  if (last_trace_[id] == index(trace) + 1) return;
  last_trace_[id] = index(trace) + 1;
  visits_.push_back({trace, id});
}

void PlaceBuilder::addText(FileId file, std::uint32_t line, std::uint8_t indent, std::string_view text) {
  texts_.push_back({file, line, indent, arena_->keep(text)});
}

SourceIndex PlaceBuilder::build(std::size_t traces) {
  SourceIndex made;
  // Places in their final order, and where each one went.
  std::vector<std::uint32_t> order(places_.size()), now_at(places_.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    const auto key = [this](std::uint32_t i) {
      return std::tuple(places_[i].file, places_[i].line, places_[i].function);
    };
    return key(a) < key(b);
  });
  made.places_.reserve(order.size());
  for (const std::uint32_t old : order) {
    now_at[old] = sizeId(made.places_.size());
    made.places_.push_back(places_[old]);
  }

  // A trace that another one interrupted may have noted a place twice.
  std::stable_sort(visits_.begin(), visits_.end(),
                   [](const Visit& a, const Visit& b) { return a.trace < b.trace; });
  std::fill(last_trace_.begin(), last_trace_.end(), 0);
  std::erase_if(visits_, [this](const Visit& visit) {
    return std::exchange(last_trace_[visit.place], index(visit.trace) + 1) == index(visit.trace) + 1;
  });

  made.place_begin_.assign(traces + 1, 0);
  made.trace_begin_.assign(places_.size() + 1, 0);
  for (const Visit& visit : visits_) {
    ++made.place_begin_[index(visit.trace) + 1];
    ++made.trace_begin_[now_at[visit.place] + 1];
  }
  std::partial_sum(made.place_begin_.begin(), made.place_begin_.end(), made.place_begin_.begin());
  std::partial_sum(made.trace_begin_.begin(), made.trace_begin_.end(), made.trace_begin_.begin());
  made.places_of_traces_.reserve(visits_.size());
  made.traces_.resize(visits_.size());
  std::vector<std::uint32_t> next(made.trace_begin_.begin(), made.trace_begin_.end() - 1);
  for (const Visit& visit : visits_) {
    const std::uint32_t place = now_at[visit.place];
    made.places_of_traces_.push_back(PlaceId{place});
    made.traces_[next[place]++] = visit.trace;
  }

  // Of a line that has several texts the last one counts.
  std::stable_sort(texts_.begin(), texts_.end(), [](const auto& a, const auto& b) {
    return std::pair(a.file, a.line) < std::pair(b.file, b.line);
  });
  for (const SourceIndex::SourceLine& text : texts_) {
    const bool again =
        !made.texts_.empty() && made.texts_.back().file == text.file && made.texts_.back().line == text.line;
    if (again) {
      made.texts_.back() = text;
    } else {
      made.texts_.push_back(text);
    }
  }
  made.files_ = std::move(files_);
  made.functions_ = std::move(functions_);
  made.arena_ = std::move(arena_);
  return made;
}

}  // namespace pyrometer::jit
