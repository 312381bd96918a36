// What an editor waits for, measured at the server's face: edits of a large document, and heat, hover and
// lenses of a document with 5 000 hot lines, out of 10 million samples. Medians and the worst.
//
//   server_bench [samples]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "daemon/profile/profile_builder.h"
#include "daemon/server/profile_cache.h"
#include "daemon/server/server.h"

namespace pyrometer {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kHotLines = 5'000, kLongFile = 100'000;
constexpr char kHot[] = "/home/user/project/hot.py", kLong[] = "/home/user/project/long.py";

template <class Work>
void measure(const char* what, int repeats, Work&& work) {
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    const auto start = Clock::now();
    work(i);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  std::printf("%-56s %9.4f ms   worst %9.4f ms\n", what, times[times.size() / 2], times.back());
}

std::string textOf(std::uint32_t lines) {
  std::string text;
  for (std::uint32_t i = 0; i < lines; ++i) {
    text += i % 10 == 0 ? "def function_" + std::to_string(i) + "(a, b):\n"
                        : "    value = compute(" + std::to_string(i % 700) + ", a) + other(b)\n";
  }
  return text;
}

/// Every line of the hot file is hot; each stack is three frames of it deep. Some in the long file too.
std::shared_ptr<const Profile> made(std::size_t samples) {
  ProfileBuilder builder{MyCode({"/home/user/project"})};
  builder.info().duration_ns = static_cast<std::int64_t>(samples) * 1'000'000;
  const FileId hot = builder.internFile(kHot), long_file = builder.internFile(kLong);
  const ThreadId thread = builder.addThread(builder.addProcess(1, "bench", "CPython"), 1, "MainThread");
  const auto frameAt = [&](FileId file, std::uint32_t line) {
    const std::uint32_t first = line / 10 * 10 + 1;
    return builder.internFrame(builder.internFunction("function_" + std::to_string(first - 1), file, first),
                               line);
  };
  std::mt19937 random(7);
  std::vector<StackId> stacks;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    std::optional<StackId> node;
    for (int depth = 0; depth < 3; ++depth) {
      node = builder.internStack(node, frameAt(hot, 1 + static_cast<std::uint32_t>(random() % kHotLines)));
    }
    const FileId file = i % 50 == 0 ? long_file : hot;
    stacks.push_back(builder.internStack(node, frameAt(file, 1 + i % (i % 50 == 0 ? kLongFile : kHotLines))));
  }
  for (std::size_t i = 0; i < samples; ++i) {
    builder.addSample({.time = static_cast<std::int64_t>(i) * 1'000'000,
                       .weight = 1'000'000 + random() % 1000,
                       .stack = stacks[random() % stacks.size()],
                       .thread = thread,
                       .state = {VmState::kInterpreter, ThreadState::kRunning}});
    if (i % 10 == 0)
      builder.addMemory({static_cast<std::int64_t>(i) * 1'000'000, 1'000'000 + i * 10, ProcessId{0}});
  }
  builder.addSource(hot, textOf(kHotLines), false);
  builder.addSource(long_file, textOf(kLongFile), false);
  return builder.snapshot();
}

void insist(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::exit(1);
}

void run(std::size_t samples) {
  Server server({.post = [](const std::function<void()>&) {},
                 .output = [](HeldId, const std::string&) {},
                 .changed = [](HeldId) {},
                 .ended = [](HeldId) {},
                 .remark = [](const std::string&) {}});
  const std::string hot = std::string("file://") + kHot, long_uri = std::string("file://") + kLong;
  PreparedFile opened{"bench", made(samples), std::make_shared<ProfileCache>()};
  measure("growth of memory by line, once at opening", 1,
          [&](int) { opened.cache->growth(*opened.profile, true); });
  server.hold(std::move(opened));

  measure("open the document of 5 000 lines, first heat", 1, [&](int) {
    server.didOpen(hot, 1, textOf(kHotLines));
    insist(server.document(hot)->heat().lines.size() > kHotLines / 2, "no heat");
  });
  measure("heat of 5 000 lines, as inlay hints need it", 201, [&](int) { server.document(hot)->heat(); });
  measure("the same, first time after an edit", 101, [&](int i) {
    insist(server.didChange(hot, i + 2, {{TextRange{{0, 0}, {0, 0}}, "# new\n"}}).ok(), "edit");
    insist(!server.document(hot)->heat().lines.empty(), "no heat");
  });
  measure("hover on a line", 201,
          [&](int i) { server.document(hot)->heatAt(static_cast<std::uint32_t>(200 + i)); });
  measure("lenses: functions of the document", 101, [&](int) { server.document(hot)->functions(); });
  measure("heat of 5 000 lines in a window of 80 %", 11, [&](int) {
    const auto at = [&](double share) {
      return static_cast<std::int64_t>(share * static_cast<double>(samples) * 1e6);
    };
    server.document(hot)->heat({.from = at(0.1), .to = at(0.9)});
  });
  measure("function table, first page", 21, [&](int) { server.view()->functions({}); });
  measure("call tree, first time", 1, [&](int) { insist(server.view()->callTree({}).ok(), "tree"); });
  measure("call tree, again", 51, [&](int) { insist(server.view()->callTree({}).ok(), "tree"); });
  measure("flame graph", 21, [&](int) { insist(server.view()->flame({}).ok(), "flame"); });
  measure("timeline of 200 slots", 5, [&](int) { server.view()->timeline({}, {}, 200); });

  measure("open the document of 100 000 lines", 1,
          [&](int) { server.didOpen(long_uri, 1, textOf(kLongFile)); });
  std::mt19937 random(3);
  std::uint32_t lines = kLongFile;
  const auto place = [&] { return static_cast<std::uint32_t>(random() % lines); };
  const auto all = Clock::now();
  measure("an edit of it, 10 000 of all kinds", 10'000, [&](int i) {
    const std::uint32_t line = place();
    TextChange change{TextRange{{line, 3}, {line, 3}}, "x"};
    if (i % 5 == 1) change.text = "\n", ++lines;
    if (i % 5 == 2 && line + 1 < lines) change = {TextRange{{line, 0}, {line + 1, 0}}, ""}, --lines;
    if (i % 5 == 3)
      change = {TextRange{{line, 0}, {line, 0}}, "    pasted = 1\n    pasted = 2\n"}, lines += 2;
    insist(server.didChange(long_uri, i + 2, {change}).ok(), "edit");
  });
  std::printf("%-56s %9.1f ms\n", "all 10 000",
              std::chrono::duration<double, std::milli>(Clock::now() - all).count());
  measure("heat of it after 10 000 edits", 21, [&](int i) {
    insist(server.didChange(long_uri, 20'000 + i, {{TextRange{{9, 0}, {9, 0}}, "y"}}).ok(), "edit");
    insist(!server.document(long_uri)->heat().lines.empty(), "no heat");
  });
}

}  // namespace
}  // namespace pyrometer

int main(int argc, char** argv) {
  const long samples = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 10'000'000;
  if (samples < 100'000) {
    std::fprintf(stderr, "usage: server_bench [samples, at least 100000]\n");
    return 2;
  }
  pyrometer::run(static_cast<std::size_t>(samples));
}
