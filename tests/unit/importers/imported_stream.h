#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/importers/samplestream/samplestream.h"
#include "daemon/profile/profile_builder.h"
#include "tests/unit/importers/stream_maker.h"

namespace pyrometer::test {

inline constexpr std::uint64_t kStart = 1'000'000;

/// A stream with one process and one thread, and the code objects main (0), work (1) and helper (2) in
/// app.py.
inline StreamMaker oneThread(stream::LineTableFormat format = stream::LineTableFormat::kLocations) {
  StreamMaker maker;
  maker.process(0, 42, kStart, 0, format);
  maker.thread(0, 0, 43, kStart + 100, "MainThread");
  return maker;
}

inline std::string threeCodes() {
  return code({.reference = 0,
               .first_line = 1,
               .name = "<module>",
               .qualified_name = "<module>",
               .file = "app.py",
               .table = locations(1, {1, 2, 3, 4, 5, 6, 7, 8})}) +
         code({.reference = 1,
               .first_line = 10,
               .name = "work",
               .qualified_name = "C.work",
               .file = "app.py",
               .table = locations(10, {10, 11, 12})}) +
         code({.reference = 2,
               .first_line = 20,
               .name = "helper",
               .qualified_name = "",
               .file = "lib.py",
               .table = locations(20, {20, 21})});
}

/// What a stream became, in words that tests compare.
struct Imported {
  std::shared_ptr<const Profile> profile;
  const Profile* operator->() const { return profile.get(); }

  /// "<module>:3;C.work:11", root first.
  std::string stack(std::size_t row) const {
    std::string out;
    std::optional<StackId> at = profile->sample(row).stack;
    while (at) {
      const Frame& frame = profile->frame(profile->stack(*at).frame);
      const auto name = profile->string(profile->function(frame.function).name);
      const auto line = profile->line(frame.line).line;
      std::string one(name);
      if (line != 0) one += ":" + std::to_string(line);
      out = one + (out.empty() ? "" : ";" + out);
      at = profile->stack(*at).parentId();
    }
    return out;
  }
  std::vector<std::string> stacks() const {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < profile->sampleCount(); ++i) all.push_back(stack(i));
    return all;
  }
  std::vector<std::uint64_t> weights() const {
    std::vector<std::uint64_t> all;
    for (std::size_t i = 0; i < profile->sampleCount(); ++i) all.push_back(profile->sample(i).weight);
    return all;
  }
  std::vector<std::int64_t> times() const {
    std::vector<std::int64_t> all;
    for (std::size_t i = 0; i < profile->sampleCount(); ++i) all.push_back(profile->sample(i).time);
    return all;
  }
  std::uint64_t damagedRecords() const {
    return profile->info().drops[static_cast<int>(DropReason::kDamagedRecord)];
  }
};

inline Imported import(const std::string& bytes, Mode mode = Mode::kCpu, std::size_t piece = SIZE_MAX) {
  ProfileBuilder builder;
  builder.info().mode = mode;
  const auto reader = openSampleStream(builder);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    EXPECT_TRUE(reader->feed(std::as_bytes(std::span(bytes).subspan(at, size))).ok());
    at += size;
  }
  EXPECT_TRUE(reader->finish().ok());
  return {builder.snapshot()};
}

using Strings = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;
using Times = std::vector<std::int64_t>;

}  // namespace pyrometer::test
