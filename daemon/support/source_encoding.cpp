#include "daemon/support/source_encoding.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "daemon/support/utf.h"

namespace pyrometer {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

bool isNameCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_' ||
         c == '.';
}

/// The pattern of PEP 263: ^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)
std::string_view codingIn(std::string_view line) {
  const std::size_t hash = line.find_first_not_of(" \t\f");
  if (hash == std::string_view::npos || line[hash] != '#') return {};
  constexpr std::string_view kWord = "coding";
  for (std::size_t at = line.find(kWord, hash); at != std::string_view::npos; at = line.find(kWord, at + 1)) {
    std::string_view rest = line.substr(at + kWord.size());
    if (rest.empty() || (rest.front() != ':' && rest.front() != '=')) continue;
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    const auto end = std::find_if_not(rest.begin(), rest.end(), isNameCharacter);
    if (end != rest.begin()) return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  }
  return {};
}

/// Lower case, with dashes, as Python compares them.
std::string plainName(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    plain += c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

bool isUtf8Name(std::string_view plain) {
  return plain == "utf8" || plain == "u8" || plain == "utf" || plain == "utf-8" ||
         plain.starts_with("utf-8-");
}

/// What Python calls otherwise than the C library does.
std::string systemName(const std::string& plain) {
  constexpr std::array<std::pair<std::string_view, const char*>, 12> kOthers{
      {{"latin-1", "ISO-8859-1"},
       {"iso-latin-1", "ISO-8859-1"},
       {"latin-9", "ISO-8859-15"},
       {"l9", "ISO-8859-15"},
       {"latin9", "ISO-8859-15"},
       {"mac-roman", "MACINTOSH"},
       {"macroman", "MACINTOSH"},
       {"mac-cyrillic", "MAC-CYRILLIC"},
       {"ascii", "ISO646-US"},
       {"us-ascii", "ISO646-US"},
       {"windows-31j", "CP932"},
       {"ms-kanji", "CP932"}}};
  for (const auto& [python, system] : kOthers) {
    if (plain == python) return system;
  }
  for (const std::string_view prefix : {"iso8859-", "latin-"}) {
    if (!plain.starts_with(prefix)) continue;
    return (prefix == "latin-" ? "LATIN" : "ISO-8859-") + plain.substr(prefix.size());
  }
  if (plain.starts_with("windows-")) return "CP" + plain.substr(8);
  return plain;
}

class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (known()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // iconv_open's own word for "no such codec" is a pointer of -1.
  bool known() const { return reinterpret_cast<std::intptr_t>(handle_) != -1; }

  /// nullopt: some bytes are nothing in this codec.
  std::optional<std::string> all(std::string_view bytes) const {
    std::string text;
    std::array<char, 16'384> piece;
    char* in = const_cast<char*>(bytes.data());  // which it does not write to
    std::size_t left = bytes.size();
    while (left != 0) {
      char* out = piece.data();
      std::size_t room = piece.size();
      const std::size_t done = iconv(handle_, &in, &left, &out, &room);
      text.append(piece.data(), piece.size() - room);
      if (done == static_cast<std::size_t>(-1) && errno != E2BIG) return std::nullopt;
    }
    return text;
  }

 private:
  iconv_t handle_;
};

}  // namespace

std::string_view codingOf(std::string_view bytes) {
  for (int line = 0; line < 2; ++line) {
    const std::size_t end = std::min(bytes.find_first_of("\r\n"), bytes.size());
    const std::string_view text = bytes.substr(0, end);
    if (const std::string_view name = codingIn(text); !name.empty()) return name;
    // The second line counts only where the first is blank or a comment.
    const std::size_t code = text.find_first_not_of(" \t\f");
    if (code != std::string_view::npos && text[code] != '#') return {};
    bytes.remove_prefix(std::min(end + (bytes.substr(end).starts_with("\r\n") ? 2 : 1), bytes.size()));
  }
  return {};
}

std::optional<DecodedSource> decodedSource(std::string_view bytes) {
  const std::string coding = bytes.starts_with(kMark) ? std::string() : plainName(codingOf(bytes));
  if (coding.empty() || isUtf8Name(coding)) {
    if (isUtf8(bytes)) return std::nullopt;
    return DecodedSource{repairedUtf8(bytes), false};
  }
  const bool ascii = std::all_of(bytes.begin(), bytes.end(), [](char c) { return (c & 0x80) == 0; });
  if (ascii) return std::nullopt;
  // Python reads no source in those: a NUL ends it.
  const bool wide = coding.starts_with("utf-16") || coding.starts_with("utf-32");
  if (!wide) {
    const Converter converter(systemName(coding));
    if (converter.known()) {
      if (auto text = converter.all(bytes)) return DecodedSource{std::move(*text), true};
    }
  }
  return DecodedSource{repairedUtf8(bytes), false};
}

}  // namespace pyrometer
