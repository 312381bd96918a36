#include "daemon/exporters/bundle/stream_codes.h"

#include <algorithm>

#include "daemon/support/utf.h"
#include "sampler/sample_stream.h"

namespace pyrometer::bundle {
namespace {

/// Six bits a byte, low ones first: how location tables have numbers.
void appendLocationNumber(std::string& out, std::uint64_t number) {
  for (; number >= 0x40; number >>= 6) out += static_cast<char>(0x40 | (number & 0x3f));
  out += static_cast<char>(number);
}

/// The same with the sign in the lowest bit.
void appendLocationStep(std::string& out, std::int64_t step) {
  appendLocationNumber(
      out, step < 0 ? static_cast<std::uint64_t>(-step) << 1 | 1 : static_cast<std::uint64_t>(step) << 1);
}

}  // namespace

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

StreamCodes::StreamCodes(const Profile& profile)
    : profile_(profile), places_(profile.functions().size()), positions_(profile.frames().size()) {
  for (std::uint32_t i = 0; i < profile.frames().size(); ++i) {
    if (lineOf(FrameId{i}) != 0) places_[index(profile.frame(FrameId{i}).function)].push_back(FrameId{i});
  }
  for (auto& places : places_) {
    std::sort(places.begin(), places.end(), [this](FrameId a, FrameId b) {
      return lineOf(a) != lineOf(b) ? lineOf(a) < lineOf(b) : index(a) < index(b);
    });
    for (std::size_t i = 0; i < places.size(); ++i) positions_[index(places[i])] = 2 * i + 1;
  }
  for (std::uint32_t i = 0; i < profile.frames().size(); ++i) {
    // A place behind the table has no line.
    if (positions_[i] == 0) positions_[i] = 2 * places_[index(profile.frame(FrameId{i}).function)].size() + 1;
  }
}

std::string StreamCodes::lineTable(FunctionId id) const {
  constexpr int kLineStepOnly = 13, kLong = 14;
  std::string table;
  std::int64_t at = profile_.function(id).first_line;
  for (const FrameId place : places_[index(id)]) {
    const Frame& frame = profile_.frame(place);
    const std::int64_t line = lineOf(place);
    table += static_cast<char>(0x80 | (frame.span ? kLong : kLineStepOnly) << 3);
    appendLocationStep(table, line - at);
    at = line;
    if (!frame.span) continue;
    const Columns& columns = profile_.span(*frame.span).columns;
    appendLocationNumber(table, columns.lines);
    appendLocationNumber(table, std::uint64_t{columns.begin} + 1);
    appendLocationNumber(table, std::uint64_t{columns.end} + 1);
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
