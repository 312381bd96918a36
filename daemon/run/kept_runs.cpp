#include "daemon/run/kept_runs.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/importers/registry.h"
#include "daemon/run/recording_folder.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

constexpr std::string_view kBundleEnding = ".pyrometer";

std::vector<std::string> namesIn(const std::string& folder) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(folder.c_str()), closedir);
  if (!directory) return names;
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> makeFolder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (mkdir(path.c_str(), 0700) == 0) return {};
  struct stat status {};
  if (errno == EEXIST && stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return Error{systemErrorText(errno), path};
}

bool hasSamples(const std::string& recording, const std::stop_token& stop) {
  const auto profile = readProfile(recording, {.stop = stop});
  return profile && profile.value()->sampleCount() > 0;
}

}  // namespace

Result<KeptRuns> KeptRuns::open() {
  std::string folder;
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  if (state != nullptr && *state == '/') {
    folder = state;
  } else if (home != nullptr && *home == '/') {
    folder = std::string(home) + "/.local/state";
  } else {
    return Error{
        "neither XDG_STATE_HOME nor HOME is set, so there is no place to keep runs; name a file with -o", {}};
  }
  std::uint64_t limit = kDefaultLimit;
  if (const char* text = std::getenv(kLimitVariable); text != nullptr && *text != '\0') {
    const char* end = text + std::strlen(text);
    const auto parsed = std::from_chars(text, end, limit);
    if (parsed.ec != std::errc() || parsed.ptr != end) {
      return Error{"is not a number of bytes: " + std::string(text), kLimitVariable};
    }
  }
  return openAt(folder + "/pyrometer", limit);
}

Result<KeptRuns> KeptRuns::openAt(const std::string& folder, std::uint64_t limit) {
  KeptRuns kept(folder, limit);
  for (const std::string& path : {folder, kept.recordings_, kept.runs_}) {
    if (const auto made = makeFolder(path); !made) return made.error();
  }
  return kept;
}

KeptRuns::KeptRuns(const std::string& folder, std::uint64_t limit)
    : recordings_(folder + "/recordings"), runs_(folder + "/runs"), limit_(limit) {}

std::vector<std::string> KeptRuns::namesFor(const std::string& recording) const {
  const std::string name = recording.substr(recording.rfind('/') + 1);
  // Without its random end: NAME-DATE-XXXXXX.
  const std::size_t dash = name.rfind('-');
  std::vector<std::string> names;
  if (dash != std::string::npos && dash > 0) names.push_back(runs_ + "/" + name.substr(0, dash));
  names.push_back(runs_ + "/" + name);
  return names;
}

Result<std::string> KeptRuns::keep(const std::string& recording, std::stop_token stop) {
  for (const std::string& name : namesFor(recording)) {
    const std::string target = name + std::string(kBundleEnding);
    if (access(target.c_str(), F_OK) == 0) continue;
    const auto packed = bundle::packUnlessTaken(recording, target, stop);
    if (!packed) return packed.error();
    // Somebody else was faster, and packing again costs less than a lock that everybody waits for.
    if (!*packed) continue;
    removeRecording(recording);
    removeOldest(target);
    return target;
  }
  return Error{"there are bundles of this recording's names already", recording};
}

std::string KeptRuns::bundleOf(const std::string& recording) const {
  // Its own name first: the other one may be that of another run in the same second.
  const std::vector<std::string> names = namesFor(recording);
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const std::string target = *name + std::string(kBundleEnding);
    if (access(target.c_str(), F_OK) == 0) return target;
  }
  return {};
}

std::vector<std::string> KeptRuns::recoverLeft(const std::stop_token& stop, const OnRecovery& on_begin) {
  std::vector<std::string> recovered;
  for (const std::string& name : namesIn(recordings_)) {
    if (stop.stop_requested()) break;
    const std::string path = recordings_ + "/" + name;
    const auto lock = RecordingLock::tryTake(path);
    // Another process may have finished it between the listing and the lock.
    if (!lock || access(path.c_str(), F_OK) != 0) continue;
    if (on_begin) on_begin(name);
    const bool worth_keeping = hasSamples(path, stop);
    if (stop.stop_requested()) break;
    if (!worth_keeping) {
      removeRecording(path);
    } else if (auto kept = keep(path, stop)) {
      recovered.push_back(std::move(kept).value());
    }
  }
  return recovered;
}

void KeptRuns::removeOldest(const std::string& except) {
  struct Run {
    std::string path;
    std::int64_t time;
    std::uint64_t size;
  };
  std::vector<Run> runs;
  std::uint64_t sum = 0;
  for (const std::string& name : namesIn(runs_)) {
    struct stat status {};
    const std::string path = runs_ + "/" + name;
    if (!name.ends_with(kBundleEnding) || lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode))
      continue;
    sum += static_cast<std::uint64_t>(status.st_size);
    runs.push_back({path, status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec,
                    static_cast<std::uint64_t>(status.st_size)});
  }
  std::sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.time < b.time; });
  for (const Run& run : runs) {
    if (sum <= limit_) return;
    if (run.path == except || unlink(run.path.c_str()) != 0) continue;
    sum -= run.size;
  }
}

void removeRecording(const std::string& recording) {
  std::error_code error;
  std::filesystem::remove_all(recording, error);
}

}  // namespace pyrometer
