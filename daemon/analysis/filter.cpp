#include "daemon/analysis/filter.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pyrometer {
namespace {

/// A filter by thread and state, as two lookups.
class OriginSet {
 public:
  OriginSet(const Profile& profile, const Filter& filter)
      : all_(filter.processes.empty() && filter.threads.empty() && filter.vm_states.empty() &&
             filter.thread_states.empty()) {
    for (const bool passes : threadsOf(profile, filter)) threads_.push_back(passes ? 1 : 0);
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const SampleState state = SampleState::unpack(static_cast<std::uint8_t>(i));
      states_[i] = lets(filter.vm_states, state.vm) && lets(filter.thread_states, state.thread) ? 1 : 0;
    }
  }

  bool hasAll() const { return all_; }
  bool has(Origin origin) const { return (threads_[origin >> 8] & states_[origin & 0xff]) != 0; }

 private:
  template <class State>
  static bool lets(const std::vector<State>& states, State state) {
    return states.empty() || std::find(states.begin(), states.end(), state) != states.end();
  }

  bool all_;
  std::vector<std::uint8_t> threads_;
  std::array<std::uint8_t, 256> states_{};
};

void addDigest(const Digest& digest, const OriginSet& origins, std::vector<StackWeight>& sums) {
  for (std::size_t g = 0; g < digest.groups.size(); ++g) {
    if (!origins.has(digest.groups[g].origin)) continue;
    for (std::size_t e = digest.groups[g].begin; e < digest.groupEnd(g); ++e) {
      const Digest::Entry& entry = digest.entries[e];
      sums[index(entry.leaf)] += {entry.count, entry.weight};
    }
  }
}

void addRows(const SampleRows& rows, std::size_t begin, std::size_t end, const OriginSet& origins,
             std::vector<StackWeight>& sums) {
  constexpr std::size_t kChunk = AppendOnly<LeafId>::kChunk;
  std::array<std::uint16_t, kChunk> passing;
  for (std::size_t row = begin; row < end;) {
    const std::size_t chunk = row / kChunk, first = row % kChunk;
    const std::size_t last = std::min(kChunk, first + (end - row));
    const auto from = rows.origins().chunk(chunk);
    const auto leaves = rows.leaves().chunk(chunk);
    const auto weights = rows.weights().chunk(chunk);
    if (origins.hasAll()) {
      for (std::size_t i = first; i < last; ++i) sums[index(leaves[i])] += {1, weights[i]};
    } else {
      // In two steps: a branch that goes either way at random would cost more than both.
      std::size_t passed = 0;
      for (std::size_t i = first; i < last; ++i) {
        passing[passed] = static_cast<std::uint16_t>(i);
        passed += origins.has(from[i]) ? 1 : 0;
      }
      for (std::size_t k = 0; k < passed; ++k) {
        const std::size_t i = passing[k];
        sums[index(leaves[i])] += {1, weights[i]};
      }
    }
    row += last - first;
  }
  // The few whose weight did not fit the column.
  for (std::size_t i = rows.firstHeavyAt(begin); i < rows.heavy().size() && rows.heavy()[i].row < end; ++i) {
    const SampleRows::Heavy& heavy = rows.heavy()[i];
    if (!origins.has(rows.origins()[heavy.row])) continue;
    sums[index(rows.leaves()[heavy.row])].weight += heavy.weight - SampleRows::kHeavy;
  }
}

}  // namespace

std::vector<bool> threadsOf(const Profile& profile, const Filter& filter) {
  std::vector<bool> threads(profile.threads().size(), filter.threads.empty());
  for (const ThreadId thread : filter.threads) {
    if (index(thread) < threads.size()) threads[index(thread)] = true;
  }
  if (filter.processes.empty()) return threads;
  for (std::size_t i = 0; i < threads.size(); ++i) {
    const ProcessId process = profile.threads()[i].process;
    if (std::find(filter.processes.begin(), filter.processes.end(), process) == filter.processes.end())
      threads[i] = false;
  }
  return threads;
}

std::vector<StackWeight> leafWeights(const Profile& profile, const Filter& filter, std::stop_token stop) {
  const SampleRows& rows = profile.rows();
  std::vector<StackWeight> sums(rows.leafStacks().size());
  if (filter.empty()) {
    for (std::uint32_t i = 0; i < sums.size(); ++i) sums[i] = profile.leafWeight(LeafId{i});
    return sums;
  }
  const std::size_t begin = filter.from ? rows.firstRowAt(*filter.from) : 0;
  const std::size_t end = filter.to ? rows.firstRowAt(*filter.to) : rows.size();
  const OriginSet origins(profile, filter);
  rows.cover(
      begin, end, SampleRows::kLevels,
      [&](const Digest& digest) {
        addDigest(digest, origins, sums);
        return !stop.stop_requested();
      },
      [&](std::size_t from, std::size_t to) {
        addRows(rows, from, to, origins, sums);
        return !stop.stop_requested();
      });
  return sums;
}

std::vector<Profile::StackWeight> stackWeights(const Profile& profile, const Filter& filter,
                                               std::stop_token stop) {
  std::vector<StackWeight> sums(profile.stacks().size());
  const auto leaves = leafWeights(profile, filter, std::move(stop));
  for (std::size_t i = 0; i < leaves.size(); ++i) sums[index(profile.rows().leafStacks()[i])] = leaves[i];
  return sums;
}

ViewSums viewSums(const Profile& profile, const Filter& filter, std::stop_token stop) {
  if (filter.empty()) {
    return {.all = {profile.sampleCount(), profile.totalWeight()},
            .importing = {profile.importSamples(), profile.importTime()}};
  }
  ViewSums view;
  const auto weights = leafWeights(profile, filter, std::move(stop));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    view.all += weights[i];
    if (profile.stack(profile.rows().leafStacks()[i]).importing()) view.importing += weights[i];
  }
  return view;
}

}  // namespace pyrometer
