#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>

#include "daemon/run/live_run.h"
#include "tests/unit/run/hottest_line.h"
#include "tests/unit/run/temporary_folder.h"

/// Programs in pseudo-terminals, beside each other: the system's Python, started, typed to, stopped. Nothing
/// here waits for a time and hopes: what is waited for is a text, a snapshot or the end.
namespace pyrometer {

inline constexpr char kPython[] = "/usr/bin/python3.11";
/// Only so that a defect ends the test instead of holding it up.
inline constexpr std::chrono::seconds kForEver{100};

inline std::string busyFor(int lines_before, const std::string& name) {
  std::string text = "import time\n";
  for (int i = 0; i < lines_before; ++i) text += "#\n";
  return text + "def " + name +
         "(seconds):\n"
         "    end = time.thread_time() + seconds\n"
         "    while time.thread_time() < end: pass\n" +
         name + "(0.5)\n";
}

/// What a run tells, to be waited for.
class Observed {
 public:
  LiveRun::Events events() {
    return {.output =
                [this](std::string_view bytes) {
                  std::unique_lock lock(mutex_);
                  told_.wait(lock, [&] { return !held_; });
                  output_ += bytes;
                  told_.notify_all();
                },
            .changed =
                [this] {
                  const std::lock_guard lock(mutex_);
                  ++changes_;
                  told_.notify_all();
                },
            .ended =
                [this](const LiveRun::Ended& ended) {
                  const std::lock_guard lock(mutex_);
                  ended_ = ended;
                  told_.notify_all();
                }};
  }

  bool waitFor(const std::string& text) {
    return wait([&] { return output_.find(text) != std::string::npos; });
  }
  bool waitForChanges(int count) {
    return wait([&] { return changes_ >= count; });
  }
  int changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }
  const LiveRun::Ended* waitForEnd() {
    return wait([&] { return ended_.has_value(); }) ? &*ended_ : nullptr;
  }
  std::string output() {
    const std::lock_guard lock(mutex_);
    return output_;
  }
  bool hasEnded() {
    const std::lock_guard lock(mutex_);
    return ended_.has_value();
  }
  /// From here on whoever brings output is kept waiting.
  void hold(bool held) {
    const std::lock_guard lock(mutex_);
    held_ = held;
    told_.notify_all();
  }

 private:
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, kForEver, condition);
  }

  std::mutex mutex_;
  std::condition_variable told_;
  std::string output_;
  int changes_ = 0;
  bool held_ = false;
  std::optional<LiveRun::Ended> ended_;
};

class LiveRuns : public testing::Test {
 protected:
  LiveRun::Options options(std::vector<std::string> command) {
    LiveRun::Options options;
    options.run.command = std::move(command);
    options.run.python = kPython;
    options.run.rate_hz = 1000;
    options.run.folder = folder_.path();
    options.run.sampler_library = PYROMETER_SAMPLER_LIBRARY;
    options.working_directory = folder_.path();
    return options;
  }
  LiveRun::Options program(std::string_view text, const std::string& name = "program.py") {
    return options({folder_.file(name, text)});
  }
  static std::unique_ptr<LiveRun> start(LiveRun::Options options, Observed& observed) {
    auto run = LiveRun::start(std::move(options), observed.events());
    EXPECT_TRUE(run.ok()) << run.error().text();
    return run ? std::move(run).value() : nullptr;
  }
  /// A program's output and end.
  static std::string outputOf(LiveRun::Options options, int* wait_status = nullptr) {
    Observed observed;
    const auto run = start(std::move(options), observed);
    const LiveRun::Ended* end = run ? observed.waitForEnd() : nullptr;
    if (end != nullptr && wait_status != nullptr) *wait_status = end->outcome.wait_status;
    return observed.output();
  }
  static std::vector<std::string> fileNames(const Profile& profile) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < profile.files().size(); ++i)
      names.emplace_back(profile.string(profile.files()[i].path));
    return names;
  }

  TemporaryFolder folder_;
};

}  // namespace pyrometer
