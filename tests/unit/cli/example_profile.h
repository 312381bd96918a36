#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/profile/profile_builder.h"

namespace pyrometer {

/// Writes samples by the names of their frames, for tests.
class Sampler {
 public:
  explicit Sampler(ProfileBuilder& builder) : builder_(builder) {
    process_ = builder.addProcess(42, "app.py", "CPython 3.11.2");
    thread_ = builder.addThread(process_, 42, "MainThread");
  }

  struct Place {
    std::string file, function;
    std::uint32_t first_line, line;
    std::optional<Columns> columns = {};
    Place at(std::uint32_t begin, std::uint32_t end, std::uint32_t lines = 0) const {
      return {file, function, first_line, line, Columns{.begin = begin, .lines = lines, .end = end}};
    }
  };

  /// `count` samples of a millisecond each with this stack, root first.
  void take(std::uint64_t count, const std::vector<Place>& stack, SampleState state = kRunning);
  ProcessId process() const { return process_; }

  static constexpr SampleState kRunning{VmState::kInterpreter, ThreadState::kRunning};

 private:
  ProfileBuilder& builder_;
  ProcessId process_{};
  ThreadId thread_{};
  std::int64_t now_ = 0;
};

/// A program with what the views have to show: hot lines, library time below one of them, imports, recursion,
/// wide characters, a name that would like to write to the terminal, memory that grows. `scale` multiplies
/// all samples.
std::shared_ptr<const Profile> exampleProfile(std::uint64_t scale = 1, bool with_sources = true);

}  // namespace pyrometer
