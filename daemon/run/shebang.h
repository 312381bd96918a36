#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pyrometer {

/// What the first line of a script asks for: the program that reads it, and options for that program. Both
/// `#!/usr/bin/env NAME` and `#!/usr/bin/env -S NAME OPTIONS...` give NAME, to be found on PATH.
struct Shebang {
  std::string program;
  std::vector<std::string> options;

  /// The program is called python, python3, python3.12, pypy3...
  bool namesPython() const;
};

/// `head`: the beginning of the file, at least its first line.
std::optional<Shebang> parseShebang(std::string_view head);

}  // namespace pyrometer
