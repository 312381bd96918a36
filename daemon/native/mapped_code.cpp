#include "daemon/native/mapped_code.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "daemon/support/file_descriptor.h"

namespace pyrometer {

namespace {

constexpr std::size_t kLargestMaps = 64 << 20;
constexpr std::string_view kDeleted = " (deleted)";

class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  std::string_view next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    const std::string_view word = rest_.substr(0, rest_.find(' '));
    rest_.remove_prefix(word.size());
    return word;
  }
  std::string_view rest() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    return rest_;
  }

 private:
  std::string_view rest_;
};

std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> pair(std::string_view text, char between) {
  const std::size_t at = text.find(between);
  if (at == std::string_view::npos) return std::nullopt;
  const auto first = number(text.substr(0, at), 16), second = number(text.substr(at + 1), 16);
  if (!first || !second) return std::nullopt;
  return std::pair(*first, *second);
}

}  // namespace

std::vector<MappedCode> parseMappedCode(std::string_view maps) {
  std::vector<MappedCode> found;
  while (!maps.empty()) {
    const std::string_view line = maps.substr(0, maps.find('\n'));
    maps.remove_prefix(std::min(line.size() + 1, maps.size()));
    Words words(line);
    const auto range = pair(words.next(), '-');
    const std::string_view rights = words.next();
    const auto offset = number(words.next(), 16);
    const auto device = pair(words.next(), ':');
    const auto inode = number(words.next(), 10);
    std::string_view path = words.rest();
    if (!range || range->first >= range->second || rights.size() < 3 || rights[2] != 'x' || !offset ||
        !device || !inode || path.empty())
      continue;
    MappedCode code{.begin = range->first,
                    .end = range->second,
                    .offset = *offset,
                    .device = device->first << 32 | device->second,
                    .inode = *inode,
                    .path = {}};
    if (path.front() == '[' && path != "[vdso]") continue;
    if (path.ends_with(kDeleted)) {
      path.remove_suffix(kDeleted.size());
      code.deleted = true;
    }
    code.path = path;
    if (!found.empty() && found.back().end > code.begin) continue;
    found.push_back(std::move(code));
  }
  return found;
}

std::vector<MappedCode> readMappedCode(std::int32_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/maps";
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char part[16384];
  for (ssize_t n = 1; fd && n != 0 && text.size() < kLargestMaps;) {
    n = read(fd.get(), part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    text.append(part, static_cast<std::size_t>(n));
  }
  return parseMappedCode(text);
}

}  // namespace pyrometer
