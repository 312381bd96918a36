#include "tests/golden/dump.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <vector>

namespace pyrometer::test {
namespace {

std::string stackText(const Profile& profile, StackId leaf) {
  std::vector<std::string> frames;
  for (std::optional<StackId> at = leaf; at; at = profile.stack(*at).parentId()) {
    const Frame& frame = profile.frame(profile.stack(*at).frame);
    const Function& function = profile.function(frame.function);
    std::string text(profile.string(function.name));
    if (function.kind == FunctionKind::kNative) text += " [native]";
    if (function.kind == FunctionKind::kElided) text += " [elided]";
    if (function.kind == FunctionKind::kUnknown) text += " [unknown]";
    if (profile.line(frame.line).line != 0) text += ":" + std::to_string(profile.line(frame.line).line);
    if (frame.span) {
      const Columns& columns = profile.span(*frame.span).columns;
      text += "@" + std::to_string(columns.begin) + "-" + std::to_string(columns.end);
      if (columns.lines != 0) text += "+" + std::to_string(columns.lines);
    }
    frames.push_back(std::move(text));
  }
  std::string out;
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame)
    out += (out.empty() ? "" : " > ") + *frame;
  return out;
}

const char* name(VmState state) {
  static constexpr const char* kNames[] = {"unknown", "interpreter", "warm-up", "jit", "gc", "native"};
  return kNames[static_cast<int>(state)];
}

const char* name(ThreadState state) {
  static constexpr const char* kNames[] = {"unknown", "running", "waiting for the GIL", "off CPU"};
  return kNames[static_cast<int>(state)];
}

void dumpRun(const Profile& profile, std::ostream& out) {
  const RunInfo& info = profile.info();
  out << "format " << info.format << ", part " << info.part << " of " << info.parts << "\n"
      << "interpreter " << info.interpreter << ", mode " << (info.mode == Mode::kCpu ? "cpu" : "wall")
      << ", rate " << info.rate_asked_hz << " Hz" << (info.finished ? "" : ", not finished") << "\n"
      << "start " << info.start_unix_ns << ", duration " << info.duration_ns << "\n"
      << (info.has_lines ? "" : "no ") << "lines, " << (info.has_times ? "" : "no ") << "times, "
      << (info.true_weights ? "" : "no ") << "weights\n";
  for (const auto& [key, value] : info.meta) out << "meta " << key << " = " << value << "\n";
  for (const std::string& note : info.notes) out << "note " << note << "\n";
  for (const Damage& damage : info.damage)
    out << "damage at " << damage.offset << ": " << damage.what << "\n";
  for (std::size_t i = 0; i < std::size(info.drops); ++i) {
    if (info.drops[i] != 0) out << "drops of kind " << i << ": " << info.drops[i] << "\n";
  }
}

void dumpMemory(const Profile& profile, std::ostream& out) {
  if (profile.memory().empty()) return;
  std::uint64_t low = UINT64_MAX, high = 0;
  for (std::size_t i = 0; i < profile.memory().size(); ++i) {
    low = std::min(low, profile.memory()[i].rss);
    high = std::max(high, profile.memory()[i].rss);
  }
  out << "memory " << profile.memory().size() << " points, " << low << " to " << high << ", last at "
      << profile.memory()[profile.memory().size() - 1].time << "\n";
}

void dumpThreads(const Profile& profile, std::ostream& out) {
  std::vector<std::uint64_t> samples(profile.threads().size());
  std::map<std::string, std::uint64_t> states;
  for (std::size_t row = 0; row < profile.sampleCount(); ++row) {
    const Sample sample = profile.sample(row);
    ++samples[index(sample.thread)];
    ++states[std::string(name(sample.state.vm)) + ", " + name(sample.state.thread)];
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const Thread& thread = profile.threads()[i];
    out << "thread " << std::hex << thread.tid << std::dec << " '" << profile.string(thread.name)
        << "' of process " << profile.process(thread.process).pid << ": " << samples[i] << " samples\n";
  }
  for (const auto& [state, count] : states) out << "state " << state << ": " << count << " samples\n";
}

void dumpStacks(const Profile& profile, std::size_t most, std::ostream& out) {
  std::map<std::string, StackWeight> stacks;
  for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
    const StackWeight own = profile.stackWeight(StackId{i});
    if (own.count == 0) continue;
    StackWeight& sum = stacks[stackText(profile, StackId{i})];
    sum.count += own.count;
    sum.weight += own.weight;
  }
  std::vector<std::pair<std::string, StackWeight>> sorted(stacks.begin(), stacks.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [text, sum] = sorted[i];
    if (i < most) {
      out << sum.count << " (" << sum.weight << " ns) " << text << "\n";
    } else {
      rest += sum.count;
    }
  }
  if (rest > 0) out << rest << " in " << sorted.size() - most << " other stacks\n";
}

}  // namespace

std::string dump(const Profile& profile, std::size_t most_stacks) {
  std::ostringstream out;
  dumpRun(profile, out);
  out << profile.sampleCount() << " samples, " << profile.totalWeight() << " ns, "
      << profile.info().unknown_code_samples << " with unknown code\n";
  for (std::size_t i = 0; i < profile.sources().size(); ++i) {
    const Source& source = profile.sources()[i];
    out << "source " << profile.string(profile.file(source.file).path) << ": "
        << profile.string(source.text).size() << " bytes" << (source.changed_during_run ? ", changed" : "")
        << "\n";
  }
  dumpMemory(profile, out);
  dumpThreads(profile, out);
  dumpStacks(profile, most_stacks, out);
  return out.str();
}

std::string goldenPath(const std::string& name) { return std::string(PYROMETER_GOLDEN) + "/" + name; }

std::string compareWithGolden(const std::string& name, const std::string& actual) {
  const std::string path = goldenPath(name);
  if (const char* renew = std::getenv("PYROMETER_RENEW_GOLDEN"); renew && std::string_view(renew) == "1") {
    std::ofstream(path, std::ios::binary) << actual;
    return {};
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return path + " is missing; PYROMETER_RENEW_GOLDEN=1 writes it";
  std::ostringstream expected;
  expected << file.rdbuf();
  if (expected.str() == actual) return {};
  return name + " differs. Expected:\n" + expected.str() + "\nActual:\n" + actual;
}

}  // namespace pyrometer::test
