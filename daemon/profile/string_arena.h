#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace pyrometer {

/// Bytes that stay where they are as long as the arena lives. Snapshots share the arena; only the writer
/// adds.
class StringArena {
 public:
  /// A copy of `text`, byte for byte: names need not be UTF-8.
  std::string_view keep(std::string_view text);

 private:
  static constexpr std::size_t kBlock = 64 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace pyrometer
