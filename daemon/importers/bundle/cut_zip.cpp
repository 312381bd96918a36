#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/entries.h"
#include "daemon/support/byte_reader.h"
#include "daemon/support/gzip.h"
#include "daemon/support/input_file.h"

namespace pyrometer::bundle {
namespace {

constexpr std::uint32_t kLocalHeader = 0x04034b50;
constexpr std::size_t kHeaderSize = 30;
constexpr std::uint16_t kSizesFollow = 8;
constexpr std::uint32_t kZip64 = UINT32_MAX;
constexpr std::uint16_t kStored = 0, kDeflated = 8;
constexpr std::size_t kMostEntries = 1'000'000;

struct Piece {
  std::uint64_t begin = 0, size = 0;
  std::uint16_t method = kStored;
  std::uint32_t sum = 0, plain_size = 0;  ///< as gzip has them
  bool whole = true;
};

/// The entries as their own headers tell them, from the front until one does not hold together.
class CutZip : public Entries {
 public:
  explicit CutZip(InputFile file) : file_(std::move(file)) {}

  Result<void> find() {
    while (pieces_.size() < kMostEntries && end_ < file_.size()) {
      const auto found = readHeader();
      if (!found) return found.error();
      if (!*found) break;
    }
    if (pieces_.empty())
      return Error{"cannot be read as a bundle: the zip file is cut or damaged: its end is missing",
                   file_.path()};
    return {};
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, piece] : pieces_) all.push_back(name);
    return all;
  }

  std::optional<Damage> loss() const override {
    return Damage{end_, "the zip file is cut or damaged here: only what lies before is read"};
  }

  Result<std::optional<std::string>> read(const std::string& name, std::uint64_t limit) override {
    std::string text;
    const auto found = stream(name, [&](std::span<const std::byte> bytes) -> Result<void> {
      if (bytes.size() > limit - text.size()) return unreadable(name, "it is larger than it can be");
      text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return {};
    });
    if (!found) return found.error();
    return *found ? std::optional(std::move(text)) : std::nullopt;
  }

  Result<bool> stream(const std::string& name, const Sink& sink) override {
    const auto found = pieces_.find(name);
    if (found == pieces_.end()) return false;
    const Piece& piece = found->second;
    if (piece.method == kStored) {
      // Their sums are not checked: a sample stream finds its own damage.
      if (auto given = give(piece, sink); !given) return given.error();
    } else if (piece.method == kDeflated) {
      if (auto given = inflate(name, piece, sink); !given) return given.error();
    } else {
      return unreadable(name, "it is packed in a way that is not known here");
    }
    if (!piece.whole) return unreadable(name, "the file is cut within it");
    return true;
  }

 private:
  /// The entry that begins where the last one ended; false if none does.
  Result<bool> readHeader() {
    std::array<std::byte, kHeaderSize> fixed;
    const auto got = file_.readAt(end_, fixed);
    if (!got) return got.error();
    ByteReader in{std::span(fixed).first(*got)};
    const auto signature = in.little<std::uint32_t>();
    in.bytes(2);  // version
    const auto flags = in.little<std::uint16_t>();
    Piece piece{.method = in.little<std::uint16_t>()};
    in.bytes(4);  // time
    piece.sum = in.little<std::uint32_t>();
    const auto packed = in.little<std::uint32_t>();
    piece.size = packed;
    piece.plain_size = in.little<std::uint32_t>();
    const auto name_size = in.little<std::uint16_t>(), extra_size = in.little<std::uint16_t>();
    if (!in.good() || signature != kLocalHeader) return false;

    std::vector<std::byte> rest(std::size_t{name_size} + extra_size);
    const auto more = file_.readAt(end_ + kHeaderSize, rest);
    if (!more) return more.error();
    if (*more < rest.size()) return false;
    piece.begin = end_ + kHeaderSize + rest.size();
    const std::uint64_t room = file_.size() - piece.begin;
    // Where the size is not told (it follows, or is beyond 32 bits) the entry has all the rest: what reads it
    // knows its end.
    if (packed > room || packed == kZip64 || ((flags & kSizesFollow) != 0 && packed == 0)) {
      piece.size = room;
      piece.whole = false;
    }
    end_ = piece.begin + piece.size;
    pieces_.emplace(ByteReader(rest).text(name_size), piece);
    return true;
  }

  Result<void> give(const Piece& piece, const Sink& sink) const {
    std::vector<std::byte> window(1 << 20);
    for (std::uint64_t at = 0; at < piece.size;) {
      const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(window.size(), piece.size - at));
      const auto got = file_.readAt(piece.begin + at, std::span(window).first(most));
      if (!got) return got.error();
      if (*got == 0) return Error{"became shorter while it was read", file_.path()};
      if (auto taken = sink(std::span(window).first(*got)); !taken) return taken;
      at += *got;
    }
    return {};
  }

  /// A deflated entry is a gzip file without its head and foot.
  Result<void> inflate(const std::string& name, const Piece& piece, const Sink& sink) const {
    constexpr std::array<unsigned char, 10> kHead = {0x1f, 0x8b, kDeflated, 0, 0, 0, 0, 0, 0, 255};
    GzipInflater inflater;
    const auto feed = [&](std::span<const std::byte> bytes) { return inflater.feed(bytes, sink); };
    if (auto fed = feed(std::as_bytes(std::span(kHead))); !fed) return fed;
    if (auto fed = give(piece, feed); !fed) return fed;
    if (!piece.whole) return {};
    std::array<unsigned char, 8> foot;
    for (unsigned i = 0; i < 4; ++i) {
      foot[i] = static_cast<unsigned char>(piece.sum >> (8 * i));
      foot[4 + i] = static_cast<unsigned char>(piece.plain_size >> (8 * i));
    }
    if (auto fed = feed(std::as_bytes(std::span(foot))); !fed) return fed;
    if (const auto problem = inflater.problem()) return unreadable(name, *problem);
    return {};
  }

  Error unreadable(const std::string& name, const std::string& why) const {
    return {"the entry cannot be read: " + why, file_.path() + ", " + name};
  }

  InputFile file_;
  std::map<std::string, Piece> pieces_;
  std::uint64_t end_ = 0;  ///< of what holds together
};

}  // namespace

Result<std::unique_ptr<Entries>> openCutZip(const std::string& path) {
  auto file = InputFile::open(path);
  if (!file) return file.error();
  auto entries = std::make_unique<CutZip>(std::move(*file));
  if (auto found = entries->find(); !found) return found.error();
  return std::unique_ptr<Entries>(std::move(entries));
}

}  // namespace pyrometer::bundle
