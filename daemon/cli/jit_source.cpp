#include "daemon/cli/jit_source.h"

#include "daemon/cli/files.h"
#include "daemon/support/text_lines.h"

namespace pyrometer {

const JitSource::File& JitSource::onDisk(const std::string& file) {
  const auto [at, fresh] = files_.try_emplace(file);
  constexpr std::size_t kLargest = std::size_t{16} << 20;
  if (fresh && file.ends_with(".py")) {
    if (auto text = readTextFile(file, kLargest); text.ok()) {
      at->second.text = std::move(*text);
      at->second.lines = splitLines(at->second.text);
    }
  }
  return at->second;
}

std::string_view JitSource::line(std::string_view file, std::uint32_t line) {
  if (const auto id = forest_.sources().findFile(file)) {
    if (const auto* text = forest_.sources().findText(*id, line)) return text->text;
  }
  if (line == 0) return {};
  const File& disk = onDisk(std::string(file));
  if (line > disk.lines.size()) return {};
  from_disk_ = true;
  std::string_view text = disk.lines[line - 1];
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

}  // namespace pyrometer
