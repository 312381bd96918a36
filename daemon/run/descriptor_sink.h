#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// A descriptor that belongs to somebody else, who may be reading at its other end: never waits for it, but
/// for a disk. What it does not take now waits here. SIGPIPE and SIGXFSZ must be ignored.
class DescriptorSink {
 public:
  explicit DescriptorSink(FileDescriptor fd);

  void put(std::string_view bytes) { waiting_ += bytes; }
  std::size_t waiting() const { return waiting_.size() - passed_; }
  /// Passes on what the descriptor takes; true if that was anything. After an error all is thrown away.
  bool pass();
  /// Until it takes something, or the time is over.
  void wait(int milliseconds) const;
  /// Empty, or why nothing can be written any more: an errno.
  int failure() const { return failure_; }

 private:
  enum class Kind : std::uint8_t { kFile, kSocket, kOther };
  std::int64_t writeSome(std::string_view bytes) const;

  FileDescriptor fd_;
  Kind kind_ = Kind::kOther;
  std::string waiting_;
  std::size_t passed_ = 0;  ///< of `waiting_`
  int failure_ = 0;
};

}  // namespace pyrometer
