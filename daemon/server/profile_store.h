#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/run/live_run.h"
#include "daemon/server/held_profile.h"
#include "daemon/server/profile_cache.h"
#include "daemon/server/run_saver.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What the server holds of one profile.
struct HeldEntry {
  HeldState state = HeldState::kFile;
  std::unique_ptr<LiveRun> run;            ///< while it runs
  std::shared_ptr<const Profile> profile;  ///< the last known; for a run that goes on: ask snapshotOf
  std::shared_ptr<ProfileCache> cache = std::make_shared<ProfileCache>();
  std::string file, message, title;
  std::vector<std::string> notes;
  std::optional<int> exit_status;

  std::map<std::string, std::pair<std::optional<FileId>, std::size_t>>
      files;  ///< by path, as fileOf found them; how many were known
};

/// The profiles that are held, by id. For one thread.
class ProfileStore {
 public:
  /// The id that add() will give to the next one.
  HeldId next() const { return HeldId{last_ + 1}; }
  HeldId add(HeldEntry entry);
  /// Takes an id without holding anything: for a start that failed.
  void skip() { ++last_; }
  void erase(HeldId id) { entries_.erase(id); }

  /// Null if it is not held.
  HeldEntry* find(HeldId id);
  const std::map<HeldId, HeldEntry>& entries() const { return entries_; }

  std::optional<HeldId> selected() const { return selected_; }
  void select(std::optional<HeldId> id) { selected_ = id; }

 private:
  std::map<HeldId, HeldEntry> entries_;
  std::optional<HeldId> selected_;
  std::uint32_t last_ = 0;
};

std::shared_ptr<const Profile> snapshotOf(const HeldEntry& entry);
HeldProfile describe(HeldId id, const HeldEntry& entry, bool selected);

/// The file of a path in this profile; asked for again only when the profile knows more files.
std::optional<FileId> fileOf(HeldEntry& entry, const Profile& profile, const std::string& path);

}  // namespace pyrometer
