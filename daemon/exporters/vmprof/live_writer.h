#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "daemon/exporters/vmprof/records.h"
#include "daemon/profile/profile.h"

namespace pyrometer::vmprof {

/// Writes a profile of CPython that still grows, piece by piece: a function's name comes before the first
/// sample that has it, so whatever was written is a file that can be read, whole but for its end. Each sample
/// is written as often as its weight has periods, the rest carried to the next one: a sample in the file
/// stands for one period. Samples without a Python frame are left out, as vmprof leaves them out.
class LiveWriter {
 public:
  struct Options {
    std::uint64_t period_ns = 1'000'000;  ///< not 0
    bool lines = false, memory = false, wall = false;
    std::map<std::string, std::string> meta{};
  };
  explicit LiveWriter(Options options);

  void begin(std::string& out, const RunInfo& run) const;
  /// What snapshots (of one builder, each later than the last) have that was not written yet, until `out` has
  /// `most` bytes. True if that was all.
  bool append(std::string& out, const Profile& profile, std::size_t most);
  static void end(std::string& out, std::int64_t end_unix_ns) { appendTrailer(out, end_unix_ns); }

 private:
  void appendNames(std::string& out, const Profile& profile, StackId stack);
  std::uint64_t kilobytesAt(const Profile& profile, std::int64_t time);

  Options options_;
  Shape shape_;
  std::size_t rows_ = 0;  ///< done
  std::uint64_t carried_;
  std::vector<bool> named_;   ///< by function
  std::vector<bool> walked_;  ///< by stack: all its functions are named
  std::size_t memory_at_ = 0;
};

}  // namespace pyrometer::vmprof
