// Fuzzing that every build can do: each seed, cut everywhere it makes sense, and changed in ways that a fixed
// seed of chance decides. The sanitizer build runs it too; what libFuzzer finds in longer runs belongs among
// the unit tests.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/fuzz/targets.h"

namespace pyrometer::fuzz {
namespace {

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string mutated(std::string bytes) {
    const std::size_t changes = 1 + below(4);
    for (std::size_t i = 0; i < changes && !bytes.empty(); ++i) change(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }

  void change(std::string& bytes) {
    // Numbers that were sizes somewhere once.
    static const std::string kOdd[] = {std::string(8, '\xff'),
                                       std::string("\0\0\0\0\0\0\0\x10", 8),
                                       std::string("\xff\xff\xff\x7f", 4),
                                       std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10),
                                       std::string("\x80\x80\x80\x80\x80\x80\x80\x80\x10", 9),
                                       std::string(8, '\0')};
    const std::size_t at = below(bytes.size());
    switch (below(7)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(random_());
        break;
      case 2:
        bytes.erase(at, 1 + below(16));
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size()), 1 + below(32)));
        break;
      case 4:
        bytes.insert(at, kOdd[below(std::size(kOdd))]);
        break;
      case 5: {
        const std::string& odd = kOdd[below(std::size(kOdd))];
        bytes.replace(at, std::min(odd.size(), bytes.size() - at), odd);
        break;
      }
      default:
        bytes.resize(at);
    }
  }

  std::mt19937 random_;
};

void run(const Target& target, const std::string& bytes) { target.run(std::as_bytes(std::span(bytes))); }

class Fuzz : public testing::TestWithParam<std::size_t> {};

TEST_P(Fuzz, SurvivesItsSeedsMutated) {
  const Target& target = targets()[GetParam()];
  unsigned number = 0;
  for (const std::string& seed : target.seeds()) {
    ASSERT_FALSE(seed.empty());
    run(target, seed);
    for (int i = 0; i < target.mutations; ++i) run(target, Mutator(++number).mutated(seed));
  }
}

TEST_P(Fuzz, SurvivesEveryCut) {
  const Target& target = targets()[GetParam()];
  for (const std::string& seed : target.seeds()) {
    const std::size_t step = 1 + seed.size() / 400;
    for (std::size_t size = 0; size < seed.size(); size += step) run(target, seed.substr(0, size));
  }
}

TEST_P(Fuzz, SurvivesNoise) {
  const Target& target = targets()[GetParam()];
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 3000; size += 17) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    run(target, bytes);
    // Noise behind a true beginning gets further.
    const std::string seed = target.seeds()[0];
    run(target, seed.substr(0, std::min<std::size_t>(seed.size(), 100)) + bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, Fuzz, testing::Range(std::size_t{0}, targets().size()),
                         [](const auto& target) { return std::string(targets()[target.param].name); });

}  // namespace
}  // namespace pyrometer::fuzz
