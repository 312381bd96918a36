#include "daemon/server/utf8_stream.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "daemon/support/utf.h"

namespace pyrometer {
namespace {

/// How many bytes at the end may be the begin of a character whose rest is still to come.
std::size_t cutAtEnd(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xc0) == 0x80) continue;
    const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

std::string Utf8Stream::feed(std::string_view bytes) {
  std::string text = std::move(waiting_);
  text.append(bytes);
  const std::size_t cut = cutAtEnd(text);
  waiting_ = text.substr(text.size() - cut);
  text.resize(text.size() - cut);
  return isUtf8(text) ? text : repairedUtf8(text);
}

std::string Utf8Stream::finish() { return repairedUtf8(std::exchange(waiting_, {})); }

}  // namespace pyrometer
