#include "sampler/interpreters/collector.h"

#include <gtest/gtest.h>

#include "tests/unit/sampler/memory_image.h"
#include "tests/unit/sampler/runtime_tables.h"

namespace pyrometer::interpreters {
namespace {

constexpr std::uint64_t kInterpreter = 0x100000;
constexpr std::int32_t kDetached = 0, kSuspended = 2;

/// An interpreter with threads that are attached, detached or suspended, newest first.
class Attached : public testing::Test {
 protected:
  static std::uint64_t state(std::size_t index) { return 0x200000 + 0x1000 * index; }

  void threads(std::initializer_list<std::int32_t> attachments) {
    memory_.put(kInterpreter, layout_.interpreter.threads_head, state(0));
    std::size_t index = 0;
    for (const std::int32_t attachment : attachments) {
      memory_.put(state(index), layout_.thread.attachment, attachment);
      const std::uint64_t next = index + 1 < attachments.size() ? state(index + 1) : 0;
      memory_.put(state(index), layout_.thread.next, next);
      ++index;
    }
  }
  bool alone(std::size_t index) { return isOnlyOneAttached(layout_, memory_, kInterpreter, state(index)); }

  Layout layout_ = test::layoutOf(14, true);
  test::MemoryImage memory_;
};

TEST_F(Attached, TheOneThatAllOthersWereStoppedFor) {
  threads({kSuspended, kAttached, kDetached});
  EXPECT_TRUE(alone(1));
  EXPECT_FALSE(alone(0));
  EXPECT_FALSE(alone(2));
}

TEST_F(Attached, NobodyWhereTwoAre) {
  threads({kAttached, kAttached});
  EXPECT_FALSE(alone(0));
  EXPECT_FALSE(alone(1));
}

TEST_F(Attached, AThreadByItself) {
  threads({kAttached});
  EXPECT_TRUE(alone(0));
  EXPECT_FALSE(alone(1)) << "not in the list";
}

TEST_F(Attached, ListsThatCannotBe) {
  threads({kAttached, kDetached});
  memory_.put(state(1), layout_.thread.next, std::uint64_t{0x666000});
  EXPECT_FALSE(alone(0)) << "not readable";
  memory_.put(state(1), layout_.thread.next, state(1));
  EXPECT_FALSE(alone(0)) << "a circle";
  memory_.put(state(1), layout_.thread.next, state(1) + 4);
  EXPECT_FALSE(alone(0)) << "not aligned";
}

}  // namespace
}  // namespace pyrometer::interpreters
