#include "daemon/native/unwind_table.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "daemon/native/call_frames.h"
#include "daemon/support/byte_reader.h"
#include "sampler/unwind_area.h"

namespace pyrometer {

namespace {

using unwind::Rule;

constexpr std::uint64_t kLargestSection = std::uint64_t{1} << 28;
constexpr std::uint64_t kLargestCode = std::uint64_t{1} << 30;
constexpr std::size_t kMostRows = 1 << 23;

struct Row {
  std::uint32_t distance = 0;
  std::uint16_t rule = 0;
};

/// Where the code lies: nothing else is asked for, whatever the unwind information says.
struct Extent {
  std::uint64_t begin = UINT64_MAX, end = 0;
};
Extent codeOf(const ElfLayout& layout) {
  Extent extent;
  for (const auto& segment : layout.segments) {
    if (!segment.executable) continue;
    extent.begin = std::min(extent.begin, segment.address);
    extent.end = std::max(extent.end, segment.address + segment.memory_size);
  }
  if (extent.begin < extent.end) extent.begin &= ~std::uint64_t{(1u << unwind::kBlockBits) - 1};
  return extent;
}

/// The address of the first entry of `.eh_frame`, by the header that leads to it.
Result<std::uint64_t> firstEntry(const ImageBytes& bytes, const ElfLayout& layout) {
  const std::uint64_t header = *layout.eh_frame_header;
  const ElfLayout::Segment* segment = layout.segmentAt(header);
  constexpr std::uint8_t kVersion = 1, kSigned4FromHere = 0x1b;
  std::byte head[8];
  if (segment == nullptr || !bytes(segment->offset + (header - segment->address), head))
    return Error{"the header of its unwind information lies outside of the file", {}};
  ByteReader in(head);
  if (in.u8() != kVersion || in.u8() != kSigned4FromHere)
    return Error{"the header of its unwind information is of an unknown kind", {}};
  in.bytes(2);
  return header + 4 + static_cast<std::uint64_t>(std::int64_t{in.little<std::int32_t>()});
}

struct Section {
  std::vector<std::byte> bytes;
  std::uint64_t address = 0;
};
Result<Section> readSection(const ImageBytes& bytes, const ElfLayout& layout) {
  const auto first = firstEntry(bytes, layout);
  if (!first) return first.error();
  const ElfLayout::Segment* segment = layout.segmentAt(*first);
  if (segment == nullptr) return Error{"its unwind information lies outside of the file", {}};
  const std::uint64_t skip = *first - segment->address;
  // It ends somewhere in its segment, with an entry of no length.
  if (segment->file_size - skip > kLargestSection)
    return Error{"its unwind information is of an impossible size", {}};
  // A step at a time: the size is the file's word, the bytes are not there for certain.
  constexpr std::size_t kStep = std::size_t{1} << 20;
  Section section{.bytes = {}, .address = *first};
  for (std::uint64_t left = segment->file_size - skip; left > 0;) {
    const std::size_t have = section.bytes.size();
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(left, kStep));
    section.bytes.resize(have + step);
    if (!bytes(segment->offset + skip + have, std::span(section.bytes).subspan(have)))
      return Error{"the file ends within its unwind information", {}};
    left -= step;
  }
  return section;
}

class Maker {
 public:
  explicit Maker(const Extent& code) : code_(code) {}

  void add(const CallFrameRow& row) {
    if (row.address < code_.begin || row.address > code_.end || rows_.size() >= kMostRows) return;
    rows_.push_back({static_cast<std::uint32_t>(row.address - code_.begin), ruleNumber(row.rule)});
  }

  std::string table() {
    // Where a function begins at another one's end both have a row: the one with a rule counts.
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return std::tuple(a.distance, a.rule != 0) < std::tuple(b.distance, b.rule != 0);
    });
    std::vector<Row> kept;
    kept.push_back({0, 0});
    for (const Row& row : rows_) {
      if (kept.back().distance == row.distance) kept.pop_back();
      if (kept.empty() || kept.back().rule != row.rule) kept.push_back(row);
    }
    const std::uint32_t blocks = static_cast<std::uint32_t>(
        (code_.end - code_.begin + (1u << unwind::kBlockBits) - 1) >> unwind::kBlockBits);
    const unwind::Table head{.start = code_.begin,
                             .blocks = blocks,
                             .rows = static_cast<std::uint32_t>(kept.size()),
                             .rules = static_cast<std::uint32_t>(rules_.size())};
    std::string out;
    out.reserve(unwind::tableBytes(head));
    append(out, head);
    std::uint32_t next = 0;
    for (std::uint64_t block = 0; block <= blocks; ++block) {
      while (next < kept.size() && kept[next].distance < block << unwind::kBlockBits) ++next;
      append(out, next);
    }
    for (const Row& row : kept) append(out, row.distance);
    for (const Row& row : kept) append(out, row.rule);
    if (kept.size() % 2 != 0) append(out, std::uint16_t{0});
    for (const Rule& rule : rules_) append(out, rule);
    return out;
  }

 private:
  template <class Thing>
  static void append(std::string& out, const Thing& thing) {
    out.append(reinterpret_cast<const char*>(&thing), sizeof thing);
  }

  std::uint16_t ruleNumber(const Rule& rule) {
    std::uint64_t key[2] = {};
    std::memcpy(key, &rule, sizeof rule);
    const auto [found, fresh] = numbers_.try_emplace({key[0], key[1]}, 0);
    if (fresh && rules_.size() <= UINT16_MAX) {
      found->second = static_cast<std::uint16_t>(rules_.size());
      rules_.push_back(rule);
    }
    return found->second;  // with too many of them: 0, no rule
  }

  Extent code_;
  std::vector<Row> rows_;
  std::vector<Rule> rules_{Rule{}};  ///< the first one: no rule
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint16_t> numbers_{{{0, 0}, 0}};
};

}  // namespace

Result<std::string> makeUnwindTable(const ImageBytes& bytes, const ElfLayout& layout) {
  if (!layout.for_this_machine || !layout.eh_frame_header) return std::string();
#if !defined(__x86_64__)
  return std::string();  // its rules are not read yet: no rule is as honest as it gets
#endif
  const Extent code = codeOf(layout);
  if (code.begin >= code.end) return std::string();
  if (code.end - code.begin > kLargestCode) return Error{"its code is of an impossible size", {}};
  const auto section = readSection(bytes, layout);
  if (!section) return section.error();
  Maker maker(code);
  const auto read =
      readCallFrames({.bytes = section->bytes, .address = section->address},
                     {.on_row = [&](const CallFrameRow& row) { maker.add(row); }, .on_function = {}});
  if (!read) return read.error();
  return maker.table();
}

std::vector<FunctionExtent> findFunctions(const ImageBytes& bytes, const ElfLayout& layout) {
  std::vector<FunctionExtent> functions;
  if (!layout.for_this_machine || !layout.eh_frame_header) return functions;
  const auto section = readSection(bytes, layout);
  if (!section) return functions;
  const auto add = [&](std::uint64_t begin, std::uint64_t end) {
    if (functions.size() < kMostRows) functions.push_back({begin, end});
  };
  // What came before damage is good.
  (void)readCallFrames({.bytes = section->bytes, .address = section->address},
                       {.on_row = {}, .on_function = add});
  std::sort(functions.begin(), functions.end(),
            [](const FunctionExtent& a, const FunctionExtent& b) { return a.begin < b.begin; });
  return functions;
}

}  // namespace pyrometer
