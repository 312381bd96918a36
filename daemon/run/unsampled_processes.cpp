#include "daemon/run/unsampled_processes.h"

#include <algorithm>

#include "daemon/run/elf_image.h"

namespace pyrometer {

namespace {

constexpr std::size_t kMostNamed = 5;
constexpr std::size_t kMostPids = 20;
constexpr std::size_t kMostLookedInto = 1000;
constexpr std::size_t kLongestCommand = 200;

bool looksLikePython(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  if (name.starts_with("python") || name.starts_with("pypy")) return true;
  const auto image = readElfImage(path);
  if (!image || !image.value()) return false;
  const ElfImage& elf = **image;
  return elf.has_runtime || elf.has_python_api || elf.has_pypy ||
         std::any_of(elf.needed.begin(), elf.needed.end(), [](const std::string& library) {
           return library.starts_with("libpython") || library.starts_with("libpypy");
         });
}

}  // namespace

void UnsampledProcesses::add(const std::string& command, const std::string& why) {
  ++count_;
  const std::string shown =
      command.size() <= kLongestCommand ? command : command.substr(0, kLongestCommand) + "...";
  const auto known = std::find_if(kinds_.begin(), kinds_.end(),
                                  [&](const Kind& kind) { return kind.command == shown && kind.why == why; });
  if (known != kinds_.end()) {
    ++known->count;
  } else if (kinds_.size() < kMostNamed) {
    kinds_.push_back({shown, why, 1});
  }
}

std::string UnsampledProcesses::note() const {
  if (count_ == 0) return {};
  std::string text = count_ == 1
                         ? "A Python process that was started was not sampled: "
                         : std::to_string(count_) + " Python processes that were started were not sampled: ";
  std::size_t named = 0;
  for (const Kind& kind : kinds_) {
    if (named != 0) text += "; ";
    text += kind.command + " (" + kind.why + ")";
    if (kind.count > 1) text += ", " + std::to_string(kind.count) + " times";
    named += kind.count;
  }
  if (named < count_) text += "; and " + std::to_string(count_ - named) + " more";
  return text + ".";
}

void UnsampledProcesses::addEnded(std::int32_t pid) {
  ++ended_count_;
  if (pid != 0 && ended_named_.size() < kMostPids) ended_named_.push_back(pid);
}

std::string UnsampledProcesses::noteOfEnded() const {
  if (ended_count_ == 0) return {};
  std::string text = ended_count_ == 1 ? "A forked process ended before it could be sampled"
                                       : std::to_string(ended_count_) +
                                             " forked processes ended before they could be sampled";
  const std::size_t unnamed = ended_count_ - ended_named_.size();
  for (std::size_t i = 0; i < ended_named_.size(); ++i) {
    const bool last = i + 1 == ended_named_.size() && unnamed == 0;
    text += i == 0 ? ": " : last ? " and " : ", ";
    text += std::to_string(ended_named_[i]);
  }
  if (unnamed != 0 && !ended_named_.empty()) text += " and " + std::to_string(unnamed) + " more";
  return text + ".";
}

bool UnsampledProcesses::isPython(const std::string& path) {
  const auto known = looked_into_.find(path);
  if (known != looked_into_.end()) return known->second;
  const bool is = looksLikePython(path);
  if (looked_into_.size() < kMostLookedInto) looked_into_[path] = is;
  return is;
}

}  // namespace pyrometer
