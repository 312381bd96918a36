#include "daemon/exporters/vmprof/records.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/exporters/vmprof/file_words.h"
#include "daemon/support/utf.h"

namespace pyrometer::vmprof {
namespace {

void appendTime(std::string& out, std::int64_t unix_ns) {
  const std::int64_t ns = std::max<std::int64_t>(unix_ns, 0);
  appendWord(out, static_cast<std::uint64_t>(ns / 1'000'000'000));
  appendWord(out, static_cast<std::uint64_t>(ns % 1'000'000'000 / 1000));
  appendWord(out, 0);
}

/// A colon ends a field; it becomes a semicolon, as PyPy writes it. The file comes last and may have some.
std::string fieldText(std::string_view text) {
  std::string field = repairedUtf8(text);
  std::replace(field.begin(), field.end(), ':', ';');
  return field;
}

}  // namespace

void appendHead(std::string& out, const Head& head) {
  const Shape& shape = head.shape;
  for (const std::uint64_t word :
       {std::uint64_t{0}, std::uint64_t{3}, std::uint64_t{0}, head.period_us, std::uint64_t{0}}) {
    appendWord(out, word);
  }
  appendMark(out, Mark::kHeader);
  out += '\0';  // the version is big endian
  out += '\6';
  unsigned flags = 0;
  const auto set = [&flags](bool is, WrittenFlag flag) { flags |= is ? static_cast<unsigned>(flag) : 0; };
  set(shape.memory, WrittenFlag::kMemory);
  set(shape.lines, WrittenFlag::kLines);
  set(shape.native, WrittenFlag::kNative);
  set(shape.pypy, WrittenFlag::kPairs);
  set(shape.wall, WrittenFlag::kRealTime);
  out += static_cast<char>(flags);
  out += static_cast<char>(head.interpreter.size());
  out += head.interpreter;
  if (head.start_unix_ns > 0) {
    appendMark(out, Mark::kStartTime);
    appendTime(out, head.start_unix_ns);
  }
  for (const auto& [key, value] : head.meta) {
    appendMark(out, Mark::kMeta);
    appendString(out, key);
    appendString(out, value);
  }
}

void appendName(std::string& out, const Profile& profile, FunctionId id, std::uint64_t cell) {
  const Function& function = profile.function(id);
  const bool native = function.kind == FunctionKind::kNative;
  const std::string_view path = profile.string(profile.file(function.file).path);
  appendMark(out, native ? Mark::kSymbol : Mark::kName);
  appendWord(out, cell);
  appendString(out, fmt::format("{}:{}:{}:{}", native ? "n" : "py", fieldText(profile.string(function.name)),
                                function.first_line, path.empty() ? "-" : repairedUtf8(path)));
}

void appendTrailer(std::string& out, std::int64_t end_unix_ns) {
  appendMark(out, Mark::kTrailer);
  appendTime(out, end_unix_ns);
}

}  // namespace pyrometer::vmprof
