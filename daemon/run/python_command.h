#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pyrometer {

/// What a command line of Python's own says that it runs ("Command line and environment" in Python's manual).
struct PythonCommand {
  enum class Runs : std::uint8_t { kScript, kModule, kCode, kStdin };

  Runs runs = Runs::kStdin;
  std::size_t word = 0;   ///< which word says it, with the program's own arguments behind; past the end: none
  std::size_t begin = 0;  ///< where in that word: behind the letters in "-mname" and "-ccode"
};

/// `first`: the first word behind the interpreter's own.
PythonCommand parsePythonCommand(const std::vector<std::string>& command, std::size_t first);

}  // namespace pyrometer
