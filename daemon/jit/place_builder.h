#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "daemon/jit/source_index.h"
#include "daemon/profile/id_map.h"
#include "daemon/profile/string_arena.h"

namespace pyrometer::jit {

/// Notes which trace comes to which place, as a log goes by, and makes a SourceIndex of it. For one thread.
class PlaceBuilder {
 public:
  FileId internFile(std::string_view name);
  FunctionId internFunction(FileId file, std::string_view name);
  /// A text once, for as long as the index lives.
  std::string_view keep(std::string_view text) { return names_[internName(text)]; }

  /// The same place again and again, in one trace, costs little.
  void addPlace(TraceId trace, FunctionId function, std::uint32_t line);
  void addText(FileId file, std::uint32_t line, std::uint8_t indent, std::string_view text);

  /// `traces`: how many there are.
  SourceIndex build(std::size_t traces);

 private:
  struct Visit {
    TraceId trace{};
    std::uint32_t place = 0;
  };

  std::uint32_t internName(std::string_view name);

  std::shared_ptr<StringArena> arena_ = std::make_shared<StringArena>();
  std::vector<std::string_view> names_;
  std::unordered_map<std::string_view, std::uint32_t> name_of_text_;
  std::vector<std::string_view> files_;
  IdMap file_of_name_, function_of_names_, place_of_line_;
  std::vector<SourceIndex::Function> functions_;
  std::vector<SourceIndex::Place> places_;
  std::vector<std::uint32_t> last_trace_;  ///< by place: the trace that was here last, + 1
  std::vector<Visit> visits_;
  std::vector<SourceIndex::SourceLine> texts_;
};

}  // namespace pyrometer::jit
