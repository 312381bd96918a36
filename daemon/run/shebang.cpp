#include "daemon/run/shebang.h"

namespace pyrometer {

namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  while (true) {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return found;
    text.remove_prefix(begin);
    const std::size_t end = text.find_first_of(" \t");
    found.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return found;
    text.remove_prefix(end);
  }
}

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

bool Shebang::namesPython() const {
  const std::string_view name = baseName(program);
  return name.starts_with("python") || name.starts_with("pypy");
}

std::optional<Shebang> parseShebang(std::string_view head) {
  if (!head.starts_with("#!")) return std::nullopt;
  head.remove_prefix(2);
  head = head.substr(0, head.find('\n'));
  if (head.ends_with('\r')) head.remove_suffix(1);
  std::vector<std::string> parts = words(head);
  if (parts.empty()) return std::nullopt;
  if (baseName(parts.front()) == "env") {
    std::size_t next = 1;
    if (next < parts.size() && (parts[next] == "-S" || parts[next] == "--split-string")) {
      ++next;
    } else if (next < parts.size() && parts[next].starts_with("-S")) {
      parts[next].erase(0, 2);
    }
    // What is left of env's own: options and variables to set. They do not change which program it is.
    while (next < parts.size() &&
           (parts[next].starts_with('-') || parts[next].find('=') != std::string::npos)) {
      ++next;
    }
    if (next >= parts.size()) return std::nullopt;
    parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(next));
  }
  Shebang shebang{.program = std::move(parts.front()), .options = {}};
  shebang.options.assign(parts.begin() + 1, parts.end());
  return shebang;
}

}  // namespace pyrometer
