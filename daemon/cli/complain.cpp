#include "daemon/cli/complain.h"

#include <fmt/format.h>
#include <unistd.h>

#include "daemon/cli/characters.h"
#include "daemon/cli/files.h"
#include "daemon/cli/terminal.h"

namespace pyrometer {

void remark(std::string_view text) {
  // Paths and messages may quote a file's content.
  const std::string line = fmt::format("pyrometer: {}\n", printable(text, terminalOf(STDERR_FILENO).charset));
  // If standard error cannot be written to there is nobody left to tell.
  static_cast<void>(writeAll(STDERR_FILENO, line).ok());
}

int complain(const Error& error, int status) {
  remark(error.text());
  return status;
}

}  // namespace pyrometer
