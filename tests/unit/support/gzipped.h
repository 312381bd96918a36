#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>

namespace pyrometer::test {

/// A gzip file of one member. Programs that include this link zlib.
inline std::string gzipped(const std::string& text) {
  z_stream zlib = {};
  if (deflateInit2(&zlib, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib cannot begin");
  std::string out(deflateBound(&zlib, text.size()) + 64, '\0');
  std::string in = text;
  zlib.next_in = reinterpret_cast<Bytef*>(in.data());
  zlib.avail_in = static_cast<uInt>(in.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  if (deflate(&zlib, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib cannot end");
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}

}  // namespace pyrometer::test
