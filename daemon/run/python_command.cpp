#include "daemon/run/python_command.h"

namespace pyrometer {

PythonCommand parsePythonCommand(const std::vector<std::string>& command, std::size_t first) {
  using Runs = PythonCommand::Runs;
  std::size_t i = first;
  for (; i < command.size(); ++i) {
    const std::string& word = command[i];
    if (word == "-") return {Runs::kStdin, i, 0};
    if (!word.starts_with('-')) return {Runs::kScript, i, 0};
    if (word.starts_with("--")) {
      if (word == "--check-hash-based-pycs") ++i;
      continue;
    }
    // Options may be run together, and the last of them has its value behind it or in the next word.
    const std::size_t letter = word.find_first_of("cmXW", 1);
    if (letter == std::string::npos) continue;
    const bool next = letter + 1 == word.size();
    if (word[letter] == 'c' || word[letter] == 'm') {
      const Runs runs = word[letter] == 'c' ? Runs::kCode : Runs::kModule;
      return {runs, next ? i + 1 : i, next ? 0 : letter + 1};
    }
    if (next) ++i;
  }
  return {Runs::kStdin, command.size(), 0};
}

}  // namespace pyrometer
