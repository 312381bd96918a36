#include "tests/fuzz/bundles.h"

#include <algorithm>
#include <array>
#include <map>

#include "daemon/importers/bundle/bundle_reader.h"
#include "daemon/profile/profile_builder.h"
#include "daemon/support/byte_reader.h"
#include "tests/fuzz/targets.h"

namespace pyrometer::fuzz {
namespace {

constexpr std::array<const char*, 5> kNames = {"manifest.json", "samples", "sources.json", "sources/0",
                                               "sources/1"};

class EntriesInMemory : public bundle::Entries {
 public:
  explicit EntriesInMemory(std::span<const std::byte> bytes) {
    ByteReader in(bytes);
    while (!in.atEnd() && in.good()) {
      const std::size_t which = in.u8() % kNames.size();
      const auto size = std::min<std::size_t>(in.little<std::uint16_t>(), in.remaining());
      entries_[kNames[which]] = in.text(size);
    }
  }

  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    for (const auto& [name, bytes] : entries_) all.push_back(name);
    return all;
  }
  Result<std::optional<std::string>> read(const std::string& name, std::uint64_t limit) override {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return std::optional<std::string>();
    if (found->second.size() > limit) return Error{"is too large", name};
    return std::optional(found->second);
  }
  Result<bool> stream(const std::string& name, const Sink& sink) override {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return false;
    const auto bytes = std::as_bytes(std::span(found->second));
    for (const auto& piece : {bytes.first(bytes.size() / 2), bytes.subspan(bytes.size() / 2)}) {
      if (auto taken = sink(piece); !taken) return taken.error();
    }
    return true;
  }
  Result<std::optional<bundle::PlainBytes>> plain(const std::string&) override {
    return std::optional<bundle::PlainBytes>();
  }

 private:
  std::map<std::string, std::string> entries_;
};

}  // namespace

void runBundle(std::span<const std::byte> bytes) {
  EntriesInMemory entries(bytes);
  ProfileBuilder builder;
  ReadingWatch watch({}, {}, bytes.size());
  if (bundle::readBundle(entries, "bundle", builder, watch).ok()) look(*builder.snapshot());
}

std::string bundleOf(const std::vector<std::string>& entries) {
  std::string all;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    all += static_cast<char>(i);
    all += static_cast<char>(entries[i].size() & 0xff);
    all += static_cast<char>(entries[i].size() >> 8);
    all += entries[i];
  }
  return all;
}

}  // namespace pyrometer::fuzz
