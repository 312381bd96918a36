#include "daemon/importers/vmprof/names.h"

#include <cctype>
#include <charconv>

#include "daemon/support/utf.h"

namespace pyrometer::vmprof {
namespace {

/// The part up to the next colon; without one, everything.
std::string_view nextField(std::string_view& rest) {
  const std::size_t colon = rest.find(':');
  const std::string_view field = rest.substr(0, colon);
  rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
  return field;
}

}  // namespace

std::optional<std::string_view> Names::find(std::uint64_t id) const {
  if (const auto found = codes_.find(id); found != codes_.end()) return found->second;
  if (const auto found = symbols_.find(id); found != symbols_.end()) return found->second;
  return std::nullopt;
}

ParsedName parseName(std::string_view name, bool pypy) {
  ParsedName parsed;
  std::string_view rest = name;
  const std::string_view language = nextField(rest);
  if (language.size() == name.size()) return {.function = repairedUtf8(name), .file = {}};
  parsed.native = language == "n";
  parsed.function = repairedUtf8(nextField(rest));
  const std::string_view line = nextField(rest);
  std::from_chars(line.data(), line.data() + line.size(), parsed.first_line);
  if (parsed.first_line > INT32_MAX) parsed.first_line = 0;
  parsed.file = rest == "-" ? std::string() : repairedUtf8(rest);
  const bool drive = parsed.file.size() > 2 &&
                     std::isalpha(static_cast<unsigned char>(parsed.file[0])) != 0 && parsed.file[1] == ';' &&
                     (parsed.file[2] == '\\' || parsed.file[2] == '/');
  if (pypy && drive) parsed.file[1] = ':';
  if (parsed.native) {
    if (!parsed.file.empty()) parsed.function += " (" + parsed.file + ")";
    parsed.file.clear();
    parsed.first_line = 0;
  }
  return parsed;
}

}  // namespace pyrometer::vmprof
