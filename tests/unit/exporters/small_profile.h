#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/exporters/exporter.h"
#include "daemon/profile/profile_builder.h"

namespace pyrometer::test {

/// What an exporter wrote.
class StringSink : public ByteSink {
 public:
  Result<void> write(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  std::string text;
};

/// Fails after so many bytes, as a disk does that is full.
class FullSink : public ByteSink {
 public:
  explicit FullSink(std::size_t room) : room_(room) {}
  Result<void> write(std::string_view bytes) override {
    if (bytes.size() > room_) return Error{"the disk is full", "out"};
    room_ -= bytes.size();
    return {};
  }

 private:
  std::size_t room_;
};

struct Place {
  std::string_view function, file;
  std::uint32_t first_line = 0, line = 0;
  FunctionKind kind = FunctionKind::kPython;
  std::optional<Columns> columns = {};
};

inline StackId stackOf(ProfileBuilder& builder, const std::vector<Place>& root_first) {
  std::optional<StackId> stack;
  for (const Place& place : root_first) {
    const FunctionId function =
        builder.internFunction(place.function, builder.internFile(place.file), place.first_line, place.kind);
    stack = builder.internStack(stack, builder.internFrame(function, place.line, place.columns));
  }
  return *stack;
}

/// Two processes, three threads, weights that differ, native and unknown frames, names that need care,
/// memory, a source.
inline std::shared_ptr<const Profile> smallProfile(Mode mode = Mode::kCpu) {
  ProfileBuilder builder;
  RunInfo& info = builder.info();
  info.format = "pyrometer";
  info.interpreter = "CPython 3.11.2";
  info.command = "app.py \"quoted\"";
  info.argv = {"app.py", "--fast", "caf\xc3\xa9"};
  info.mode = mode;
  info.rate_auto = true;
  info.start_unix_ns = 1'700'000'000'123'456'789;
  info.duration_ns = 50'000'000;
  info.cpu_ns = 40'000'000;
  info.finished = true;
  info.exit_status = 256;
  info.drops[static_cast<int>(DropReason::kRingFull)] = 3;
  info.notes = {"a sentence for the user"};
  const ProcessId parent = builder.addProcess(100, "app.py", "CPython 3.11.2");
  const ProcessId child = builder.addProcess(200, "child.py", "CPython 3.11.2");
  const ThreadId main = builder.addThread(parent, 100, "MainThread");
  const ThreadId worker = builder.addThread(parent, 101, "");
  const ThreadId other = builder.addThread(child, 200, "MainThread");
  const Place module{"<module>", "app.py", 1, 10};
  const Place work{"C.work", "app.py", 5, 7};
  const Place later{"C.work", "app.py", 5, 8};
  const Place odd{"od;d\nname", "C:\\src\\a;b.py", 2, 3};
  const Place native{"libm.so.6+0x12", "", 0, 0, FunctionKind::kNative};
  const Place unknown{"(unknown code)", "", 0, 0, FunctionKind::kUnknown};
  const Place elided{"(frames left out)", "", 0, 0, FunctionKind::kElided};
  const Place lineless{"helper", "lib.py", 30, 0};
  const auto add = [&](std::int64_t time, std::uint64_t weight, ThreadId thread,
                       const std::vector<Place>& stack, VmState vm = VmState::kInterpreter,
                       ThreadState state = ThreadState::kRunning) {
    builder.addSample({.time = time,
                       .weight = weight,
                       .stack = stackOf(builder, stack),
                       .thread = thread,
                       .state = {.vm = vm, .thread = state}});
  };
  add(1'000'000, 1'000'000, main, {module, work});
  add(2'000'000, 1'000'000, main, {module, work});
  add(3'500'000, 2'500'500, worker, {module, later, native}, VmState::kNative);
  add(4'000'000, 2'000'000, main, {module, later, odd}, VmState::kGc);
  add(6'000'000, 500'000, other, {module, unknown}, VmState::kInterpreter, ThreadState::kWaitingForGil);
  add(7'000'000, 0, other, {module, elided, lineless}, VmState::kInterpreter, ThreadState::kOffCpu);
  add(9'000'000, 8'000'000, main, {module, work, work, work}, VmState::kJit, ThreadState::kUnknown);
  builder.addMemory({.time = 0, .rss = 10'240'000, .process = parent});
  builder.addMemory({.time = 3'600'000, .rss = 20'480'000, .process = parent});
  builder.addMemory({.time = 5'000'000, .rss = 5'120'000, .process = child});
  builder.addSource(builder.internFile("app.py"), "import this\nprint('caf\xc3\xa9')\n", false);
  builder.addSource(builder.internFile("lib.py"), "def helper(): pass\n", true);
  info.unknown_code_samples = 1;
  return builder.snapshot();
}

inline std::string exported(const Exporter& exporter, const Profile& profile,
                            const ExportOptions& options = {}) {
  StringSink sink;
  const auto written = exporter.write(profile, options, sink);
  return written ? sink.text : "failed: " + written.error().text();
}

}  // namespace pyrometer::test
