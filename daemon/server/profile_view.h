#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/analysis/call_tree.h"
#include "daemon/analysis/flame.h"
#include "daemon/analysis/functions.h"
#include "daemon/analysis/interval.h"
#include "daemon/analysis/timeline.h"
#include "daemon/server/held_profile.h"
#include "daemon/server/open_file.h"
#include "daemon/support/result.h"

namespace pyrometer {

class ProfileCache;

/// A function as a list shows it.
struct FunctionPlace {
  FunctionId function{};
  std::string name;                ///< qualified
  std::optional<std::string> uri;  ///< of its file, if it has one
  std::optional<std::uint32_t>
      line;           ///< its first, from 0, where it is now; none if unknown or no more there
  bool user = false;  ///< the user's own code
  bool native = false;
};

enum class TableOrder : std::uint8_t { kSelf, kTotal };

struct FunctionsQuestion {
  Filter filter = {};
  TableOrder order = TableOrder::kSelf;
  std::string search = {};  ///< part of a name or file, upper and lower case (of ASCII) alike
  std::size_t offset = 0, limit = 100;
};
struct FunctionPage {
  struct Row {
    FunctionPlace place;
    Counters counters;
    Interval self, total;  ///< of the shares of self and total time
  };
  std::size_t count = 0;  ///< rows on all pages
  StackWeight all;        ///< samples and ns in the view
  std::vector<Row> rows;
};

struct TreeQuestion {
  Filter filter = {};
  bool inverted = false;
  std::vector<FunctionId> path = {};  ///< from the root (inverted: the leaf) to the node asked about
  std::size_t offset = 0, limit = 100;
};
struct TreePage {
  struct Row {
    FunctionPlace place;
    std::uint64_t self = 0, total = 0, self_time = 0, total_time = 0;
    std::size_t children = 0;
  };
  std::size_t count = 0;  ///< children on all pages
  StackWeight all;        ///< samples and ns in the view
  std::vector<Row> rows;  ///< most time first
};

struct FlameQuestion {
  Filter filter = {};
  bool inverted = false;
  std::vector<FunctionId> path = {};
  std::uint32_t width = 1200, depth = 200;
};
struct FlamePicture {
  Flame flame;
  std::vector<FunctionPlace> places;  ///< by Flame::functions
};

/// One side of the call hierarchy: a caller or a callee, with what passed through the pair.
struct CallPartner {
  FunctionPlace place;
  std::uint64_t samples = 0, time = 0;
  double share = 0;                  ///< of the function asked about: of its total time
  std::vector<std::uint32_t> sites;  ///< lines (from 0, as now) in the calling function where the call is
};

struct HotPlace {
  std::string uri;
  std::uint32_t line = 0;  ///< from 0, where it is now
  double share = 0;
  std::string text;  ///< as it ran, without indentation; empty if unknown
};

struct ExportedFile {
  std::string path;
  std::vector<std::string> notes;  ///< what the format cannot hold, as sentences
};

/// One profile, and questions to it. Taken from Server::view on the strand; a value that holds a snapshot, so
/// every question may be asked on any thread, also after the profile was closed. Answers are of no use once
/// the stop token was pulled. Ids of functions come from the wire: pass them through functionOf.
class ProfileView {
 public:
  const HeldProfile& held() const { return held_; }
  HeldId id() const { return held_.id; }
  const Profile& profile() const { return *held_.profile; }

  /// A function's number from outside; an Error if this profile has no such function.
  Result<FunctionId> functionOf(std::uint64_t number) const;
  /// May read the file, the first time and when it has changed.
  FunctionPlace placeOf(FunctionId function) const;

  FunctionPage functions(const FunctionsQuestion& question, std::stop_token stop = {}) const;
  /// An Error if the path leads nowhere.
  Result<TreePage> callTree(const TreeQuestion& question, std::stop_token stop = {}) const;
  Result<FlamePicture> flame(const FlameQuestion& question, std::stop_token stop = {}) const;
  /// Window and slots as in timeline() of the analysis room; left out: the whole run.
  Timeline timeline(std::optional<std::int64_t> from, std::optional<std::int64_t> to, std::size_t slots,
                    std::stop_token stop = {}) const;

  /// Most time first.
  std::vector<CallPartner> callers(FunctionId function, std::stop_token stop = {}) const;
  std::vector<CallPartner> callees(FunctionId function, std::stop_token stop = {}) const;

  /// The hottest line of the user's code, if anything was charged to one.
  std::optional<HotPlace> hottestLine() const;

  /// Writes the profile to a file (an absolute path; what is there is replaced, whole or not at all). An
  /// Error for an unknown format (it names the known ones), for the recording itself as target, and for what
  /// the system says.
  Result<ExportedFile> exportTo(const std::string& format, const std::string& path) const;

 private:
  friend class Server;
  friend class DocumentView;
  using Sites = std::map<FunctionId, std::set<std::uint32_t>>;

  /// Where a file's lines are now: as it is open in the editor, else as it is on disk.
  struct FileNow {
    std::optional<std::string> uri;
    std::shared_ptr<const LineMap> map;  ///< null: lines are where they were
    /// From 1 to 0; nullopt: not known, or no more there.
    std::optional<std::uint32_t> line(std::uint32_t run_line) const;
  };
  FileNow nowOf(FileId file) const;
  std::vector<CallPartner> partners(FunctionId function, const std::vector<CallEdge>& edges,
                                    const Sites& sites, bool callers) const;

  HeldProfile held_;
  std::shared_ptr<ProfileCache> cache_;
  std::shared_ptr<const OpenFiles> open_;
  bool my_code_ = true;
};

}  // namespace pyrometer
