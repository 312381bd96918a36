#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/run/live_run.h"
#include "daemon/server/held_profile.h"
#include "daemon/server/profile_cache.h"
#include "daemon/server/run_saver.h"
#include "daemon/support/file_stamp.h"
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

  int part = 1;                     ///< of `file`
  FileStamp stamp;                  ///< of `file` when it was read or written; of none while it runs
  std::uint64_t used = 0;           ///< when it was last looked at: greater is later
  std::optional<HeldProfile> away;  ///< while it is put away: what is known of it

  std::map<std::string, std::pair<std::optional<FileId>, std::size_t>>
      files;  ///< by path, as fileOf found them; how many were known
};

/// The profiles that are held, by id. For one thread.
///
/// What neither runs nor is selected is idle. The idle ones that were looked at last stay in memory, as many
/// as together need kMostIdleBytes; the others are put away, if their file is still the one they are of. Of
/// more than kMostHeld profiles the longest idle ones are let go altogether, if they can be opened again.
class ProfileStore {
 public:
  static constexpr std::size_t kMostIdleBytes = 256'000'000, kMostHeld = 100;
  /// The id that add() will give to the next one.
  HeldId next() const { return HeldId{last_ + 1}; }
  HeldId add(HeldEntry entry);
  /// Takes an id without holding anything: for a start that failed.
  void skip() { ++last_; }
  void erase(HeldId id) { entries_.erase(id); }
  /// Puts away and lets go what is too much; the ids of what was touched.
  std::vector<HeldId> tidy();
  void setMostIdleBytes(std::size_t bytes) { most_idle_bytes_ = bytes; }
  /// Notes that a profile was looked at.
  void use(HeldEntry& entry) { entry.used = ++uses_; }
  /// One of the same part of the same file, which has not changed since; in memory first.
  std::optional<HeldId> findSame(const FileStamp& stamp, int part) const;

  /// Null if it is not held.
  HeldEntry* find(HeldId id);
  const std::map<HeldId, HeldEntry>& entries() const { return entries_; }

  std::optional<HeldId> selected() const { return selected_; }
  void select(std::optional<HeldId> id) { selected_ = id; }

 private:
  std::map<HeldId, HeldEntry> entries_;
  std::optional<HeldId> selected_;
  std::uint32_t last_ = 0;
  std::uint64_t uses_ = 0;
  std::size_t most_idle_bytes_ = kMostIdleBytes;
};

/// About what a profile takes in memory.
std::size_t bytesOf(const Profile& profile);

std::shared_ptr<const Profile> snapshotOf(const HeldEntry& entry);
HeldProfile describe(HeldId id, const HeldEntry& entry, bool selected);

/// The file of a path in this profile; asked for again only when the profile knows more files.
std::optional<FileId> fileOf(HeldEntry& entry, const Profile& profile, const std::string& path);

}  // namespace pyrometer
