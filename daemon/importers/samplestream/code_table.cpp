#include "daemon/importers/samplestream/code_table.h"

#include <algorithm>

#include "daemon/importers/samplestream/line_table.h"
#include "daemon/importers/samplestream/stream_string.h"
#include "daemon/importers/vmprof/names.h"

namespace pyrometer::samplestream {
namespace {

std::uint32_t readReference(ByteReader& in) {
  const std::uint64_t reference = in.varint();
  if (reference > UINT32_MAX) in.markBad();
  return static_cast<std::uint32_t>(reference);
}

}  // namespace

void CodeTable::readCode(ByteReader& in) {
  const std::uint32_t reference = readReference(in);
  in.varint();  // the address, for people who debug
  Code code;
  code.first_line = static_cast<std::uint32_t>(std::min<std::uint64_t>(in.varint(), INT32_MAX));
  const std::uint8_t flags = in.u8();
  code.readable = (flags & stream::kNotReadable) == 0;
  const auto kind = (flags & stream::kKindMask) >> 4;
  if (kind <= static_cast<int>(FunctionKind::kUnknown)) code.kind = static_cast<FunctionKind>(kind);
  const std::string plain = readString(in);
  code.name = readString(in);
  code.file = readString(in);
  if (code.name.empty()) code.name = plain;
  if ((flags & stream::kNameCut) != 0) code.name += "...";
  code.full_size = in.varint();
  const auto lines = in.bytes(in.varint());
  if (!in.good()) return;
  code.lines.assign(lines.begin(), lines.end());

  // Two threads may describe the same code object. The first description counts, unless it could not be read
  // or has less of the line table.
  const auto [found, added] = codes_.try_emplace(reference);
  Code& known = found->second;
  const bool was_part = known.isPart();
  if (added || (!known.readable && code.readable)) {
    known = std::move(code);
  } else if (code.lines.size() > known.lines.size()) {
    known.lines = std::move(code.lines);
  } else {
    return;
  }
  parts_ = parts_ - (was_part ? 1 : 0) + (known.isPart() ? 1 : 0);
  ++generation_;
}

void CodeTable::readLineTable(ByteReader& in) {
  const std::uint32_t reference = readReference(in);
  const std::uint64_t offset = in.varint();
  const auto lines = in.bytes(in.varint());
  if (!in.good()) return;
  const auto found = codes_.find(reference);
  // A part that does not join on is of no use; the table stays the prefix that it is.
  if (found == codes_.end() || found->second.lines.size() != offset) return;
  Code& known = found->second;
  const bool was_part = known.isPart();
  known.lines.insert(known.lines.end(), lines.begin(), lines.end());
  if (was_part && !known.isPart()) --parts_;
  ++generation_;
}

void CodeTable::readPypyCode(ByteReader& in) {
  const std::uint32_t reference = readReference(in);
  const std::string_view text = in.text(in.varint());
  if (!in.good()) return;
  const vmprof::ParsedName name = vmprof::parseName(text, true);
  const auto [found, added] = codes_.try_emplace(reference);
  if (!added) return;
  found->second.name = name.function;
  found->second.file = name.file;
  found->second.first_line = name.first_line;
  ++generation_;
}

std::optional<CodeTable::Place> CodeTable::place(std::uint32_t reference, std::uint64_t position,
                                                 ProfileBuilder& builder) {
  const auto found = codes_.find(reference);
  if (found == codes_.end() || !found->second.readable) return std::nullopt;
  Code& code = found->second;
  if (!code.function) {
    code.function = builder.internFunction(code.name.empty() ? "(unnamed)" : code.name,
                                           builder.internFile(code.file), code.first_line, code.kind);
  }
  const bool whole = !code.isPart();
  const LineTable table{
      .format = format_, .first_line = code.first_line, .bytes = code.lines, .whole = whole};
  const std::optional<SourcePlace> at =
      position == 0 ? SourcePlace{.line = code.first_line, .columns = {}} : placeAt(table, position - 1);
  // A module's first instruction, before its code begins, is on line 0 in CPython 3.11 and later.
  const bool has_begun = at && at->line != 0;
  const FrameId frame = has_begun ? builder.internFrame(*code.function, at->line, at->columns)
                                  : builder.internFrame(*code.function, at ? code.first_line : 0);
  return Place{frame, at.has_value() || whole, code.kind};
}

}  // namespace pyrometer::samplestream
