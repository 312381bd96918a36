#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "daemon/profile/append_only.h"
#include "daemon/profile/digest.h"
#include "daemon/profile/leaf_table.h"
#include "daemon/profile/tables.h"

namespace pyrometer {

/// The samples of a snapshot: columns, and digests over stretches of them. Read-only, for any thread.
///
/// Stretches come in levels; a digest is kept where it is small beside its rows (at most an entry for
/// kRowsPerEntry of them) and all digests together stay under kDigestBytesPerRow.
///
///   level 2   |------------------------------- 4 194 304 rows -------------------------------| ...
///   level 1   |-- 524 288 --|-- 524 288 --| ...
///   level 0   |65 536|65 536| ...                                     then up to 65 535 rows without any
class SampleRows {
 public:
  static constexpr std::size_t kLevels = 3;
  static constexpr std::size_t kRowsPerEntry = 8;
  static constexpr double kDigestBytesPerRow = 3.5;
  static constexpr std::size_t stretchRows(std::size_t level) { return std::size_t{65536} << (3 * level); }

  /// A weight that did not fit the column, which has kHeavy there.
  struct Heavy {
    std::size_t row = 0;
    std::uint64_t weight = 0;
  };
  static constexpr std::uint32_t kHeavy = UINT32_MAX;

  std::size_t size() const { return leaves_.size(); }
  /// False while every sample had time 0: then there is no column for it.
  bool hasTimes() const { return !times_.empty(); }
  std::int64_t time(std::size_t row) const { return times_.empty() ? 0 : times_[row]; }
  std::uint64_t weight(std::size_t row) const;
  Sample sample(std::size_t row) const;
  /// The first row at or after `time`: rows are in order of time. size() if there is none.
  std::size_t firstRowAt(std::int64_t time) const;

  /// By row.
  const ColumnView<LeafId>& leaves() const { return leaves_; }
  const ColumnView<Origin>& origins() const { return origins_; }
  const ColumnView<std::uint32_t>& weights() const { return weights_; }
  /// The stack of a leaf, by LeafId.
  const ColumnView<StackId>& leafStacks() const { return leaf_stacks_; }
  StackId stack(std::size_t row) const { return leaf_stacks_[index(leaves_[row])]; }
  const ColumnView<Heavy>& heavy() const { return heavy_; }
  /// First of heavy() at or after a row.
  std::size_t firstHeavyAt(std::size_t row) const;

  /// The digest of a stretch, or nothing where none was kept or the stretch is not full yet.
  const Digest* digest(std::size_t level, std::size_t stretch) const {
    return stretch < digests_[level].size() ? digests_[level][stretch].get() : nullptr;
  }

  /// Covers rows [begin, end) from the left by the largest digests below `levels` that fit: calls
  /// onDigest(digest) or onRows(begin, end); these ranges end at multiples of stretchRows(0). Both return
  /// false to stop.
  template <class OnDigest, class OnRows>
  bool cover(std::size_t begin, std::size_t end, std::size_t levels, OnDigest&& on_digest,
             OnRows&& on_rows) const;

  /// Memory of columns and digests.
  std::size_t bytes() const;

 private:
  friend class SampleColumns;
  ColumnView<std::int64_t> times_;
  ColumnView<std::uint32_t> weights_;
  ColumnView<LeafId> leaves_;
  ColumnView<StackId> leaf_stacks_;
  ColumnView<Origin> origins_;
  ColumnView<Heavy> heavy_;
  std::array<ColumnView<std::shared_ptr<const Digest>>, kLevels> digests_;
};

/// The writer's side: columns that grow. A sample takes 20 bytes, 12 while no sample had a time.
class SampleColumns {
 public:
  /// Clamps a time that goes back to the last one's.
  void append(const Sample& sample, LeafId leaf);
  std::size_t size() const { return leaves_.size(); }
  SampleRows view(const LeafTable& leaf_table) const;

 private:
  SampleRows columns() const;
  void digestFullStretches();

  AppendOnly<std::int64_t> times_;
  AppendOnly<std::uint32_t> weights_;
  AppendOnly<LeafId> leaves_;
  AppendOnly<Origin> origins_;
  AppendOnly<SampleRows::Heavy> heavy_;
  std::array<AppendOnly<std::shared_ptr<const Digest>>, SampleRows::kLevels> digests_;
  std::size_t digest_bytes_ = 0;
  std::int64_t last_time_ = 0;
};

template <class OnDigest, class OnRows>
bool SampleRows::cover(std::size_t begin, std::size_t end, std::size_t levels, OnDigest&& on_digest,
                       OnRows&& on_rows) const {
  while (begin < end) {
    const Digest* found = nullptr;
    for (std::size_t level = levels; level-- > 0 && !found;) {
      const std::size_t rows = stretchRows(level);
      if (begin % rows != 0 || end - begin < rows) continue;
      found = digest(level, begin / rows);
      if (!found) continue;
      if (!on_digest(*found)) return false;
      begin += rows;
    }
    if (found) continue;
    const std::size_t stop = std::min(end, (begin / stretchRows(0) + 1) * stretchRows(0));
    if (!on_rows(begin, stop)) return false;
    begin = stop;
  }
  return true;
}

}  // namespace pyrometer
