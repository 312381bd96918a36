#include "daemon/server/profile_store.h"

#include <fmt/format.h>

#include <utility>

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
        fmt::format("{} samples have a frame whose code could not be described; it is shown as unknown code",
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

std::shared_ptr<const Profile> snapshotOf(const HeldEntry& entry) {
  return entry.run ? entry.run->snapshot() : entry.profile;
}

HeldProfile describe(HeldId id, const HeldEntry& entry, bool selected) {
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
  if (entry.state == HeldState::kFile && info.finished && info.format == kOwnFormat) {
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
