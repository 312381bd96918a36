#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "sampler/sample_stream.h"
#include "tests/unit/sampler/session_host.h"

// The library in real interpreters: PYROMETER_TEST_PYTHONS (a colon separated list), else the system's
// python3.

namespace pyrometer::test {
namespace {

std::vector<std::string> interpreters() {
  const char* listed = std::getenv("PYROMETER_TEST_PYTHONS");
  const std::string text = listed != nullptr && *listed != '\0' ? listed : "/usr/bin/python3";
  std::vector<std::string> all;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    if (end > at) all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

class LiveSampling : public testing::TestWithParam<std::string> {
 protected:
  SessionHost::Ended run(const std::string& source, const std::vector<std::string>& more = {}) {
    path_ = testing::TempDir() + "pyrometer_live_" + std::to_string(getpid()) + ".py";
    std::ofstream(path_) << source;
    std::vector<std::string> command{GetParam(), path_};
    command.insert(command.end(), more.begin(), more.end());
    return host_.run(command);
  }
  void TearDown() override { std::remove(path_.c_str()); }

  std::uint64_t sampleCount() const {
    std::uint64_t count = 0;
    for (const auto& [thread, samples] : host_.stream.samples) count += samples.size();
    return count;
  }
  /// How many samples have a stack whose text (leaf first) begins so.
  std::uint64_t stacksBeginningWith(const std::string& begin) const {
    std::uint64_t count = 0;
    for (const auto& [thread, samples] : host_.stream.samples) {
      for (const DecodedSample& sample : samples) count += host_.stream.stackText(sample).starts_with(begin);
    }
    return count;
  }

  SessionHost host_{PYROMETER_SAMPLER_LIBRARY};
  std::string path_;
};

TEST_P(LiveSampling, NamesTheFunctionsOfAKnownProgram) {
  const SessionHost::Ended ended = run(R"(
import time
def inner(n):
    total = 0
    for i in range(n):
        total += i * i
    return total
def outer(end):
    while time.process_time() < end:
        inner(20000)
outer(1.0)
print("done")
)");
  ASSERT_TRUE(WIFEXITED(ended.wait_status) && WEXITSTATUS(ended.wait_status) == 0) << ended.out;
  EXPECT_EQ(ended.out, "done\n");
  EXPECT_EQ(host_.ready.mapped, 1u);
  const std::uint64_t all = sampleCount();
  ASSERT_GT(all, 100u);
  EXPECT_GT(stacksBeginningWith("inner;outer;<module>"), all / 2);
  for (const auto& [reference, code] : host_.stream.codes) {
    if (code.name != "inner") continue;
    EXPECT_EQ(code.filename, path_);
    EXPECT_EQ(code.first_line, 3u);
    EXPECT_EQ(code.table.size(), code.table_size);
    EXPECT_GT(code.table_size, 0u);
  }
  EXPECT_EQ(host_.torn, 0u);
}

INSTANTIATE_TEST_SUITE_P(Interpreters, LiveSampling, testing::ValuesIn(interpreters()),
                         [](const auto& given) {
                           std::string name;
                           for (const char c : given.param)
                             name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace pyrometer::test
