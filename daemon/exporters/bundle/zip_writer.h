#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/exporters/exporter.h"

namespace pyrometer::bundle {

/// Writes a zip file from front to back into a sink that need not seek: sizes follow each entry's data.
/// Always zip64, so no entry and no archive is too large. One entry is written at a time. After an Error the
/// writer is of no use.
class ZipWriter {
 public:
  enum class Method : std::uint16_t { kStored = 0, kDeflated = 8 };

  explicit ZipWriter(ByteSink& sink);
  ~ZipWriter();
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  Result<void> beginEntry(std::string_view name, Method method);
  Result<void> write(std::string_view bytes);
  Result<void> endEntry();
  /// All three in one.
  Result<void> addEntry(std::string_view name, Method method, std::string_view bytes);

  /// The directory; nothing may follow.
  Result<void> finish();

 private:
  struct Entry {
    std::string name;
    Method method = Method::kStored;
    std::uint32_t crc = 0;
    std::uint64_t size = 0, packed_size = 0, offset = 0;
  };
  struct Deflater;

  Result<void> put(std::string_view bytes);
  Result<void> deflate(std::string_view bytes, bool last);

  ByteSink& sink_;
  std::uint64_t offset_ = 0;
  std::vector<Entry> entries_;
  std::unique_ptr<Deflater> deflater_;
};

}  // namespace pyrometer::bundle
