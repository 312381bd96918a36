#include "daemon/cli/jit_source.h"

#include <algorithm>
#include <utility>

#include "daemon/cli/files.h"
#include "daemon/support/text_lines.h"

namespace pyrometer {

JitSource::File& JitSource::fileOf(std::string_view name) {
  const auto [at, fresh] = files_.try_emplace(std::string(name));
  if (fresh) at->second.in_log = forest_.sources().findFile(name);
  return at->second;
}

std::string_view JitSource::line(std::string_view name, std::uint32_t line) {
  if (line == 0) return {};
  File& file = fileOf(name);
  if (file.in_log) {
    if (const auto* text = forest_.sources().findText(*file.in_log, line)) return text->text;
  }
  if (!file.looked_up && name.ends_with(".py")) {
    constexpr std::size_t kLargest = std::size_t{16} << 20;
    if (auto text = readTextFile(std::string(name), kLargest); text.ok()) {
      file.text = std::move(*text);
      file.lines = splitLines(file.text);
    }
  }
  file.looked_up = true;
  if (line > file.lines.size()) return {};
  from_disk_ = true;
  std::string_view text = file.lines[line - 1];
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

}  // namespace pyrometer
