#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/profile_builder.h"

namespace pyrometer {

/// A profile made by hand for tests: one process with a thread, the user's files below /home/me/app.
class MadeProfile {
 public:
  explicit MadeProfile(MyCode my_code = MyCode({"/home/me/app"})) : builder(std::move(my_code)) {
    process = builder.addProcess(100, "python3 app.py", "CPython 3.11.2");
    thread = builder.addThread(process, 100, "MainThread");
  }

  FrameId frame(std::string_view file, std::string_view function, std::uint32_t line,
                FunctionKind kind = FunctionKind::kPython, std::optional<Columns> columns = {}) {
    return builder.internFrame(builder.internFunction(function, builder.internFile(file), 1, kind), line,
                               columns);
  }
  FrameId mine(std::string_view function, std::uint32_t line, std::optional<Columns> columns = {}) {
    return frame("/home/me/app/app.py", function, line, FunctionKind::kPython, columns);
  }
  FrameId library(std::string_view function, std::uint32_t line) {
    return frame("/usr/lib/python3.11/json/decoder.py", function, line);
  }
  FrameId native(std::string_view function) {
    return frame("/lib/libc.so.6", function, 0, FunctionKind::kNative);
  }
  FrameId importing() { return frame("<frozen importlib._bootstrap>", "_find_and_load", 1100); }

  /// Root first.
  StackId stack(const std::vector<FrameId>& frames) {
    std::optional<StackId> node;
    for (const FrameId f : frames) node = builder.internStack(node, f);
    return *node;
  }
  void add(StackId stack_id, int count = 1, std::uint64_t weight = 1'000'000) {
    for (int i = 0; i < count; ++i) {
      builder.addSample(
          {.time = time, .weight = weight, .stack = stack_id, .thread = thread, .state = state});
      time += 1'000'000;
    }
  }
  void add(const std::vector<FrameId>& frames, int count = 1, std::uint64_t weight = 1'000'000) {
    add(stack(frames), count, weight);
  }

  ProfileBuilder builder;
  ProcessId process{};
  ThreadId thread{};
  SampleState state{VmState::kInterpreter, ThreadState::kRunning};
  std::int64_t time = 0;
};

}  // namespace pyrometer
