#include "daemon/cli/terminal.h"

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace pyrometer {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

int widthOf(int descriptor) {
  constexpr int kLeast = 40, kMost = 1000;
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::clamp<int>(size.ws_col, kLeast, kMost);
  }
  const std::string_view columns = environment("COLUMNS");
  int width = 0;
  const auto [end, error] = std::from_chars(columns.data(), columns.data() + columns.size(), width);
  if (error == std::errc() && end == columns.data() + columns.size() && width > 0) {
    return std::clamp(width, kLeast, kMost);
  }
  return 80;
}

Terminal::Colour colourOf(int descriptor) {
  const std::string_view term = environment("TERM");
  if (isatty(descriptor) == 0 || !environment("NO_COLOR").empty() || term.empty() || term == "dumb") {
    return Terminal::Colour::kNone;
  }
  const bool many = term.find("256color") != std::string_view::npos || !environment("COLORTERM").empty() ||
                    term.starts_with("tmux") || term.find("kitty") != std::string_view::npos;
  return many ? Terminal::Colour::kTwoHundredFiftySix : Terminal::Colour::kSixteen;
}

Charset charsetOfLocale() {
  if (environment("LC_ALL").empty() && environment("LC_CTYPE").empty() && environment("LANG").empty()) {
    return Charset::kUnicode;
  }
  const locale_t locale = newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr) return Charset::kAscii;
  const bool utf8 = std::string_view(nl_langinfo_l(CODESET, locale)) == "UTF-8";
  freelocale(locale);
  return utf8 ? Charset::kUnicode : Charset::kAscii;
}

}  // namespace

Terminal terminalOf(int descriptor) {
  return {.width = widthOf(descriptor), .colour = colourOf(descriptor), .charset = charsetOfLocale()};
}

}  // namespace pyrometer
