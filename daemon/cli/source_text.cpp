#include "daemon/cli/source_text.h"

namespace pyrometer {

std::vector<std::string_view> splitLines(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::string_view> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    const bool pair = end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n';
    begin = end + (pair ? 2 : 1);
  }
  return lines;
}

const std::vector<std::string_view>* SourceText::linesOf(FileId file) {
  auto [found, fresh] = files_.try_emplace(file);
  if (fresh) {
    if (const Source* source = profile_->findSource(file))
      found->second = splitLines(profile_->string(source->text));
  }
  return found->second ? &*found->second : nullptr;
}

std::string_view SourceText::codeAt(LineId line) {
  const Line& at = profile_->line(line);
  const auto* lines = linesOf(at.file);
  if (lines == nullptr || at.line == 0 || at.line > lines->size()) return {};
  std::string_view code = (*lines)[at.line - 1];
  const std::size_t begin = code.find_first_not_of(" \t\f");
  return begin == std::string_view::npos ? std::string_view() : code.substr(begin);
}

}  // namespace pyrometer
