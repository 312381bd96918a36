#include "daemon/native/demangle.h"

#include <cxxabi.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

namespace pyrometer {

namespace {

constexpr std::size_t kLongest = 4096;

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// ".cold", ".part.3", ".constprop.0.isra.1", ".lto_priv.2"...
std::string_view withoutParts(std::string_view name) {
  for (const std::string_view part : {".cold", ".part.", ".constprop.", ".isra.", ".lto_priv.", ".llvm."}) {
    const std::size_t at = name.find(part, 1);
    if (at != std::string_view::npos) name = name.substr(0, at);
  }
  // Versions of what a library exports: "memcpy@@GLIBC_2.14".
  return name.substr(0, name.find('@'));
}

std::string plainCpp(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  return status == 0 && text ? std::string(text.get()) : name;
}

/// Rust's older way: C++ names whose last part is a hash, "17h" and 16 digits.
bool isOlderRust(std::string_view name) {
  if (name.size() < 20 || !name.ends_with('E')) return false;
  const std::string_view tail = name.substr(name.size() - 20);
  if (!tail.starts_with("17h")) return false;
  for (const char c : tail.substr(3, 16)) {
    if (!isDigit(c) && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

std::string plainOlderRust(std::string text) {
  // "path::name::h0123456789abcdef"
  if (const std::size_t hash = text.rfind("::h"); hash != std::string::npos) text.resize(hash);
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kCodes{{{"$LT$", "<"},
                                                                                 {"$GT$", ">"},
                                                                                 {"$LP$", "("},
                                                                                 {"$RP$", ")"},
                                                                                 {"$RF$", "&"},
                                                                                 {"$BP$", "*"},
                                                                                 {"$C$", ","},
                                                                                 {"$u20$", " "},
                                                                                 {"..", "::"}}};
  for (const auto& [code, plain] : kCodes) {
    for (std::size_t at = text.find(code); at != std::string::npos; at = text.find(code, at + plain.size()))
      text.replace(at, code.size(), plain);
  }
  for (std::size_t at = text.find("$u"); at != std::string::npos; at = text.find("$u", at + 1)) {
    const std::size_t end = text.find('$', at + 2);
    unsigned value = 0;
    if (end == std::string::npos ||
        std::from_chars(text.data() + at + 2, text.data() + end, value, 16).ptr != text.data() + end ||
        value < 32 || value > 126)
      continue;
    text.replace(at, end + 1 - at, 1, static_cast<char>(value));
  }
  // A part that would begin with a sign begins with an underscore before it.
  for (const std::string_view sign : {"_<", "_&", "_("}) {
    for (std::size_t at = text.find(sign); at != std::string::npos; at = text.find(sign, at)) {
      if (at != 0 && text[at - 1] != ':') {
        at += 1;
        continue;
      }
      text.erase(at, 1);
    }
  }
  return text;
}

/// Rust's newer way ("v0"). Types in it are read over, not written out.
class NewerRust {
 public:
  explicit NewerRust(std::string_view name) : name_(name) {}

  std::optional<std::string> plain() {
    std::string path = readPath();
    if (failed_) return std::nullopt;
    return path;
  }

 private:
  static constexpr int kDeepest = 64;

  char peek() const { return at_ < name_.size() ? name_[at_] : '\0'; }
  char take() {
    if (at_ >= name_.size() || ++steps_ > kLongest) failed_ = true;
    return failed_ ? '\0' : name_[at_++];
  }
  bool takeIf(char c) {
    if (peek() != c) return false;
    take();
    return !failed_;
  }

  /// Digits and letters to the base of 62, up to "_": "_" is 0, "0_" is 1.
  std::uint64_t readNumber() {
    if (takeIf('_')) return 0;
    std::uint64_t value = 0;
    while (!failed_) {
      const char c = take();
      if (c == '_') return value + 1;
      const int digit = isDigit(c)             ? c - '0'
                        : c >= 'a' && c <= 'z' ? c - 'a' + 10
                        : c >= 'A' && c <= 'Z' ? c - 'A' + 36
                                               : -1;
      if (digit < 0) failed_ = true;
      value = value * 62 + static_cast<std::uint64_t>(digit);
    }
    return 0;
  }

  std::string readIdentifier() {
    if (takeIf('s')) readNumber();
    const bool punycode = takeIf('u');
    std::size_t length = 0;
    if (!isDigit(peek())) failed_ = true;
    if (!takeIf('0')) {
      while (isDigit(peek()) && !failed_) {
        length = length * 10 + static_cast<std::size_t>(take() - '0');
        if (length > kLongest) failed_ = true;
      }
    }
    takeIf('_');
    if (failed_ || length > name_.size() - at_) {
      failed_ = true;
      return {};
    }
    std::string text(name_.substr(at_, length));
    at_ += length;
    return punycode ? "punycode{" + text + "}" : text;
  }

  template <class Read>
  std::string reread(Read read) {
    const std::uint64_t target = readNumber();
    const std::size_t back = at_;
    if (failed_ || target >= back) {
      failed_ = true;
      return {};
    }
    at_ = static_cast<std::size_t>(target);
    std::string text = read();
    at_ = back;
    return text;
  }

  std::string readPath() {
    if (failed_ || ++depth_ > kDeepest) {
      failed_ = true;
      return {};
    }
    std::string text = pathOf(take());
    --depth_;
    return text;
  }

  std::string pathOf(char kind) {
    switch (kind) {
      case 'C':
        return readIdentifier();
      case 'N': {
        const char space = take();
        std::string path = readPath();
        const std::string name = readIdentifier();
        if (space == 'C') return path + "::{closure}";
        if (space == 'S') return path + "::{shim}";
        return name.empty() ? path : path + "::" + name;
      }
      case 'M': {
        readImplementation();
        return "<" + readType() + ">";
      }
      case 'X': {
        readImplementation();
        std::string type = readType();
        return "<" + type + " as " + readPath() + ">";
      }
      case 'Y': {
        std::string type = readType();
        return "<" + type + " as " + readPath() + ">";
      }
      case 'I': {
        std::string path = readPath();
        while (!failed_ && !takeIf('E')) readArgument();
        return path;
      }
      case 'B':
        return reread([this] { return readPath(); });
      default:
        failed_ = true;
        return {};
    }
  }
  void readImplementation() {
    if (takeIf('s')) readNumber();
    readPath();
  }
  void readArgument() {
    if (takeIf('L')) {
      readNumber();
    } else if (takeIf('K')) {
      readConstant();
    } else {
      readType();
    }
  }
  void readConstant() {
    if (takeIf('B')) {
      reread([this] { return readConstant(), std::string(); });
      return;
    }
    take();
    while (!failed_ && take() != '_') {
    }
  }
  std::string readType() {
    if (failed_ || ++depth_ > kDeepest) {
      failed_ = true;
      return {};
    }
    std::string text = typeOf();
    --depth_;
    return text;
  }
  std::string typeOf() {
    constexpr std::string_view kBasic = "abcdefhijlmnostuvxyz";
    constexpr std::array<std::string_view, 20> kBasicNames{
        "i8",  "bool", "char", "f64", "str", "f32", "u8",  "isize", "usize", "i32",
        "u32", "i128", "u128", "i16", "u16", "()",  "...", "i64",   "u64",   "!"};
    const char kind = peek();
    if (const std::size_t basic = kBasic.find(kind); kind != '\0' && basic != std::string_view::npos) {
      take();
      return std::string(kBasicNames.at(basic));
    }
    switch (kind) {
      case 'A':
      case 'S': {
        take();
        std::string type = readType();
        if (kind == 'A') readConstant();
        return "[" + type + "]";
      }
      case 'T': {
        take();
        std::string types;
        while (!failed_ && !takeIf('E')) types += (types.empty() ? "" : ", ") + readType();
        return "(" + types + ")";
      }
      case 'R':
      case 'Q':
        take();
        if (takeIf('L')) readNumber();
        return (kind == 'R' ? "&" : "&mut ") + readType();
      case 'P':
      case 'O':
        take();
        return (kind == 'P' ? "*const " : "*mut ") + readType();
      case 'F': {
        take();
        if (takeIf('G')) readNumber();
        takeIf('U');
        if (takeIf('K') && !takeIf('C')) readIdentifier();
        while (!failed_ && !takeIf('E')) readType();
        readType();
        return "fn";
      }
      case 'D': {
        take();
        if (takeIf('G')) readNumber();
        std::string traits;
        while (!failed_ && !takeIf('E')) {
          traits += (traits.empty() ? "" : " + ") + readPath();
          while (takeIf('p')) {
            readIdentifier();
            readType();
          }
        }
        if (takeIf('L')) readNumber();
        return "dyn " + traits;
      }
      case 'B':
        take();
        return reread([this] { return readType(); });
      default:
        return readPath();
    }
  }

  std::string_view name_;
  std::size_t at_ = 0, steps_ = 0;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

std::string demangled(std::string_view name) {
  name = withoutParts(name.substr(0, kLongest));
  if (name.starts_with("_R")) {
    if (const auto plain = NewerRust(name.substr(2)).plain()) return *plain;
  }
  if (!name.starts_with("_Z")) return std::string(name);
  const std::string text = plainCpp(std::string(name));
  return isOlderRust(name) ? plainOlderRust(text) : text;
}

}  // namespace pyrometer
