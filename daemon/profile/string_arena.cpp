#include "daemon/profile/string_arena.h"

#include <cstring>

namespace pyrometer {

std::string_view StringArena::keep(std::string_view text) {
  if (text.empty()) return {};
  char* place = nullptr;
  if (text.size() > kBlock / 4) {
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(text.size()));
    place = blocks_.back().get();
  } else {
    if (text.size() > left_) {
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(kBlock));
      free_ = blocks_.back().get();
      left_ = kBlock;
    }
    place = free_;
    free_ += text.size();
    left_ -= text.size();
  }
  std::memcpy(place, text.data(), text.size());
  return {place, text.size()};
}

}  // namespace pyrometer
