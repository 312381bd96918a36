#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/entries.h"
#include "daemon/importers/bundle/local_headers.h"
#include "daemon/support/gzip.h"
#include "daemon/support/input_file.h"
#include "daemon/support/read_window.h"

namespace pyrometer::bundle {
namespace {

/// The entries as their own headers tell them, from the front until one does not hold together.
class CutZip : public Entries {
 public:
  CutZip(InputFile file, LocalHeaders headers) : file_(std::move(file)), headers_(std::move(headers)) {}

  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, piece] : headers_.pieces) all.push_back(name);
    return all;
  }

  Result<std::optional<PlainBytes>> plain(const std::string& name) override {
    return plainBytes(file_.path(), headers_, name);
  }

  std::optional<Damage> loss() const override {
    return Damage{headers_.end, "the zip file is cut or damaged here: only what lies before is read"};
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
    const auto found = headers_.pieces.find(name);
    if (found == headers_.pieces.end()) return false;
    const ZipPiece& piece = found->second;
    if (piece.method == ZipPiece::kStored) {
      // Their sums are not checked: a sample stream finds its own damage.
      if (auto given = give(piece, sink); !given) return given.error();
    } else if (piece.method == ZipPiece::kDeflated) {
      if (auto given = inflate(name, piece, sink); !given) return given.error();
    } else {
      return unreadable(name, "it is packed in a way that is not known here");
    }
    if (!piece.whole) return unreadable(name, "the file is cut within it");
    return true;
  }

 private:
  Result<void> give(const ZipPiece& piece, const Sink& sink) const {
    std::vector<std::byte> window = readWindow(piece.size);
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
  Result<void> inflate(const std::string& name, const ZipPiece& piece, const Sink& sink) const {
    constexpr std::array<unsigned char, 10> kHead = {0x1f, 0x8b, ZipPiece::kDeflated, 0, 0, 0, 0, 0, 0, 255};
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
  LocalHeaders headers_;
};

}  // namespace

Result<std::unique_ptr<Entries>> openCutZip(const std::string& path) {
  auto file = InputFile::open(path);
  if (!file) return file.error();
  auto headers = readLocalHeaders(*file);
  if (!headers) return headers.error();
  if (headers->pieces.empty())
    return Error{"cannot be read as a bundle: the zip file is cut or damaged: its end is missing", path};
  return std::unique_ptr<Entries>(std::make_unique<CutZip>(std::move(*file), std::move(*headers)));
}

}  // namespace pyrometer::bundle
