#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/run_info.h"
#include "sampler/sample_stream.h"

namespace pyrometer::test {

inline std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out += static_cast<char>(value);
}

inline std::string text(std::string_view bytes) { return varint(bytes.size()) + std::string(bytes); }
inline std::string byte(unsigned value) { return std::string(1, static_cast<char>(value)); }

/// A frame as the sample stream has it.
struct StreamFrame {
  std::uint64_t code = 0;
  std::uint64_t position = 0;
  bool native = false;
};
inline StreamFrame python(std::uint64_t code, std::uint64_t position) { return {code, position, false}; }
inline StreamFrame native(std::uint64_t address) { return {address, 0, true}; }

struct SampleParts {
  std::uint64_t wall = 0, cpu = 0;
  unsigned flags = stream::kStateRunning;
  std::uint64_t elided = 0;
  std::uint64_t keep = 0;
  std::vector<StreamFrame> fresh = {};  ///< leaf first
};

inline std::string sample(const SampleParts& parts) {
  std::string out = byte(static_cast<unsigned>(stream::Record::kSample)) + varint(parts.wall) +
                    varint(parts.cpu) + byte(parts.flags);
  if ((parts.flags & stream::kElided) != 0) out += varint(parts.elided);
  out += varint(parts.keep) + varint(parts.fresh.size());
  for (const StreamFrame& frame : parts.fresh) {
    out += varint(frame.code << 1 | (frame.native ? 1 : 0));
    if (!frame.native) out += varint(frame.position);
  }
  return out;
}

inline std::string latin1(std::string_view characters) { return byte(1) + text(characters); }

struct CodeParts {
  std::uint64_t reference = 0;
  std::uint64_t first_line = 1;
  unsigned flags = 0;
  std::string name = {}, qualified_name = {}, file = {};  ///< Latin-1
  std::string table = {};
  std::uint64_t table_size = 0;  ///< 0: as long as the table
};

inline std::string code(const CodeParts& parts) {
  return byte(static_cast<unsigned>(stream::Record::kCode)) + varint(parts.reference) + varint(0x7000) +
         varint(parts.first_line) + byte(parts.flags) + latin1(parts.name) + latin1(parts.qualified_name) +
         latin1(parts.file) + varint(parts.table_size > 0 ? parts.table_size : parts.table.size()) +
         text(parts.table);
}

inline std::string lineTable(std::uint64_t reference, std::uint64_t offset, std::string_view bytes) {
  return byte(static_cast<unsigned>(stream::Record::kLineTable)) + varint(reference) + varint(offset) +
         text(bytes);
}

inline std::string repeat(std::uint64_t count, std::uint64_t wall) {
  return byte(static_cast<unsigned>(stream::Record::kRepeat)) + varint(count) + varint(wall);
}

/// A location table (CPython 3.11) whose instruction k, two bytes wide, is on the k-th of `lines`.
inline std::string locations(std::int64_t first_line, const std::vector<std::int64_t>& lines) {
  std::string out;
  for (const std::int64_t line : lines) {
    out += static_cast<char>(0x80 | 13 << 3);
    const std::int64_t step = line - first_line;
    std::uint64_t number =
        step < 0 ? static_cast<std::uint64_t>(-step) << 1 | 1 : static_cast<std::uint64_t>(step) << 1;
    for (; number >= 0x40; number >>= 6) out += static_cast<char>(0x40 | (number & 0x3f));
    out += static_cast<char>(number);
    first_line = line;
  }
  return out;
}
/// The position of the k-th instruction of such a table.
inline std::uint64_t at(std::uint64_t k) { return 2 * k + 1; }

/// Blocks behind the magic.
class StreamMaker {
 public:
  StreamMaker() : bytes_(std::begin(stream::kStreamMagic), std::end(stream::kStreamMagic)) {}

  void block(stream::Block kind, std::string_view payload) {
    bytes_ += byte(static_cast<unsigned>(kind)) + text(payload);
  }
  void process(std::uint64_t number, std::uint64_t pid, std::uint64_t time, std::uint64_t generation = 0,
               stream::LineTableFormat format = stream::LineTableFormat::kLocations) {
    block(stream::Block::kProcess, varint(number) + varint(pid) + varint(1) + varint(generation) +
                                       varint(0x030b02f0) + byte(static_cast<unsigned>(format)) +
                                       varint(time) + text("prog.py") + text("/usr/bin/python3") +
                                       text("/home/u") + text(""));
  }
  void thread(std::uint64_t number, std::uint64_t process, std::uint64_t tid, std::uint64_t time,
              std::string_view name = "") {
    block(stream::Block::kThread, varint(number) + varint(process) + varint(tid) + varint(time) + text(name));
  }
  void inside(std::uint64_t thread, std::string_view records) {
    block(stream::Block::kInside, varint(thread) + std::string(records));
  }
  void outside(std::uint64_t thread, std::string_view records) {
    block(stream::Block::kOutside, varint(thread) + std::string(records));
  }
  void batchEnd(std::uint64_t time) { block(stream::Block::kBatchEnd, varint(time)); }

  const std::string& bytes() const { return bytes_; }
  std::span<const std::byte> span() const { return std::as_bytes(std::span(bytes_)); }

 private:
  std::string bytes_;
};

}  // namespace pyrometer::test
