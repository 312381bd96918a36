#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace pyrometer::pypylog {

/// Cuts bytes that come in pieces into lines. A line that is very long is handed out short: no line that
/// means something is.
class LineCutter {
 public:
  static constexpr std::size_t kLongest = std::size_t{1} << 16;

  /// Calls take(line, begin, end) for each whole line, without its newline; where it begins in the stream and
  /// where the next one does.
  template <class Take>
  void feed(std::span<const std::byte> bytes, Take&& take) {
    std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (!rest.empty()) {
      const auto* newline = static_cast<const char*>(std::memchr(rest.data(), '\n', rest.size()));
      if (newline == nullptr) {
        keep(rest);
        return;
      }
      const std::string_view piece = rest.substr(0, static_cast<std::size_t>(newline - rest.data()));
      if (length_ == 0) {
        take(piece.substr(0, kLongest), offset_, offset_ + piece.size() + 1);
        offset_ += piece.size() + 1;
      } else {
        keep(piece);
        take(std::string_view(begun_), offset_, offset_ + length_ + 1);
        offset_ += length_ + 1;
        length_ = 0;
        begun_.clear();
      }
      rest.remove_prefix(piece.size() + 1);
    }
  }

  /// What stands behind the last newline, or the beginning of it.
  std::string_view unfinished() const { return begun_; }
  /// Of the next line.
  std::uint64_t offset() const { return offset_; }
  std::uint64_t bytes() const { return offset_ + length_; }

 private:
  void keep(std::string_view piece) {
    length_ += piece.size();
    if (begun_.size() < kLongest) begun_ += piece.substr(0, kLongest - begun_.size());
  }

  std::string begun_;
  std::uint64_t length_ = 0;  ///< of the line that was begun, all of it
  std::uint64_t offset_ = 0;
};

}  // namespace pyrometer::pypylog
