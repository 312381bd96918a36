#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// Decodes records of the sample stream the plain way, for tests: from the words of sampler/sample_stream.h,
/// sharing nothing with the encoder or with the daemon's importer.
namespace pyrometer::test {

struct DecodedFrame {
  std::uint32_t code = 0;
  std::uint64_t position = 0;
  std::uint64_t native = 0;
  bool operator==(const DecodedFrame&) const = default;
};

struct DecodedSample {
  std::uint64_t wall = 0, cpu = 0;
  std::uint8_t flags = 0;
  std::uint64_t elided = 0;
  std::uint64_t fresh = 0;           ///< frames that were written
  std::vector<DecodedFrame> frames;  ///< leaf first
};

struct DecodedCode {
  std::uint64_t address = 0;
  std::uint64_t first_line = 0;
  std::uint8_t flags = 0;
  std::string name, qualname, filename;  ///< UTF-8
  std::uint64_t table_size = 0;
  std::string table;
};

/// One source: all threads' streams share the codes, each has its own last stack.
class DecodedStream {
 public:
  /// Decodes whole records of one thread. False (and `error`) at the first byte that makes no sense.
  bool feed(int thread, const std::string& records);

  std::map<int, std::vector<DecodedSample>> samples;
  std::map<std::uint32_t, DecodedCode> codes;
  std::map<int, std::string> names;               ///< of threads, as last told
  std::map<int, std::vector<std::string>> tasks;  ///< that a thread came to, in order; empty text: none
  std::string error;

  const std::string& nameOf(const DecodedFrame& frame) const;
  /// "leaf;caller;...;root" of one sample.
  std::string stackText(const DecodedSample& sample) const;
};

}  // namespace pyrometer::test
