#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pyrometer {

/// A `def` or `class` of a Python text. Lines count from 0.
struct Definition {
  std::uint32_t first = 0;  ///< its first decorator, or its head
  std::uint32_t head = 0;   ///< the line of `def` or `class`
  std::uint32_t last = 0;
  std::string name;
};

/// All definitions of a text, in the order of their heads. Told by indentation and brackets; what stands in
/// strings of several lines is no code. A text that is being written and makes no sense yet gives a guess.
std::vector<Definition> definitionsIn(std::span<const std::string_view> lines);

/// The innermost one around a line; null if it stands in none.
const Definition* innermostAt(const std::vector<Definition>& definitions, std::uint32_t line);

/// The one whose code object begins at a line: at its first decorator, or (interpreters differ) at its head.
const Definition* beginningAt(const std::vector<Definition>& definitions, std::uint32_t line);

/// "<module>", "<lambda>", "f.<locals>.<listcomp>".
bool isAnonymous(std::string_view qualified_name);

/// "f" of "outer.<locals>.f".
std::string_view lastPartOf(std::string_view qualified_name);

}  // namespace pyrometer
