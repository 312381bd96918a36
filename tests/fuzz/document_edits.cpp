#include "tests/fuzz/document_edits.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "daemon/server/documents/line_map.h"
#include "daemon/server/open_documents.h"
#include "daemon/support/text_lines.h"
#include "tests/fuzz/seeds.h"

namespace pyrometer::fuzz {
namespace {

constexpr char kText[] = "import a\n\ndef f():\n    \xC3\xBC = 1\n    return f\n\nf()\r\nf()\r";

/// Takes numbers and texts off the front; zeros and nothing behind the end.
class Bytes {
 public:
  explicit Bytes(std::span<const std::byte> bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size && !rest_.empty(); ++i, rest_ = rest_.subspan(1)) {
      value = value << 8 | std::to_integer<std::uint32_t>(rest_[0]);
    }
    return value;
  }
  std::string text(std::size_t size) {
    const auto head = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(head.size());
    return {reinterpret_cast<const char*>(head.data()), head.size()};
  }

 private:
  std::span<const std::byte> rest_;
};

/// One byte for most places, so that chance meets lines that are there; four for those that are not.
TextPosition position(Bytes& bytes) {
  const std::uint32_t kind = bytes.number(1);
  const std::size_t size = kind % 16 == 0 ? 4 : 1;
  const std::uint32_t line = bytes.number(size);
  return {line, bytes.number(size)};
}

void look(const Document& document, const LineMap& map, std::size_t run_lines) {
  std::int64_t last = -1;
  for (std::uint32_t line = 0; line <= run_lines + 1; ++line) {
    const auto place = map.find(line);
    if (!place) continue;
    insist(place->line > last, "lines change places");
    insist(place->line < document.text().lines().size(), "a line that is not there");
    insist(map.runLineOf(place->line) == line, "not the same way back");
    last = place->line;
  }
}

}  // namespace

void runDocumentEdits(std::span<const std::byte> input) {
  Bytes bytes(input);
  OpenDocuments documents;
  documents.setEncoding(static_cast<PositionEncoding>(bytes.number(1) % 3));
  const std::string uri = "file:///a.py";
  documents.open(uri, 1, kText);
  Document& document = *documents.find(uri);
  const auto run = makeRunText(nullptr, kText);
  for (int version = 2; !bytes.empty() && version < 2000; ++version) {
    TextChange change;
    const std::uint32_t kind = bytes.number(1);
    if (kind % 32 != 0) {
      change.range = TextRange{position(bytes), {}};
      change.range->end = kind % 4 == 0 ? position(bytes) : change.range->start;
    }
    change.text = bytes.text(kind % 7 * (kind % 5));
    const std::string before = document.text().text();
    const auto changed = documents.change(uri, kind % 64 == 1 ? version - 5 : version, {change});
    insist(changed.ok() == document.inStep(), "out of step without a word");
    insist(changed.ok() || document.text().text() == before, "half a change");
    std::size_t size = 0;
    document.text().lines().forEach([&size](const TextLine& line) { size += line.text.size(); });
    insist(size <= document.text().text().size(), "more lines than text");
    look(document, *document.mapTo(HeldId{1}, FileId{0}, run), run->lines.size());
  }
}

std::vector<std::string> documentEdits() {
  // kind, place (kind, line, character), text.
  const std::string insert(
      "\x11\x01\x03\x04"
      "ab\n",
      7),
      replace(
          "\x08\x01\x01\x00\x01\x03\x02"
          "xy\r\n",
          11),
      whole(
          "\x20"
          "one\ntwo\n",
          9),
      far("\x11\x00\x7f\xff\xff\xff\x00\x00\x00\x01"
          "q",
          11);
  std::vector<std::string> seeds;
  for (const char encoding : {'\0', '\1', '\2'}) {
    std::string seed(1, encoding);
    for (int i = 0; i < 8; ++i) seed += insert + replace;
    seeds.push_back(seed + far + whole + insert + replace);
  }
  return seeds;
}

}  // namespace pyrometer::fuzz
