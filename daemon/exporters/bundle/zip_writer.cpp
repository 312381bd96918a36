#include "daemon/exporters/bundle/zip_writer.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

namespace pyrometer::bundle {
namespace {

// Names and numbers as in APPNOTE.TXT of PKWARE.
constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::uint32_t kDataDescriptor = 0x08074b50;
constexpr std::uint32_t kDirectoryHeader = 0x02014b50;
constexpr std::uint32_t kZip64End = 0x06064b50;
constexpr std::uint32_t kZip64Locator = 0x07064b50;
constexpr std::uint32_t kEnd = 0x06054b50;
constexpr std::uint16_t kVersion = 45;          // zip64
constexpr std::uint16_t kMadeBy = 3 << 8 | 45;  // Unix
constexpr std::uint16_t kSizesFollow = 1 << 3;
constexpr std::uint16_t kUtf8Names = 1 << 11;
constexpr std::uint16_t kZip64Extra = 1;
constexpr std::uint32_t kDate = 0x0021'0000;  // 1 January 1980: the manifest knows the true time
constexpr std::uint32_t kInExtra = 0xffff'ffff;
constexpr std::uint16_t kInExtra16 = 0xffff;
constexpr std::uint32_t kMode = 0100600u << 16;

template <class Integer>
void append(std::string& out, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    out += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
}

}  // namespace

struct ZipWriter::Deflater {
  Deflater() {
    if (deflateInit2(&zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&zlib); }
  z_stream zlib = {};
  std::string window = std::string(64 * 1024, '\0');
};

ZipWriter::ZipWriter(ByteSink& sink) : sink_(sink) {}
ZipWriter::~ZipWriter() = default;

Result<void> ZipWriter::put(std::string_view bytes) {
  offset_ += bytes.size();
  return sink_.write(bytes);
}

Result<void> ZipWriter::beginEntry(std::string_view name, Method method) {
  entries_.push_back({.name = std::string(name), .method = method, .offset = offset_});
  if (method == Method::kDeflated) deflater_ = std::make_unique<Deflater>();
  std::string head;
  append(head, kLocalHeader);
  append(head, kVersion);
  append<std::uint16_t>(head, kSizesFollow | kUtf8Names);
  append(head, static_cast<std::uint16_t>(method));
  append(head, kDate);
  append(head, std::uint32_t{0});
  append(head, kInExtra);
  append(head, kInExtra);
  append(head, static_cast<std::uint16_t>(name.size()));
  append(head, std::uint16_t{20});
  head += name;
  append(head, kZip64Extra);
  append(head, std::uint16_t{16});
  append(head, std::uint64_t{0});
  append(head, std::uint64_t{0});
  return put(head);
}

Result<void> ZipWriter::write(std::string_view bytes) {
  Entry& entry = entries_.back();
  entry.size += bytes.size();
  entry.crc = static_cast<std::uint32_t>(
      crc32_z(entry.crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  if (deflater_) return deflate(bytes, false);
  entry.packed_size += bytes.size();
  return put(bytes);
}

Result<void> ZipWriter::deflate(std::string_view bytes, bool last) {
  z_stream& zlib = deflater_->zlib;
  do {
    const auto piece = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    zlib.avail_in = static_cast<uInt>(piece);
    bytes.remove_prefix(piece);
    do {
      zlib.next_out = reinterpret_cast<Bytef*>(deflater_->window.data());
      zlib.avail_out = static_cast<uInt>(deflater_->window.size());
      ::deflate(&zlib, last && bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
      const std::size_t made = deflater_->window.size() - zlib.avail_out;
      entries_.back().packed_size += made;
      if (auto written = put(std::string_view(deflater_->window).substr(0, made)); !written) return written;
    } while (zlib.avail_out == 0);
  } while (!bytes.empty());
  return {};
}

Result<void> ZipWriter::endEntry() {
  if (deflater_) {
    if (auto flushed = deflate({}, true); !flushed) return flushed;
    deflater_.reset();
  }
  const Entry& entry = entries_.back();
  std::string tail;
  append(tail, kDataDescriptor);
  append(tail, entry.crc);
  append(tail, entry.packed_size);
  append(tail, entry.size);
  return put(tail);
}

Result<void> ZipWriter::addEntry(std::string_view name, Method method, std::string_view bytes) {
  if (auto begun = beginEntry(name, method); !begun) return begun;
  if (auto written = write(bytes); !written) return written;
  return endEntry();
}

Result<void> ZipWriter::finish() {
  const std::uint64_t start = offset_;
  std::string out;
  for (const Entry& entry : entries_) {
    append(out, kDirectoryHeader);
    append(out, kMadeBy);
    append(out, kVersion);
    append<std::uint16_t>(out, kSizesFollow | kUtf8Names);
    append(out, static_cast<std::uint16_t>(entry.method));
    append(out, kDate);
    append(out, entry.crc);
    append(out, kInExtra);
    append(out, kInExtra);
    append(out, static_cast<std::uint16_t>(entry.name.size()));
    append(out, std::uint16_t{28});  // extra
    append(out, std::uint16_t{0});   // comment
    append(out, std::uint16_t{0});   // disk
    append(out, std::uint16_t{0});   // internal attributes
    append(out, kMode);
    append(out, kInExtra);
    out += entry.name;
    append(out, kZip64Extra);
    append(out, std::uint16_t{24});
    append(out, entry.size);
    append(out, entry.packed_size);
    append(out, entry.offset);
  }
  const std::uint64_t size = out.size();
  const std::uint64_t count = entries_.size();
  append(out, kZip64End);
  append(out, std::uint64_t{44});
  append(out, kMadeBy);
  append(out, kVersion);
  append(out, std::uint32_t{0});
  append(out, std::uint32_t{0});
  append(out, count);
  append(out, count);
  append(out, size);
  append(out, start);
  append(out, kZip64Locator);
  append(out, std::uint32_t{0});
  append(out, start + size);
  append(out, std::uint32_t{1});
  append(out, kEnd);
  append(out, std::uint16_t{0});
  append(out, std::uint16_t{0});
  append(out, kInExtra16);
  append(out, kInExtra16);
  append(out, kInExtra);
  append(out, kInExtra);
  append(out, std::uint16_t{0});
  return put(out);
}

}  // namespace pyrometer::bundle
