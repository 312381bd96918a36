#include "daemon/importers/joining.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <vector>

#include "daemon/importers/jitlog/jitlog.h"
#include "daemon/importers/pypylog/pypylog.h"

namespace pyrometer {
namespace {

std::optional<std::string> withoutEnding(const std::string& path,
                                         std::initializer_list<const char*> endings) {
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  for (const std::string_view ending : endings) {
    if (name.size() > ending.size() && name.ends_with(ending))
      return path.substr(0, path.size() - ending.size());
  }
  return std::nullopt;
}

/// The first regular file there is of those that could lie beside the profile.
std::optional<std::string> neighbour(const std::string& path, std::initializer_list<const char*> endings) {
  std::vector<std::string> stems = {path};
  if (const auto inside = withoutEnding(path, {".gz"})) stems.push_back(*inside);
  if (const auto stem = withoutEnding(stems.back(), {".prof", ".vmprof", ".tsprof", ".pyrometer"}))
    stems.push_back(*stem);
  for (const std::string& stem : stems) {
    for (const char* ending : endings) {
      for (const char* wrapper : {"", ".gz"}) {
        const std::string candidate = stem + ending + wrapper;
        struct stat about = {};
        if (candidate != path && ::stat(candidate.c_str(), &about) == 0 && S_ISREG(about.st_mode))
          return candidate;
      }
    }
  }
  return std::nullopt;
}

std::string nameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// How many of the machine code blocks that samples name a log has. All of them, where it is of the same run
/// and whole; where it is of another, none but by chance.
struct Match {
  std::size_t named = 0, found = 0;
  bool another() const { return named > 0 && found * 10 < named; }
  std::string text() const { return fmt::format("{} of {}", found, named); }
};

template <class IsThere>
Match match(const Profile& profile, IsThere&& is_there) {
  Match match{.named = profile.jitBlocks().size()};
  for (std::size_t i = 0; i < match.named; ++i) match.found += is_there(profile.jitBlocks()[i]) ? 1 : 0;
  return match;
}

void joinJitlog(const std::string& path, std::shared_ptr<const jit::TraceForest> forest, OpenedFile& opened) {
  const Match blocks =
      match(*opened.profile, [&](std::uint64_t start) { return forest->findCodeStart(start).has_value(); });
  if (blocks.another()) {
    opened.notes.push_back(fmt::format(
        "{} is of another run, and left alone: it has {} of the machine code blocks that the samples name",
        nameOf(path), blocks.text()));
    return;
  }
  if (blocks.found < blocks.named)
    opened.notes.push_back(
        fmt::format("{} has {} of the machine code blocks that the samples name: it was "
                    "switched on later, or is cut",
                    nameOf(path), blocks.text()));
  if (blocks.named == 0)
    opened.notes.push_back(
        fmt::format("no sample names machine code: that {} is of the same run is not certain", nameOf(path)));
  opened.jit = std::move(forest);
  opened.joined.push_back(path);
}

/// Whether the log's clock says that it is of another time. A profile begins and ends within the run.
bool atAnotherTime(const PhaseLog& log, const RunInfo& run) {
  if (!log.clock.unix_at_zero || run.start_unix_ns <= 0) return false;
  constexpr double kLeeway = 2e9;
  const double begin = static_cast<double>(*log.clock.unix_at_zero);
  const double end = begin + log.time(log.span());
  const double from = static_cast<double>(run.start_unix_ns);
  return from + kLeeway < begin || from - kLeeway > end;
}

void placeOnProfilesClock(PhaseLog& log, const RunInfo& run) {
  PhaseClock& clock = log.clock;
  if (clock.how == PhaseClock::How::kUnknown && run.duration_ns > 0 && log.span() > 0) {
    clock.how = PhaseClock::How::kProfile;
    clock.ns_per_tick = static_cast<double>(run.duration_ns) / static_cast<double>(log.span());
  }
  // Both have the wall's clock at their beginnings; a profile of CPU time has no other place on it.
  if (clock.unix_at_zero && run.start_unix_ns > 0)
    clock.profile_at_zero = *clock.unix_at_zero - run.start_unix_ns;
}

void joinPypylog(const std::string& path, std::shared_ptr<PhaseLog> log, OpenedFile& opened) {
  const RunInfo& run = opened.profile->info();
  const bool addresses = !log->jit_blocks.empty();
  const Match blocks = match(*opened.profile, [&](std::uint64_t start) {
    return std::binary_search(log->jit_blocks.begin(), log->jit_blocks.end(), start);
  });
  if (addresses && blocks.another()) {
    opened.notes.push_back(fmt::format(
        "{} is of another run, and left alone: it has {} of the machine code blocks that the samples name",
        nameOf(path), blocks.text()));
    return;
  }
  if (atAnotherTime(*log, run)) {
    opened.notes.push_back(fmt::format("{} is of another time, and left alone", nameOf(path)));
    return;
  }
  const bool certain = (addresses && blocks.named > 0) || (log->clock.unix_at_zero && run.start_unix_ns > 0);
  if (!certain)
    opened.notes.push_back(
        fmt::format("{} has neither addresses nor clocks to compare: that it is of the same run "
                    "is not certain",
                    nameOf(path)));
  placeOnProfilesClock(*log, run);
  opened.phases = std::move(log);
  opened.joined.push_back(path);
}

/// What cannot be read beside a profile is no failure of the profile.
void leaveAlone(const std::string& path, const Error& error, OpenedFile& opened) {
  opened.notes.push_back(
      fmt::format("{} lies beside it and was left alone: it {}", nameOf(path), error.message));
}

/// What the log of the recording is called, in a folder of logs: by the number of its process.
std::optional<std::uint32_t> processOfLog(std::string_view name, std::string_view ending) {
  constexpr std::string_view kFolder = "logs/";
  if (!name.starts_with(kFolder) || !name.ends_with(ending)) return std::nullopt;
  const std::string_view digits = name.substr(kFolder.size(), name.size() - kFolder.size() - ending.size());
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
  return number;
}

using LogsByProcess = std::map<std::uint32_t, std::string>;

/// The logs of one kind that a recording has.
LogsByProcess logsOf(const std::vector<std::string>& names, std::string_view ending) {
  LogsByProcess logs;
  for (const std::string& name : names) {
    if (const auto process = processOfLog(name, ending)) logs.emplace(*process, name);
  }
  return logs;
}

std::string processText(const Profile& profile, std::uint32_t process) {
  if (process >= profile.processes().size()) return fmt::format("number {}", process);
  return std::to_string(profile.processes()[process].pid);
}

/// The process that was asked for, or the first that has a log; of an exec'd one the last image that has one.
std::optional<std::uint32_t> chosenLog(const LogsByProcess& logs, const ImportOptions& options,
                                       const Profile& profile) {
  std::optional<std::uint32_t> found;
  for (const auto& [process, name] : logs) {
    if (!options.log_process) return process;
    if (process < profile.processes().size() && profile.processes()[process].pid == *options.log_process)
      found = process;
  }
  return found;
}

void noteMissing(const LogsByProcess& logs, const char* what, OpenedFile& opened, std::int64_t asked) {
  if (logs.empty()) return;
  std::string others;
  for (const auto& [process, name] : logs)
    others += (others.empty() ? "" : ", ") + processText(*opened.profile, process);
  opened.notes.push_back(fmt::format("it has no {} of process {}, but of {}", what, asked, others));
}

void noteOthers(const LogsByProcess& logs, std::uint32_t chosen, const char* what, OpenedFile& opened) {
  if (logs.size() < 2) return;
  std::string others;
  for (const auto& [process, name] : logs) {
    if (process != chosen) others += (others.empty() ? "" : ", ") + processText(*opened.profile, process);
  }
  opened.notes.push_back(fmt::format("this is the {} of process {}; --process PID shows that of {}", what,
                                     processText(*opened.profile, chosen), others));
}

struct Logs {
  LogsByProcess by_process;
  const char* what;  ///< they are called
};

/// Has `read` take the log of the process that is meant, and says what there is besides. An Error only if
/// that was cancelled.
template <class Read>
Result<void> joinMember(const Logs& logs, const ImportOptions& options, OpenedFile& opened, Read&& read) {
  const auto process = chosenLog(logs.by_process, options, *opened.profile);
  if (!process) {
    if (options.log_process) noteMissing(logs.by_process, logs.what, opened, *options.log_process);
    return {};
  }
  const std::string& name = logs.by_process.at(*process);
  const Result<void> taken = read(name);
  if (options.stop.stop_requested()) return readingCancelled();
  if (taken) {
    opened.members.push_back(name);
    noteOthers(logs.by_process, *process, logs.what, opened);
  } else {
    opened.notes.push_back(fmt::format("{} of the recording {}", name, taken.error().message));
  }
  return {};
}

}  // namespace

Result<void> joinMembers(bundle::Entries& recording, const std::string& path, const ImportOptions& options,
                         OpenedFile& opened) {
  const std::vector<std::string> names = recording.names();
  const jitlog::ReadOptions reading{.stop = options.stop, .progress = options.progress};
  auto read = joinMember(
      {logsOf(names, ".jit"), "JIT log"}, options, opened, [&](const std::string& name) -> Result<void> {
        auto forest =
            jitlog::readJitlog(jitlog::LogFile::openMember(recording, path, name, reading), reading);
        if (!forest) return forest.error();
        opened.jit = std::move(forest).value();
        return {};
      });
  if (!read) return read;
  return joinMember({logsOf(names, ".pypylog"), "PYPYLOG"}, options, opened,
                    [&](const std::string& name) -> Result<void> {
                      auto phases = pypylog::readPypylogMember(recording, path, name, options);
                      if (!phases) return phases.error();
                      placeOnProfilesClock(**phases, opened.profile->info());
                      opened.phases = std::move(phases).value();
                      return {};
                    });
}

Result<void> joinNeighbours(const std::string& path, const ImportOptions& options, OpenedFile& opened) {
  if (!opened.profile->info().interpreter.starts_with("PyPy")) return {};
  if (const auto log = neighbour(path, {".jit", ".jitlog"}); log && !opened.jit) {
    auto forest = jitlog::readJitlog(*log, {.stop = options.stop, .progress = options.progress});
    if (options.stop.stop_requested()) return readingCancelled();
    if (forest) {
      joinJitlog(*log, std::move(forest).value(), opened);
    } else {
      leaveAlone(*log, forest.error(), opened);
    }
  }
  if (const auto log = neighbour(path, {".pypylog"}); log && !opened.phases) {
    auto phases = pypylog::readPypylog(*log, options);
    if (options.stop.stop_requested()) return readingCancelled();
    if (!phases || (*phases)->phases.empty()) {
      leaveAlone(*log, phases ? Error{"is no PYPYLOG, or an empty one", ""} : phases.error(), opened);
    } else {
      joinPypylog(*log, std::move(phases).value(), opened);
    }
  }
  return {};
}

}  // namespace pyrometer
