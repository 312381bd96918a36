#include "daemon/profile/sample_rows.h"

#include <algorithm>
#include <vector>

#include "daemon/profile/id_map.h"

namespace pyrometer {
namespace {

/// Index of the first of `n` for which `before` is false; `before` holds for a beginning of them.
template <class Before>
std::size_t partitionPoint(std::size_t n, Before before) {
  std::size_t low = 0;
  while (low < n) {
    const std::size_t middle = low + (n - low) / 2;
    if (before(middle)) {
      low = middle + 1;
    } else {
      n = middle;
    }
  }
  return low;
}

/// Sums rows and digests by (origin, stack); gives up once there are more entries than are worth keeping.
class DigestMaker {
 public:
  explicit DigestMaker(std::size_t limit) : limit_(limit) {}

  bool add(Origin origin, LeafId leaf, std::uint32_t count, std::uint64_t weight) {
    const std::uint64_t key = IdMap::key(origin, index(leaf));
    const auto [i, fresh] = map_.findOrAdd(key, static_cast<std::uint32_t>(sums_.size()));
    if (fresh) {
      if (sums_.size() == limit_) return false;
      sums_.push_back({key, count, weight});
    } else {
      sums_[i].count += count;
      sums_[i].weight += weight;
    }
    return true;
  }

  std::shared_ptr<const Digest> finish() {
    std::sort(sums_.begin(), sums_.end(), [](const Sum& a, const Sum& b) { return a.key < b.key; });
    auto digest = std::make_shared<Digest>();
    digest->entries.reserve(sums_.size());
    for (const Sum& sum : sums_) {
      const auto origin = static_cast<Origin>(sum.key >> 32);
      if (digest->groups.empty() || digest->groups.back().origin != origin) {
        digest->groups.push_back({origin, static_cast<std::uint32_t>(digest->entries.size())});
      }
      digest->entries.push_back({LeafId{static_cast<std::uint32_t>(sum.key)}, sum.count, sum.weight});
    }
    digest->groups.shrink_to_fit();
    return digest;
  }

 private:
  struct Sum {
    std::uint64_t key;
    std::uint32_t count;
    std::uint64_t weight;
  };
  std::size_t limit_;
  IdMap map_;
  std::vector<Sum> sums_;
};

/// The digest of the last full stretch of a level, made of smaller digests where they exist. Nothing if it
/// would be too large.
std::shared_ptr<const Digest> makeDigest(const SampleRows& rows, std::size_t level, std::size_t max_bytes) {
  const std::size_t length = SampleRows::stretchRows(level);
  const std::size_t begin = rows.size() - length;
  DigestMaker maker(std::min(length / SampleRows::kRowsPerEntry, max_bytes / sizeof(Digest::Entry)));
  const bool small = rows.cover(
      begin, rows.size(), level,
      [&](const Digest& digest) {
        for (std::size_t g = 0; g < digest.groups.size(); ++g) {
          for (std::size_t e = digest.groups[g].begin; e < digest.groupEnd(g); ++e) {
            const Digest::Entry& entry = digest.entries[e];
            if (!maker.add(digest.groups[g].origin, entry.leaf, entry.count, entry.weight)) return false;
          }
        }
        return true;
      },
      [&](std::size_t from, std::size_t to) {
        for (std::size_t row = from; row < to; ++row) {
          if (!maker.add(rows.origins()[row], rows.leaves()[row], 1, rows.weight(row))) return false;
        }
        return true;
      });
  return small ? maker.finish() : nullptr;
}

}  // namespace

std::uint64_t SampleRows::weight(std::size_t row) const {
  const std::uint32_t weight = weights_[row];
  return weight == kHeavy ? heavy_[firstHeavyAt(row)].weight : weight;
}

Sample SampleRows::sample(std::size_t row) const {
  return {.time = time(row),
          .weight = weight(row),
          .stack = stack(row),
          .thread = originThread(origins_[row]),
          .state = originState(origins_[row])};
}

std::size_t SampleRows::firstRowAt(std::int64_t time) const {
  if (times_.empty()) return time <= 0 ? 0 : size();
  return partitionPoint(size(), [&](std::size_t row) { return times_[row] < time; });
}

std::size_t SampleRows::firstHeavyAt(std::size_t row) const {
  return partitionPoint(heavy_.size(), [&](std::size_t i) { return heavy_[i].row < row; });
}

std::size_t SampleRows::bytes() const {
  std::size_t sum = times_.bytes() + weights_.bytes() + leaves_.bytes() + origins_.bytes() + heavy_.bytes();
  for (const auto& level : digests_) {
    sum += level.bytes();
    for (std::size_t i = 0; i < level.size(); ++i) sum += level[i] ? level[i]->bytes() : 0;
  }
  return sum;
}

void SampleColumns::append(const Sample& sample, LeafId leaf) {
  const std::size_t row = size();
  const std::int64_t time = row == 0 ? sample.time : std::max(sample.time, last_time_);
  if (time != 0 && times_.empty()) {
    for (std::size_t i = 0; i < row; ++i) times_.push_back(0);
  }
  if (time != 0 || !times_.empty()) times_.push_back(time);
  last_time_ = time;
  if (sample.weight < SampleRows::kHeavy) {
    weights_.push_back(static_cast<std::uint32_t>(sample.weight));
  } else {
    weights_.push_back(SampleRows::kHeavy);
    heavy_.push_back({row, sample.weight});
  }
  leaves_.push_back(leaf);
  origins_.push_back(packOrigin(sample.thread, sample.state));
  if (size() % SampleRows::stretchRows(0) == 0) digestFullStretches();
}

void SampleColumns::digestFullStretches() {
  for (std::size_t level = 0; level < SampleRows::kLevels; ++level) {
    if (size() % SampleRows::stretchRows(level) != 0) return;
    const std::size_t budget =
        static_cast<std::size_t>(static_cast<double>(size()) * SampleRows::kDigestBytesPerRow);
    auto digest = makeDigest(columns(), level, budget - std::min(budget, digest_bytes_));
    digest_bytes_ += digest ? digest->bytes() : 0;
    digests_[level].push_back(std::move(digest));
  }
}

SampleRows SampleColumns::view(const LeafTable& leaf_table) const {
  SampleRows rows = columns();
  rows.leaf_stacks_ = leaf_table.stacks().view();
  return rows;
}

SampleRows SampleColumns::columns() const {
  SampleRows rows;
  rows.times_ = times_.view();
  rows.weights_ = weights_.view();
  rows.leaves_ = leaves_.view();
  rows.origins_ = origins_.view();
  rows.heavy_ = heavy_.view();
  for (std::size_t level = 0; level < SampleRows::kLevels; ++level)
    rows.digests_[level] = digests_[level].view();
  return rows;
}

}  // namespace pyrometer
