#include "daemon/exporters/bundle/stream_codes.h"

#include <algorithm>

#include "daemon/support/utf.h"
#include "sampler/sample_stream.h"

namespace pyrometer::bundle {
namespace {

/// A string of the stream: UCS-4, which holds whatever UTF-8 holds.
void appendCharacters(std::string& out, std::string_view text) {
  std::string characters;
  std::uint64_t count = 0;
  for (const char32_t c : codePoints(text)) {
    for (int shift = 0; shift < 32; shift += 8) characters += static_cast<char>(c >> shift);
    ++count;
  }
  out += '\4';
  appendVarint(out, count);
  out += characters;
}

/// Six bits a byte, low ones first, the sign in the lowest: how location tables have numbers.
void appendLocationNumber(std::string& out, std::int64_t value) {
  std::uint64_t number =
      value < 0 ? static_cast<std::uint64_t>(-value) << 1 | 1 : static_cast<std::uint64_t>(value) << 1;
  for (; number >= 0x40; number >>= 6) out += static_cast<char>(0x40 | (number & 0x3f));
  out += static_cast<char>(number);
}

}  // namespace

void appendVarint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

StreamCodes::StreamCodes(const Profile& profile)
    : profile_(profile), lines_(profile.functions().size()), positions_(profile.frames().size()) {
  for (std::uint32_t i = 0; i < profile.frames().size(); ++i) {
    const Frame& frame = profile.frame(FrameId{i});
    const std::uint32_t line = profile.line(frame.line).line;
    if (line != 0) lines_[index(frame.function)].push_back(line);
  }
  for (auto& lines : lines_) {
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  }
  for (std::uint32_t i = 0; i < profile.frames().size(); ++i) {
    const Frame& frame = profile.frame(FrameId{i});
    const auto& lines = lines_[index(frame.function)];
    const std::uint32_t line = profile.line(frame.line).line;
    // One instruction of two bytes for each line; a place behind the table has no line.
    const auto found = line == 0 ? lines.end() : std::lower_bound(lines.begin(), lines.end(), line);
    positions_[i] = 2 * static_cast<std::uint64_t>(found - lines.begin()) + 1;
  }
}

std::string StreamCodes::lineTable(FunctionId id) const {
  constexpr int kLineStepOnly = 13;
  std::string table;
  std::int64_t at = profile_.function(id).first_line;
  for (const std::uint32_t line : lines_[index(id)]) {
    table += static_cast<char>(0x80 | kLineStepOnly << 3);
    appendLocationNumber(table, std::int64_t{line} - at);
    at = line;
  }
  return table;
}

std::string StreamCodes::codeRecord(FunctionId id) const {
  const Function& function = profile_.function(id);
  std::string out(1, static_cast<char>(stream::Record::kCode));
  appendVarint(out, reference(id));
  appendVarint(out, 0);
  appendVarint(out, function.first_line);
  out += static_cast<char>(static_cast<unsigned>(function.kind) << 4);
  appendCharacters(out, "");
  appendCharacters(out, profile_.string(function.name));
  appendCharacters(out, profile_.string(profile_.file(function.file).path));
  const std::string table = lineTable(id);
  appendVarint(out, table.size());
  appendVarint(out, table.size());
  return out += table;
}

}  // namespace pyrometer::bundle
