#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "daemon/server/profile_cache.h"
#include "daemon/server/server.h"
#include "tests/unit/profile/made_profile.h"

/// What tests of the server work on: a strand that the test turns by hand, and a program that was profiled.
namespace pyrometer {

class TestStrand {
 public:
  ServerEvents events() {
    return {.post =
                [this](std::function<void()> work) {
                  const std::scoped_lock lock(mutex_);
                  work_.push_back(std::move(work));
                  told_.notify_all();
                },
            .output =
                [this](HeldId, const std::string& text) {
                  const std::scoped_lock lock(mutex_);
                  output_ += text;
                  told_.notify_all();
                },
            .changed = [this](HeldId id) { changed.push_back(id); },
            .ended = [this](HeldId id) { ended.push_back(id); },
            .remark = [this](const std::string& text) { remarks.push_back(text); }};
  }

  /// Does the work that comes until a condition holds; false if it never does.
  template <class Condition>
  bool runUntil(Condition&& condition) {
    // Only so that a defect ends the test instead of holding it up.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(100);
    while (!condition()) {
      std::unique_lock lock(mutex_);
      if (!told_.wait_until(lock, end, [this] { return !work_.empty() || fresh_ != output_.size(); }))
        return false;
      fresh_ = output_.size();
      const auto now = std::exchange(work_, {});
      lock.unlock();
      for (const auto& one : now) one();
    }
    return true;
  }
  std::string output() {
    const std::scoped_lock lock(mutex_);
    return output_;
  }

  std::vector<HeldId> changed, ended;
  std::vector<std::string> remarks;

 private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::deque<std::function<void()>> work_;
  std::string output_;
  std::size_t fresh_ = 0;
};

inline constexpr char kAppUri[] = "file:///home/me/app/app.py";
inline constexpr char kAppText[] =
    "import json\n"           // 1
    "\n"                      // 2
    "def leaf():\n"           // 3
    "    return spin()\n"     // 4
    "\n"                      // 5
    "def main():\n"           // 6
    "    json.loads('[]')\n"  // 7
    "    leaf()\n"            // 8
    "\n"                      // 9
    "main()\n";               // 10

/// A profile of kAppText: main, called on line 10, calls leaf on line 8 (60 samples on line 4) and the
/// library on line 7 (40 samples), a millisecond each.
class HeldProgram : public MadeProfile {
 public:
  explicit HeldProgram(bool with_source = true) {
    builder.info().duration_ns = 100'000'000;
    file = builder.internFile("/home/me/app/app.py");
    const auto at = [this](const char* name, std::uint32_t first, std::uint32_t line) {
      return builder.internFrame(builder.internFunction(name, file, first), line);
    };
    module_frame = at("<module>", 1, 10);
    main_calls_leaf = at("main", 6, 8);
    main_calls_json = at("main", 6, 7);
    leaf_frame = at("leaf", 3, 4);
    add({module_frame, main_calls_leaf, leaf_frame}, 60);
    add({module_frame, main_calls_json, library("decode", 300)}, 40);
    if (with_source) builder.addSource(file, kAppText, false);
  }

  PreparedFile opened() const {
    return {"/home/me/app.pyrometer", builder.snapshot(), std::make_shared<ProfileCache>()};
  }

  FileId file{};
  FrameId module_frame{}, main_calls_leaf{}, main_calls_json{}, leaf_frame{};
};

}  // namespace pyrometer
