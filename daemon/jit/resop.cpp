#include "daemon/jit/resop.h"

#include <charconv>

namespace pyrometer::jit {

OpRole roleOf(std::string_view name) {
  if (name.starts_with("guard_") || name.starts_with("vec_guard_")) return OpRole::kGuard;
  if (name.starts_with("call_assembler")) return OpRole::kCallAssembler;
  if (name == "label") return OpRole::kLabel;
  if (name == "jump") return OpRole::kJump;
  if (name == "finish") return OpRole::kFinish;
  return OpRole::kPlain;
}

std::vector<std::string_view> splitArguments(std::string_view text) {
  std::vector<std::string_view> pieces;
  if (text.empty()) return pieces;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '<' || c == '(') {
      ++depth;
    } else if ((c == '>' || c == ')') && depth > 0) {
      --depth;
    } else if (c == ',' && depth == 0) {
      pieces.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

std::optional<std::uint64_t> loopNumber(std::string_view descr) {
  constexpr std::string_view kBefore = "<Loop";
  if (!descr.starts_with(kBefore) || !descr.ends_with('>')) return std::nullopt;
  const char* const begin = descr.data() + kBefore.size();
  const char* const end = descr.data() + descr.size() - 1;
  std::uint64_t number = 0;
  const auto [stopped, error] = std::from_chars(begin, end, number);
  if (error != std::errc() || stopped != end || begin == end) return std::nullopt;
  return number;
}

}  // namespace pyrometer::jit
