#include "daemon/rpc/task_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <new>
#include <string>
#include <thread>

namespace pyrometer::rpc {
namespace {

TEST(TaskQueue, KeepsOrderAndEnds) {
  TaskQueue queue;
  std::string done;
  queue.post([&] {
    done += 'a';
    queue.post([&] { queue.close(); });
    queue.postFirst([&] { done += 'b'; });
  });
  queue.post([&] { done += 'c'; });
  queue.run();
  queue.post([&] { done += 'd'; });
  EXPECT_EQ(done, "abc");
}

TEST(TaskQueue, OneThatThrowsDoesNotEndTheOthers) {
  TaskQueue queue;
  bool done = false;
  queue.post([] { throw std::bad_alloc(); });
  queue.post([&] {
    done = true;
    queue.close();
  });
  queue.run();
  EXPECT_TRUE(done);
}

TEST(TaskQueue, TakesTasksFromOtherThreads) {
  TaskQueue queue;
  std::atomic<int> ran = 0;
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) queue.post([&] { ++ran; });
    queue.post([&] { queue.close(); });
  });
  queue.run();
  other.join();
  EXPECT_EQ(ran, 1000);
}

TEST(Pool, WithoutThreadsTheCallerWorks) {
  Pool pool(0);
  std::thread::id worker;
  pool.post([&] { worker = std::this_thread::get_id(); });
  EXPECT_EQ(worker, std::this_thread::get_id());
}

TEST(Pool, DoesAllThatItWasGivenBeforeItsEnd) {
  TaskQueue here;
  Pool pool(2);
  int ran = 0;
  for (int i = 0; i < 100; ++i) {
    pool.post([&] {
      here.post([&] {
        if (++ran == 100) here.close();
      });
    });
  }
  here.run();
  EXPECT_EQ(ran, 100);
}

}  // namespace
}  // namespace pyrometer::rpc
