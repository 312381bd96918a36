#include "daemon/cli/origins.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "daemon/analysis/slice.h"
#include "daemon/cli/view.h"
#include "daemon/profile/thread_title.h"

namespace pyrometer {
namespace {

constexpr std::size_t kMostNamed = 8;

/// The last part of a word that is a path.
std::string_view lastPart(std::string_view word) { return word.substr(word.rfind('/') + 1); }

/// The next word of a command; `rest` is what follows.
std::string_view nextWord(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

/// What multiprocessing gives to -c, in words.
std::string_view nameOfHelper(std::string_view code) {
  if (code.starts_with("from multiprocessing.spawn import")) return "multiprocessing worker";
  if (code.starts_with("from multiprocessing.resource_tracker import"))
    return "multiprocessing resource tracker";
  if (code.starts_with("from multiprocessing.forkserver import")) return "multiprocessing fork server";
  return {};
}

/// A command without the interpreter's own name and options: "app.py --fast".
std::string shortCommand(std::string_view command, bool forked) {
  std::string_view rest = command;
  const std::string_view program = lastPart(nextWord(rest));
  const std::string tail = rest.empty() ? std::string() : " " + std::string(rest);
  if (!program.starts_with("python") && !program.starts_with("pypy")) return std::string(program) + tail;
  while (rest.starts_with('-')) {
    std::string_view after = rest;
    const std::string_view word = nextWord(after);
    if (word == "-c") {
      const std::string_view helper = nameOfHelper(after);
      if (helper.empty()) return std::string(rest);
      return forked ? "multiprocessing worker" : std::string(helper);
    }
    if (word == "-m") return std::string(rest);
    if (word == "-X" || word == "-W") nextWord(after);
    rest = after;
  }
  if (rest.empty()) return std::string(program);
  const std::string_view script = lastPart(nextWord(rest));
  return std::string(script) + (rest.empty() ? std::string() : " " + std::string(rest));
}

std::optional<std::int64_t> numberOf(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// "4711, 4712, 4713 and 12 more".
std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i)
    text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kMostNamed) text += fmt::format(" and {} more", names.size() - kMostNamed);
  return text;
}

}  // namespace

std::string processName(const Profile& profile, ProcessId id) {
  const Process& process = profile.process(id);
  std::string name = std::to_string(process.pid);
  if (process.generation > 0) name += fmt::format(" after exec {}", process.generation);
  const std::string command = shortCommand(profile.string(process.command), process.forked);
  if (!command.empty()) name += "  " + command;
  if (process.forked) name += fmt::format(" (fork of {})", process.parent);
  return name;
}

std::string processEndText(const Profile& profile, ProcessId id) {
  const Process& process = profile.process(id);
  if (process.pid == 0) return "";
  if (!process.end) return "still running";
  if (process.wait_status != Process::kUnknownStatus) return endText(static_cast<int>(process.wait_status));
  for (std::size_t i = index(id) + 1; i < profile.processes().size(); ++i) {
    const Process& next = profile.processes()[i];
    if (next.pid == process.pid && next.generation == process.generation + 1) return "replaced by exec";
  }
  return profile.info().finished && *process.end >= profile.info().duration_ns ? "still running" : "ended";
}

OriginWeights originWeights(const Profile& profile) {
  OriginWeights weights{.by_process = std::vector<StackWeight>(profile.processes().size()),
                        .by_thread = std::vector<StackWeight>(profile.threads().size())};
  for (std::size_t row = 0; row < profile.sampleCount(); ++row) {
    const Sample sample = profile.sample(row);
    weights.by_thread[index(sample.thread)] += {1, sample.weight};
  }
  for (std::size_t i = 0; i < weights.by_thread.size(); ++i)
    weights.by_process[index(profile.threads()[i].process)] += weights.by_thread[i];
  return weights;
}

std::vector<ProcessPlace> processTree(const Profile& profile) {
  const auto& processes = profile.processes();
  std::map<std::int64_t, std::vector<std::uint32_t>> images;
  for (std::uint32_t i = 0; i < processes.size(); ++i) images[processes[i].pid].push_back(i);
  std::vector<std::vector<std::uint32_t>> children(processes.size());
  std::vector<std::uint32_t> roots;
  for (std::uint32_t i = 0; i < processes.size(); ++i) {
    const auto found = images.find(processes[i].parent);
    if (found == images.end()) {
      roots.push_back(i);
      continue;
    }
    // The parent's image that was there when the child began. A fork may be seen before its parent is; what
    // follows an exec stands beside what was before it.
    std::uint32_t parent = found->second.front();
    for (const std::uint32_t image : found->second) {
      if (processes[image].start <= processes[i].start) parent = image;
    }
    children[parent].push_back(i);
  }
  std::vector<ProcessPlace> tree;
  std::vector<bool> placed(processes.size());
  const auto place = [&](std::uint32_t root) {
    std::vector<ProcessPlace> waiting = {{ProcessId{root}, 0}};
    while (!waiting.empty()) {
      const ProcessPlace next = waiting.back();
      waiting.pop_back();
      if (placed[index(next.id)]) continue;
      placed[index(next.id)] = true;
      tree.push_back(next);
      const auto& below = children[index(next.id)];
      for (auto child = below.rbegin(); child != below.rend(); ++child)
        waiting.push_back({ProcessId{*child}, next.depth + 1});
    }
  };
  for (const std::uint32_t root : roots) place(root);
  // A file may say that processes are each other's parents.
  for (std::uint32_t i = 0; i < processes.size(); ++i) place(i);
  return tree;
}

Result<std::shared_ptr<const Profile>> chosen(std::shared_ptr<const Profile> profile,
                                              const OriginChoice& choice) {
  if (!choice.any()) return profile;
  Filter filter;
  std::vector<std::string> there;
  for (std::uint32_t i = 0; choice.process && i < profile->processes().size(); ++i) {
    const std::int64_t pid = profile->processes()[i].pid;
    if (pid == *choice.process) filter.processes.push_back(ProcessId{i});
    if (there.empty() || there.back() != std::to_string(pid)) there.push_back(std::to_string(pid));
  }
  if (choice.process && filter.processes.empty()) {
    return Error{fmt::format("there is no process {}; the recording has {}", *choice.process, listed(there)),
                 {}};
  }
  if (!choice.thread.empty()) {
    const std::vector<bool> possible = threadsOf(*profile, filter);
    const std::optional<std::int64_t> tid = numberOf(choice.thread);
    std::set<std::string> names;
    for (std::uint32_t i = 0; i < profile->threads().size(); ++i) {
      if (!possible[i]) continue;
      const std::string name = threadTitle(*profile, profile->threads()[i]);
      names.insert(name);
      // A thread's name is for all its tasks.
      const std::string own = threadTitle(*profile, profile->thread(profile->threads()[i].thread));
      if (name == choice.thread || own == choice.thread || (tid && profile->threads()[i].tid == *tid))
        filter.threads.push_back(ThreadId{i});
    }
    if (filter.threads.empty()) {
      return Error{fmt::format("there is no thread '{}'; there are {}", choice.thread,
                               listed({names.begin(), names.end()})),
                   {}};
    }
  }
  return slice(*profile, filter);
}

}  // namespace pyrometer
