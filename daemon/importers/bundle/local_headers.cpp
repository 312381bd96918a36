#include "daemon/importers/bundle/local_headers.h"

#include <array>
#include <utility>
#include <vector>

#include "daemon/support/byte_reader.h"

namespace pyrometer::bundle {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::size_t kHeaderSize = 30;
constexpr std::uint16_t kSizesFollow = 8;
constexpr std::uint32_t kBeyond32Bits = UINT32_MAX;
constexpr std::uint16_t kZip64 = 1;
constexpr std::size_t kMostEntries = 1'000'000;

/// The packed size of an entry of 4 GB and more: behind the plain one in a field of its own.
std::optional<std::uint64_t> zip64Size(ByteReader fields) {
  while (!fields.atEnd() && fields.good()) {
    const auto kind = fields.little<std::uint16_t>(), length = fields.little<std::uint16_t>();
    ByteReader field(fields.bytes(length));
    if (kind != kZip64) continue;
    field.little<std::uint64_t>();
    const auto size = field.little<std::uint64_t>();
    if (field.good() && fields.good()) return size;
    break;
  }
  return std::nullopt;
}

/// The entry that begins where the last one ended; false if none does.
Result<bool> readHeader(const InputFile& file, LocalHeaders& into) {
  std::array<std::byte, kHeaderSize> fixed;
  const auto got = file.readAt(into.end, fixed);
  if (!got) return got.error();
  ByteReader in{std::span(fixed).first(*got)};
  const auto signature = in.little<std::uint32_t>();
  in.bytes(2);  // version
  const auto flags = in.little<std::uint16_t>();
  ZipPiece piece{.method = in.little<std::uint16_t>()};
  in.bytes(4);  // time
  piece.sum = in.little<std::uint32_t>();
  const auto packed = in.little<std::uint32_t>();
  piece.plain_size = in.little<std::uint32_t>();
  const auto name_size = in.little<std::uint16_t>(), extra_size = in.little<std::uint16_t>();
  if (!in.good() || signature != kLocalHeader) return false;

  std::vector<std::byte> rest(std::size_t{name_size} + extra_size);
  const auto more = file.readAt(into.end + kHeaderSize, rest);
  if (!more) return more.error();
  if (*more < rest.size()) return false;
  ByteReader behind(rest);
  const std::string name(behind.text(name_size));
  piece.begin = into.end + kHeaderSize + rest.size();
  const std::uint64_t room = file.size() - piece.begin;
  std::optional<std::uint64_t> size = packed;
  if (packed == kBeyond32Bits) size = zip64Size(behind);
  if ((flags & kSizesFollow) != 0 && packed == 0) size.reset();
  // Where the size is not told (it follows) or cannot be, the entry has all the rest: what reads it knows
  // its end.
  piece.whole = size && *size <= room;
  piece.size = piece.whole ? *size : room;
  into.end = piece.begin + piece.size;
  into.pieces.emplace(name, piece);
  return true;
}

}  // namespace

Result<LocalHeaders> readLocalHeaders(const InputFile& file) {
  LocalHeaders headers;
  while (headers.pieces.size() < kMostEntries && headers.end < file.size()) {
    const auto found = readHeader(file, headers);
    if (!found) return found.error();
    if (!*found) break;
  }
  return headers;
}

Result<std::optional<PlainBytes>> plainBytes(const std::string& path, const LocalHeaders& headers,
                                             const std::string& name) {
  const auto found = headers.pieces.find(name);
  if (found == headers.pieces.end() || found->second.method != ZipPiece::kStored)
    return std::optional<PlainBytes>();
  auto file = InputFile::open(path);
  if (!file) return file.error();
  const ZipPiece& piece = found->second;
  return std::optional(PlainBytes{std::move(*file), piece.begin, piece.size, piece.whole});
}

}  // namespace pyrometer::bundle
