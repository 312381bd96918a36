#include "daemon/server/profile_cache.h"

#include <algorithm>
#include <utility>

#include "daemon/server/source_file.h"

namespace pyrometer {
namespace {

bool same(const Filter& a, const Filter& b) {
  return a.from == b.from && a.to == b.to && a.processes == b.processes && a.threads == b.threads &&
         a.vm_states == b.vm_states && a.thread_states == b.thread_states;
}

}  // namespace

ProfileCache::Bytes ProfileCache::growth(const Profile& profile, bool complete, std::stop_token stop) {
  if (profile.memory().empty()) return nullptr;
  const std::scoped_lock lock(growth_mutex_);
  const bool newer = profile.sampleCount() > samples_ || profile.memory().size() > points_;
  if (bytes_ && !newer && (complete_ || !complete)) return bytes_;
  // An older snapshot than the last one gets the newer numbers.
  if (profile.sampleCount() < samples_) return bytes_;
  sum_.advance(profile, complete, stop);
  if (stop.stop_requested()) return bytes_;
  samples_ = profile.sampleCount();
  points_ = profile.memory().size();
  complete_ = complete;
  bytes_ = std::make_shared<const std::vector<std::uint64_t>>(sum_.bytes());
  return bytes_;
}

std::shared_ptr<const CallTree> ProfileCache::tree(const Profile& profile, const Filter& filter,
                                                   bool inverted, std::stop_token stop) {
  {
    const std::scoped_lock lock(trees_mutex_);
    const auto found = std::find_if(trees_.begin(), trees_.end(), [&](const Tree& tree) {
      return tree.samples == profile.sampleCount() && tree.inverted == inverted && same(tree.filter, filter);
    });
    if (found != trees_.end()) {
      trees_.splice(trees_.begin(), trees_, found);
      return found->tree;
    }
  }
  auto tree = std::make_shared<const CallTree>(callTree(profile, filter, inverted, stop));
  if (stop.stop_requested()) return tree;
  const std::scoped_lock lock(trees_mutex_);
  trees_.push_front({profile.sampleCount(), filter, inverted, tree});
  if (trees_.size() > kTrees) trees_.pop_back();
  return tree;
}

std::shared_ptr<const RunText> ProfileCache::text(const std::shared_ptr<const Profile>& profile,
                                                  FileId file) {
  const bool recorded = profile->findSource(file) != nullptr;
  const std::scoped_lock lock(texts_mutex_);
  const auto [found, fresh] = texts_.try_emplace(file);
  Text& known = found->second;
  if (fresh || (recorded && !known.recorded)) known = {runTextOf(profile, file), recorded};
  return known.text;
}

std::shared_ptr<const LineMap> ProfileCache::onDisk(const std::shared_ptr<const Profile>& profile,
                                                    FileId file) {
  const Source* source = profile->findSource(file);
  const auto path = pathOf(*profile, file);
  if (source == nullptr || !path) return nullptr;
  const std::string_view recorded = profile->string(source->text);
  return on_disk_.find(*path, recorded, [&] { return text(profile, file); });
}

}  // namespace pyrometer
