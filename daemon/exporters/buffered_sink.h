#pragma once

#include <string>
#include <string_view>

#include "daemon/exporters/exporter.h"

namespace pyrometer {

/// Collects small pieces into large writes. The first Error is kept, what follows is not written, and flush()
/// tells: so a writer may put piece after piece and ask once.
class BufferedSink {
 public:
  explicit BufferedSink(ByteSink& sink) : sink_(sink) { buffer_.reserve(kFull + kFull / 4); }

  void put(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= kFull) pass();
  }

  bool good() const { return status_.ok(); }
  Result<void> flush() {
    pass();
    return status_;
  }

 private:
  static constexpr std::size_t kFull = 256 * 1024;

  void pass() {
    if (status_ && !buffer_.empty()) status_ = sink_.write(buffer_);
    buffer_.clear();
  }

  ByteSink& sink_;
  std::string buffer_;
  Result<void> status_;
};

}  // namespace pyrometer
