#include "daemon/importers/bundle/bundle_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/manifest.h"
#include "daemon/importers/damage.h"
#include "daemon/importers/samplestream/samplestream.h"
#include "daemon/support/utf.h"

namespace pyrometer::bundle {
namespace {

constexpr std::uint64_t kMegabyte = 1024 * 1024;
constexpr std::uint64_t kMaxManifest = 16 * kMegabyte;
constexpr std::uint64_t kMaxSourcesIndex = 64 * kMegabyte;
constexpr std::uint64_t kMaxSource = 32 * kMegabyte;
constexpr std::uint64_t kMaxSources = 512 * kMegabyte;

/// "sources/" and digits: the only names that an index may point to.
bool isSourceName(const std::string& name) {
  constexpr std::string_view kFolder = "sources/";
  if (!name.starts_with(kFolder) || name.size() == kFolder.size() || name.size() > kFolder.size() + 10)
    return false;
  return std::all_of(name.begin() + kFolder.size(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> readManifest(Entries& entries, ProfileBuilder& target) {
  auto text = entries.read("manifest.json", kMaxManifest);
  if (!text) {
    noteDamage(target.info(), 0, text.error().text());
    return {};
  }
  if (!*text) {
    noteDamage(target.info(), 0, "manifest.json is missing: how the program was run is not known");
    return {};
  }
  auto info = parseManifest(**text);
  if (!info) return info.error();
  target.info() = std::move(*info);
  // What was the user's own when it was recorded, one folder a line.
  const auto& meta = target.info().meta;
  if (const auto found = meta.find("pyrometer.my_code"); found != meta.end()) {
    std::vector<std::string> roots;
    std::istringstream lines(found->second);
    for (std::string line; std::getline(lines, line);) {
      if (!line.empty()) roots.push_back(line);
    }
    target.setDefaultMyCode(MyCode(std::move(roots)));
  }
  return {};
}

Result<void> readSamples(Entries& entries, ProfileBuilder& target, ReadingWatch& watch) {
  // Drops are in the stream; a recorder may know of more.
  RunInfo& info = target.info();
  std::uint64_t told[static_cast<int>(DropReason::kCount)];
  std::copy(std::begin(info.drops), std::end(info.drops), told);
  std::fill(std::begin(info.drops), std::end(info.drops), 0);
  const auto loss = entries.loss();
  if (loss) noteDamage(info, loss->offset, loss->what);

  const auto reader = openSampleStream(target);
  bool any = false;
  std::uint64_t read = 0;
  Result<void> failure;
  const auto found = entries.stream("samples", [&](std::span<const std::byte> bytes) {
    any = any || !bytes.empty();
    failure = reader->feed(bytes);
    if (failure) failure = watch.at(read += bytes.size());
    return failure;
  });
  if (!failure) return failure;
  if (!found) {
    if (!any) return found.error();
    noteDamage(info, 0, found.error().text());
  } else if (!*found) {
    if (loss) return Error{"is cut or damaged before its samples: nothing of it can be shown", ""};
    return Error{"is no recording of Pyrometer: there is no entry \"samples\" in it", ""};
  }
  if (const auto finished = reader->finish(); !finished) {
    if (any) return finished;
    noteDamage(info, 0, "no sample was recorded");
  }
  for (std::size_t i = 0; i < std::size(told); ++i) info.drops[i] = std::max(info.drops[i], told[i]);
  return {};
}

void readSources(Entries& entries, ProfileBuilder& target) {
  auto index = entries.read("sources.json", kMaxSourcesIndex);
  if (!index) return noteDamage(target.info(), 0, index.error().text());
  if (!*index) return;
  const auto json = nlohmann::json::parse(**index, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array())
    return noteDamage(target.info(), 0, "sources.json is no list: source texts are left out");
  std::uint64_t total = 0;
  std::size_t behind_cut = 0;
  for (const auto& one : json) {
    const auto path = one.is_object() ? one.find("path") : one.end();
    const auto file = one.is_object() ? one.find("file") : one.end();
    if (!one.is_object() || path == one.end() || file == one.end() || !path->is_string() ||
        !file->is_string() || !isSourceName(file->get<std::string>())) {
      noteDamage(target.info(), 0, "sources.json has an entry that names no source text");
      continue;
    }
    auto text = entries.read(file->get<std::string>(), std::min(kMaxSource, kMaxSources - total));
    if (text && !*text && entries.loss()) {
      ++behind_cut;
      continue;
    }
    if (!text || !*text) {
      noteDamage(
          target.info(), 0,
          text ? file->get<std::string>() + " is missing" : "source text left out: " + text.error().text());
      continue;
    }
    total += (*text)->size();
    const auto changed = one.find("changed");
    target.addSource(target.internFile(path->get<std::string>()),
                     isUtf8(**text) ? **text : repairedUtf8(**text),
                     changed != one.end() && changed->is_boolean() && changed->get<bool>());
  }
  if (behind_cut > 0)
    noteDamage(target.info(), 0, "source texts that are behind the cut: " + std::to_string(behind_cut));
}

}  // namespace

Result<void> readBundle(Entries& entries, const std::string& where, ProfileBuilder& target,
                        ReadingWatch& watch) {
  auto done = readManifest(entries, target);
  if (done) done = readSamples(entries, target, watch);
  if (!done) {
    const Error& error = done.error();
    if (error.where.starts_with(where)) return error;
    return Error{error.message, error.where.empty() ? where : where + ", " + error.where};
  }
  readSources(entries, target);
  return {};
}

}  // namespace pyrometer::bundle
