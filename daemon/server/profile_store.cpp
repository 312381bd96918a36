#include "daemon/server/profile_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "daemon/profile/thread_title.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

constexpr std::string_view kOwnFormat = "pyrometer";

std::string commandOf(const RunInfo& info) {
  if (!info.command.empty()) return info.command;
  std::string words;
  for (const std::string& word : info.argv) words += (words.empty() ? "" : " ") + word;
  return words;
}

/// What the reader should know besides the notes that are recorded.
void addNotes(const Profile& profile, std::vector<std::string>& notes) {
  const RunInfo& info = profile.info();
  if (!info.damage.empty()) {
    const Damage& first = info.damage.front();
    notes.push_back(
        info.damage.size() == 1
            ? fmt::format("part of the file could not be read: byte {}: {}", first.offset, first.what)
            : fmt::format("{} parts of the file could not be read, the first at byte {}: {}",
                          countText(info.damage.size()), first.offset, first.what));
  }
  if (info.unknown_code_samples != 0) {
    notes.push_back(
        fmt::format("code that could not be described is shown as unknown code: in {} of the samples",
                    countText(info.unknown_code_samples)));
  }
}

}  // namespace

HeldId ProfileStore::add(HeldEntry entry) {
  const HeldId id = next();
  ++last_;
  entries_.emplace(id, std::move(entry));
  return id;
}

HeldEntry* ProfileStore::find(HeldId id) {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

std::optional<HeldId> ProfileStore::findSame(const FileStamp& stamp, int part) const {
  std::optional<HeldId> same;
  for (const auto& [id, entry] : entries_) {
    if (!stamp.exists() || entry.stamp != stamp || entry.part != part) continue;
    same = id;
    if (!entry.away) break;
  }
  return same;
}

std::vector<HeldId> ProfileStore::tidy() {
  std::vector<std::map<HeldId, HeldEntry>::iterator> idle;
  for (auto each = entries_.begin(); each != entries_.end(); ++each) {
    if (!each->second.run && selected_ != each->first) idle.push_back(each);
  }
  std::ranges::sort(idle, std::greater(), [](const auto& each) { return each->second.used; });
  std::vector<HeldId> touched;
  std::size_t bytes = 0;
  for (const auto& each : idle) {
    auto& [id, entry] = *each;
    if (entry.away) continue;
    bytes += bytesOf(*entry.profile);
    if (bytes <= most_idle_bytes_ || !entry.stamp.exists() || FileStamp::of(entry.file) != entry.stamp)
      continue;
    bytes -= bytesOf(*entry.profile);
    HeldProfile away = describe(id, entry, false);
    away.facts = std::make_shared<const ProfileFacts>(factsOf(*entry.profile));
    away.profile.reset();
    entry.away = std::move(away);
    entry.profile.reset();
    entry.files.clear();
    entry.cache = std::make_shared<ProfileCache>();
    touched.push_back(id);
  }
  for (; entries_.size() > kMostHeld && !idle.empty(); idle.pop_back()) {
    if (!idle.back()->second.stamp.exists()) continue;
    touched.push_back(idle.back()->first);
    entries_.erase(idle.back());
  }
  return touched;
}

std::size_t bytesOf(const Profile& profile) {
  std::size_t bytes = profile.sampleBytes() + profile.memory().size() * sizeof(MemoryPoint);
  bytes += profile.stacks().size() * (sizeof(StackNode) + sizeof(std::uint32_t));
  bytes += profile.frames().size() * sizeof(Frame);
  bytes += profile.lines().size() * (sizeof(Line) + sizeof(Counters));
  bytes += profile.functions().size() * (sizeof(Function) + sizeof(Counters));
  for (std::size_t i = 0; i < profile.sources().size(); ++i) {
    bytes += profile.string(profile.sources()[i].text).size();
  }
  return bytes;
}

ProfileFacts factsOf(const Profile& profile) {
  ProfileFacts facts{.info = profile.info(),
                     .samples = profile.sampleCount(),
                     .sampled_time = profile.totalWeight(),
                     .import_time = profile.importTime(),
                     .processes = {},
                     .threads = {}};
  for (std::size_t i = 0; i < profile.processes().size(); ++i) {
    const Process& process = profile.processes()[i];
    facts.processes.push_back({.row = process, .command = std::string(profile.string(process.command))});
  }
  for (std::size_t i = 0; i < profile.threads().size(); ++i) {
    const Thread& thread = profile.thread(static_cast<ThreadId>(i));
    facts.threads.push_back({.name = threadTitle(profile, thread),
                             .tid = thread.tid,
                             .pid = profile.process(thread.process).pid});
  }
  return facts;
}

std::shared_ptr<const Profile> snapshotOf(const HeldEntry& entry) {
  return entry.run ? entry.run->snapshot() : entry.profile;
}

HeldProfile describe(HeldId id, const HeldEntry& entry, bool selected) {
  if (entry.away) return *entry.away;
  HeldProfile held;
  held.id = id;
  held.state = entry.state;
  held.selected = selected;
  held.title = entry.title;
  held.file = entry.file;
  held.profile = snapshotOf(entry);
  const RunInfo& info = held.profile->info();
  held.command = commandOf(info);
  if (info.true_weights && held.profile->totalWeight() != 0) {
    held.rate_hz = static_cast<double>(held.profile->sampleCount()) * 1e9 /
                   static_cast<double>(held.profile->totalWeight());
  }
  for (const std::uint64_t drops : info.drops) held.dropped += drops;
  held.exit_status = entry.exit_status;
  // Files of other formats do not know how their program ended.
  if (entry.state == HeldState::kFile && info.finished && !info.attached && info.format == kOwnFormat) {
    held.exit_status = exitStatusOf(info.exit_status);
  }
  held.notes = info.notes;
  addNotes(*held.profile, held.notes);
  held.notes.insert(held.notes.end(), entry.notes.begin(), entry.notes.end());
  held.message = entry.message;
  return held;
}

std::optional<FileId> fileOf(HeldEntry& entry, const Profile& profile, const std::string& path) {
  constexpr std::size_t kMostPaths = 10'000;
  if (entry.files.size() >= kMostPaths) entry.files.clear();
  auto& [file, known] = entry.files[path];
  if (!file && known != profile.files().size()) {
    file = profile.findFile(path);
    known = profile.files().size();
  }
  return file;
}

}  // namespace pyrometer
