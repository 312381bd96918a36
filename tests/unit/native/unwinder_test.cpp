#include "sampler/unwinder.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "daemon/native/native_code.h"

// Unwinds this very process, by tables made from its own files.

namespace pyrometer {
namespace {

using sampler::NativeRegisters;
using sampler::Unwinder;
using sampler::UnwindRules;

struct Taken {
  std::vector<std::uint64_t> places;
  Unwinder::State end = Unwinder::State::kFrame;
};
UnwindRules* g_rules = nullptr;
Taken g_taken;
std::uint64_t g_high = 0;

void onSignal(int, siginfo_t*, void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  const NativeRegisters at{.place = static_cast<std::uint64_t>(registers[REG_RIP]),
                           .stack_pointer = static_cast<std::uint64_t>(registers[REG_RSP]),
                           .frame_pointer = static_cast<std::uint64_t>(registers[REG_RBP])};
  Unwinder unwinder(*g_rules, at, {.low = at.stack_pointer, .high = g_high});
  g_taken.places.clear();
  for (; unwinder.state() == Unwinder::State::kFrame; unwinder.next())
    g_taken.places.push_back(unwinder.place());
  g_taken.end = unwinder.state();
}

/// As many calls as it seems, also where the compiler would make a loop of them.
[[gnu::noinline]] int leaf(int depth) {
  volatile int below = 0;
  if (depth != 0) {
    below = leaf(depth - 1);
  } else {
    raise(SIGUSR1);
  }
  return below + 1;
}
int compare(const void* a, const void* b) {
  leaf(3);
  return static_cast<int>(*static_cast<const char*>(a)) - *static_cast<const char*>(b);
}

class UnwinderTest : public testing::Test {
 protected:
  void SetUp() override {
#if !defined(__x86_64__)
    GTEST_SKIP() << "x86-64 only";
#endif
    auto made = NativeCode::make();
    ASSERT_TRUE(made.ok());
    code_ = std::move(made).value();
    process_ = code_->addProcess();
    const auto modules = code_->look(process_, getpid(), false);
    ASSERT_FALSE(modules.empty());
    void* mapped = mmap(nullptr, unwind::kAreaBytes, PROT_READ, MAP_SHARED, code_->descriptor(), 0);
    ASSERT_NE(mapped, MAP_FAILED);
    view_ = static_cast<std::uint8_t*>(mapped);
    rules_.emplace(view_, unwind::kAreaBytes, process_);
    g_rules = &*rules_;
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    void* low = nullptr;
    std::size_t size = 0;
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
    g_high = reinterpret_cast<std::uint64_t>(low) + size;
    struct sigaction action {};
    action.sa_sigaction = onSignal;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, &before_);
  }
  void TearDown() override {
    if (view_ == nullptr) return;
    sigaction(SIGUSR1, &before_, nullptr);
    munmap(view_, unwind::kAreaBytes);
  }

  std::unique_ptr<NativeCode> code_;
  std::uint32_t process_ = 0;
  std::uint8_t* view_ = nullptr;
  std::optional<UnwindRules> rules_;
  struct sigaction before_ {};
};

TEST_F(UnwinderTest, GoesThroughTheCLibraryAndBackToTheStart) {
  char data[] = {4, 1, 3, 2};
  qsort(data, sizeof data, 1, compare);
  EXPECT_EQ(g_taken.end, Unwinder::State::kRoot);
  // raise, leaf four times, compare, qsort's own, this test, googletest, main, start.
  ASSERT_GT(g_taken.places.size(), 12u);
  // Three of leaf's four frames have called leaf: all from the same place.
  std::ptrdiff_t alike = 0;
  for (const std::uint64_t place : g_taken.places)
    alike = std::max(alike, std::count(g_taken.places.begin(), g_taken.places.end(), place));
  EXPECT_EQ(alike, 3);
}

TEST_F(UnwinderTest, WhereNothingIsKnownItSaysSo) {
  std::uint64_t stack[8] = {};
  const auto low = reinterpret_cast<std::uint64_t>(stack);
  Unwinder nowhere(*rules_, {.place = 0x1234, .stack_pointer = low, .frame_pointer = 0},
                   {.low = low, .high = low + sizeof stack});
  EXPECT_TRUE(nowhere.unmapped());
  EXPECT_EQ(nowhere.state(), Unwinder::State::kFrame);
  nowhere.next();
  EXPECT_EQ(nowhere.state(), Unwinder::State::kLost);
}

TEST_F(UnwinderTest, NothingOutsideOfTheStackIsRead) {
  // Every rule of this program, on a stack of eight words and pointers to nowhere: nothing must fault.
  std::uint64_t stack[8];
  std::fill(std::begin(stack), std::end(stack), 0xdeadbeefdeadbeef);
  const auto low = reinterpret_cast<std::uint64_t>(stack);
  const auto* range = rules_->rangeOf(reinterpret_cast<std::uint64_t>(&leaf));
  ASSERT_NE(range, nullptr);
  for (std::uint64_t place = range->begin; place < range->end; place += 3) {
    Unwinder unwinder(*rules_,
                      {.place = place, .stack_pointer = low + place % 64, .frame_pointer = place * 977},
                      {.low = low, .high = low + sizeof stack});
    for (int i = 0; i < 100 && unwinder.state() == Unwinder::State::kFrame; ++i) unwinder.next();
    ASSERT_NE(unwinder.state(), Unwinder::State::kFrame);
  }
}

}  // namespace
}  // namespace pyrometer
