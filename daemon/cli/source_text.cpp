#include "daemon/cli/source_text.h"

#include <utility>

#include "daemon/support/source_encoding.h"

namespace pyrometer {

const std::vector<std::string_view>* SourceText::linesOf(FileId file) {
  auto [found, fresh] = files_.try_emplace(file);
  if (fresh) {
    if (const Source* source = profile_->findSource(file)) {
      std::string_view text = profile_->string(source->text);
      // A terminal shows UTF-8, whatever codec Python read it by.
      if (auto decoded = decodedSource(text)) text = decoded_.emplace_back(std::move(decoded->text));
      found->second = splitLines(text);
    }
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
