#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pyrometer {

/// How a line ends.
enum class LineEnding : std::uint8_t { kNone, kLf, kCrLf, kCr };

struct TextLine {
  static constexpr std::uint32_t kNew = UINT32_MAX;

  std::string text;  ///< without its ending
  LineEnding ending = LineEnding::kNone;
  bool unchanged = false;       ///< surely the text that its origin had; one that came back may not know
  std::uint32_t units = 0;      ///< length as the document's encoding counts
  std::uint32_t origin = kNew;  ///< which line it was when the document was opened (from 0), if it was there
};

/// The lines of a document, in blocks, so that an edit moves a block's lines and not all of them. There is
/// always at least one line.
class LineList {
 public:
  LineList() : blocks_(1, Block(1)) {}

  std::size_t size() const { return size_; }
  const TextLine& at(std::size_t line) const {
    const Place place = find(line);
    return blocks_[place.block][place.line];
  }
  /// Puts lines in the place of [first, first + count); at least one line must stay.
  void replace(std::size_t first, std::size_t count, std::vector<TextLine> lines);

  template <class Visit>
  void forEach(Visit&& visit) const {
    for (const Block& block : blocks_) {
      for (const TextLine& line : block) visit(line);
    }
  }

 private:
  static constexpr std::size_t kBlock = 512;
  using Block = std::vector<TextLine>;
  struct Place {
    std::size_t block, line;
  };
  Place find(std::size_t line) const;
  void erase(Place place, std::size_t count);
  void tidy(std::size_t block);

  std::vector<Block> blocks_;
  std::size_t size_ = 1;
};

}  // namespace pyrometer
