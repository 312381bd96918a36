#include "daemon/server/documents/definitions.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace pyrometer {
namespace {

constexpr std::string_view kBlank = " \t\f";

std::size_t indentOf(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (c == ' ') {
      ++columns;
    } else if (c == '\t') {
      columns = (columns / 8 + 1) * 8;
    } else {
      break;
    }
  }
  return columns;
}

std::string_view codeOf(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

/// The name behind `def` or `class`; nullopt for other code.
std::optional<std::string> nameDefinedIn(std::string_view code) {
  const auto skip = [&code](std::string_view word) {
    if (!code.starts_with(word)) return false;
    const std::string_view rest = code.substr(word.size());
    if (rest.empty() || kBlank.find(rest.front()) == std::string_view::npos) return false;
    code = codeOf(rest);
    return true;
  };
  skip("async");
  if (!skip("def") && !skip("class")) return std::nullopt;
  return std::string(code.substr(0, code.find_first_of(" \t\f([:#\\")));
}

/// Where lines stand between the statements: inside of brackets, of a string, behind a backslash.
class Statements {
 public:
  /// Does the next line begin a statement?
  bool betweenStatements() const { return depth_ == 0 && quote_ == 0 && !continued_; }
  bool inString() const { return quote_ != 0; }
  /// No expression holds a `def`: a bracket above was never closed.
  void forgetBrackets() {
    depth_ = 0;
    continued_ = false;
  }

  void read(std::string_view line) {
    continued_ = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (c == '\\') {
        if (i + 1 == line.size()) continued_ = true;
        if (quote_ != 0) ++i;
      } else if (quote_ != 0) {
        if (c != quote_ || (triple_ && !isTriple(line, i))) continue;
        if (triple_) i += 2;
        quote_ = 0;
      } else if (c == '#') {
        break;
      } else if (c == '\'' || c == '"') {
        quote_ = c;
        triple_ = isTriple(line, i);
        if (triple_) i += 2;
      } else if (c == '(' || c == '[' || c == '{') {
        ++depth_;
      } else if ((c == ')' || c == ']' || c == '}') && depth_ > 0) {
        --depth_;
      }
    }
    // A string of one line that was not closed is over with its line.
    if (quote_ != 0 && !triple_ && !continued_) quote_ = 0;
  }

 private:
  static bool isTriple(std::string_view line, std::size_t at) {
    return at + 2 < line.size() && line[at + 1] == line[at] && line[at + 2] == line[at];
  }

  std::size_t depth_ = 0;
  char quote_ = 0;
  bool triple_ = false, continued_ = false;
};

}  // namespace

std::vector<Definition> definitionsIn(std::span<const std::string_view> lines) {
  struct Open {
    std::size_t definition, indent;
  };
  std::vector<Definition> found;
  std::vector<Open> open;
  constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t decorator = kNone;  ///< the first of those that stand above what comes
  Statements statements;
  for (std::uint32_t at = 0; at < lines.size(); ++at) {
    const std::string_view line = lines[at], code = codeOf(line);
    const bool comment = !code.empty() && code.front() == '#';
    std::optional<std::string> name;
    if (!statements.inString()) name = nameDefinedIn(code);
    if (name) statements.forgetBrackets();
    const std::size_t indent = indentOf(line);
    if (statements.betweenStatements() && !code.empty()) {
      if (comment) {
        if (!open.empty() && indent > open.back().indent) found[open.back().definition].last = at;
        continue;
      }
      while (!open.empty() && indent <= open.back().indent) open.pop_back();
      if (code.front() == '@') {
        if (decorator == kNone) decorator = at;
      } else if (name) {
        open.push_back({found.size(), indent});
        const std::uint32_t first = decorator == kNone ? at : decorator;
        found.push_back({.first = first, .head = at, .last = at, .name = std::move(*name)});
        decorator = kNone;
      } else {
        decorator = kNone;
      }
    }
    if (!code.empty()) {
      for (const Open& each : open) found[each.definition].last = at;
    }
    statements.read(line);
  }
  return found;
}

const Definition* innermostAt(const std::vector<Definition>& definitions, std::uint32_t line) {
  const Definition* innermost = nullptr;
  for (const Definition& each : definitions) {
    if (each.first > line) break;
    if (line <= each.last) innermost = &each;
  }
  return innermost;
}

const Definition* beginningAt(const std::vector<Definition>& definitions, std::uint32_t line) {
  const auto found = std::partition_point(definitions.begin(), definitions.end(),
                                          [line](const Definition& each) { return each.head < line; });
  return found != definitions.end() && found->first <= line ? &*found : nullptr;
}

std::string_view lastPartOf(std::string_view qualified_name) {
  const std::size_t dot = qualified_name.rfind('.');
  return qualified_name.substr(dot == std::string_view::npos ? 0 : dot + 1);
}

bool isAnonymous(std::string_view qualified_name) { return lastPartOf(qualified_name).starts_with('<'); }

}  // namespace pyrometer
