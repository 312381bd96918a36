#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "daemon/analysis/call_tree.h"
#include "daemon/analysis/memory_growth.h"
#include "daemon/server/documents/line_map.h"
#include "daemon/server/lines_on_disk.h"

namespace pyrometer {

/// What answers to questions about one held profile have in common and would be long to make again: growth of
/// memory by line, texts of sources, and the call trees that were asked about last (a tree is opened node by
/// node). Any thread.
class ProfileCache {
 public:
  using Bytes = std::shared_ptr<const std::vector<std::uint64_t>>;
  /// `complete`: the profile will not grow. By LineId; lines behind its end have none. Null where no memory
  /// was recorded. What is new in the snapshot since the last call is what it costs.
  Bytes growth(const Profile& profile, bool complete, std::stop_token stop = {});

  std::shared_ptr<const CallTree> tree(const Profile& profile, const Filter& filter, bool inverted,
                                       std::stop_token stop = {});

  /// As runTextOf() has it, made once; again when the text turns out to have been recorded.
  std::shared_ptr<const RunText> text(const std::shared_ptr<const Profile>& profile, FileId file);

  /// Where a file's lines are on disk now; null: where they were.
  std::shared_ptr<const LineMap> onDisk(const std::shared_ptr<const Profile>& profile, FileId file);

 private:
  struct Text {
    std::shared_ptr<const RunText> text;
    bool recorded = false;
  };
  struct Tree {
    std::size_t samples;
    Filter filter;
    bool inverted;
    std::shared_ptr<const CallTree> tree;
  };
  static constexpr std::size_t kTrees = 4;

  std::mutex growth_mutex_, trees_mutex_, texts_mutex_;
  MemoryGrowthSum sum_;
  Bytes bytes_;
  std::size_t samples_ = 0, points_ = 0;
  bool complete_ = false;
  std::list<Tree> trees_;  ///< the last one asked for first
  std::map<FileId, Text> texts_;
  LinesOnDisk on_disk_;
};

}  // namespace pyrometer
