#include "sampler/interpreters/thread_labels.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/sampler/decoded_stream.h"
#include "tests/unit/sampler/made_objects.h"
#include "tests/unit/sampler/runtime_tables.h"

namespace pyrometer::interpreters {
namespace {

struct Version {
  std::uint32_t minor;
  bool free_threaded;
};

/// Threads and tasks of each version, laid out as that version does.
class Labels : public testing::TestWithParam<Version> {
 protected:
  Labels()
      : objects_(test::layoutOf(GetParam().minor, GetParam().free_threaded)),
        minor_(GetParam().minor),
        layout_(objects_.layout()),
        memory_(objects_.memory()) {}

  std::string decoded(std::uint64_t text) {
    std::vector<std::uint8_t> bytes(4096);
    RingCursor cursor(bytes.data(), bytes.size(), 0, bytes.size());
    EXPECT_TRUE(writeLabel(layout_, memory_, stream::Record::kThreadName, text, cursor));
    test::DecodedStream stream;
    EXPECT_TRUE(stream.feed(1, {reinterpret_cast<const char*>(bytes.data()), cursor.position()}))
        << stream.error;
    return stream.names[1];
  }
  std::uint64_t frameWith(std::uint64_t local) {
    const std::uint64_t frame = objects_.place(1024);
    memory_.put(frame, layout_.frame.locals, local | 1);  // tagged, as in 3.14
    return frame;
  }

  /// A dictionary with keys that are all text, "_target" and "_name".
  std::uint64_t keys(std::uint64_t value) {
    const std::uint64_t address = objects_.place(512);
    const std::uint64_t words[] = {objects_.text("_target"), objects_.text("_name")};
    if (minor_ <= 10) {
      memory_.put(address, 8, std::uint64_t{8});   // size of the index
      memory_.put(address, 32, std::uint64_t{2});  // entries
      for (std::size_t i = 0; i < 2; ++i) {
        memory_.put(address, 48 + i * 24 + 8, words[i]);
        memory_.put(address, 48 + i * 24 + 16, i == 1 ? value : 0);
      }
    } else {
      memory_.put(address, 9, std::uint8_t{3});   // log2 of the index
      memory_.put(address, 10, std::uint8_t{1});  // all text
      memory_.put(address, 24, std::uint64_t{2});
      for (std::size_t i = 0; i < 2; ++i) {
        memory_.put(address, 40 + i * 16, words[i]);
        memory_.put(address, 40 + i * 16 + 8, i == 1 ? value : 0);
      }
    }
    return address;
  }
  std::uint64_t dict(std::uint64_t keys, std::uint64_t values) {
    const std::uint64_t address = objects_.place(128);
    memory_.put(address, layout_.objects.header + 16, keys);
    memory_.put(address, layout_.objects.header + 24, values);
    return address;
  }
  /// Where the instance at `offset` of its room has the pointer to its dictionary.
  std::size_t placeOfDict(std::size_t offset) const {
    if (minor_ <= 10) return offset + 16;
    return offset - (layout_.free_threaded ? 8 : 24);
  }
  std::uint64_t threadType(std::uint64_t shared_keys, std::uint64_t flags) {
    const std::uint64_t type = objects_.type("Thread");
    const std::uint32_t fields = layout_.objects.type_name;
    memory_.put(type, fields + 8, std::uint64_t{layout_.objects.header});  // size of an instance
    memory_.put(type, fields + 144, flags);
    memory_.put(type, fields + 264, minor_ <= 10 ? std::int64_t{16} : std::int64_t{-1});
    memory_.put(type, layout_.objects.type_keys, shared_keys);
    return type;
  }

  test::MadeObjects objects_;
  std::uint32_t minor_;
  Layout layout_;
  test::MemoryImage& memory_;
};

TEST_P(Labels, AThreadsNameInItsDictionary) {
  const std::uint64_t name = objects_.text("worker");
  const std::uint64_t own = dict(keys(name), 0);
  const std::uint64_t room = objects_.place(128);
  const std::uint64_t thread = room + 64;
  memory_.put(room, 64 + layout_.type, threadType(0, 1 << 4));
  memory_.put(room, placeOfDict(64), own);
  const std::uint64_t found = threadName(layout_, memory_, frameWith(thread));
  EXPECT_EQ(found, name);
  EXPECT_EQ(decoded(found), "worker");
}

TEST_P(Labels, AThreadsNameInAnArrayOfValues) {
  const std::uint64_t name = objects_.text("worker"), shared = keys(0);
  const std::uint64_t room = objects_.place(256);
  const std::uint64_t thread = room + 64, values = room + 128;
  memory_.put(room, 64 + layout_.type, threadType(shared, (1 << 4) | (1 << 2)));
  memory_.put(room, 128 + 8, name);  // the second
  if (minor_ <= 10) {
    memory_.put(room, 64 + 16, dict(shared, values));
  } else if (minor_ == 11) {
    memory_.put(room, 64 - 32, values);
  } else if (minor_ == 12) {
    memory_.put(room, 64 - 24, values - 1);
  } else {
    const std::uint32_t behind = 64 + layout_.objects.header;
    memory_.put(room, behind + 3, std::uint8_t{1});  // valid
    memory_.put(room, behind + 8 + 8, name);
  }
  EXPECT_EQ(threadName(layout_, memory_, frameWith(thread)), name);
}

TEST_P(Labels, WhatIsNoTextIsNoName) {
  const std::uint64_t own = dict(keys(objects_.bytes("worker")), 0);
  const std::uint64_t room = objects_.place(128);
  memory_.put(room, 64 + layout_.type, threadType(0, 1 << 4));
  memory_.put(room, placeOfDict(64), own);
  EXPECT_EQ(threadName(layout_, memory_, frameWith(room + 64)), 0u);
  EXPECT_EQ(threadName(layout_, memory_, frameWith(0)), 0u);
  EXPECT_EQ(threadName(layout_, memory_, 0x10), 0u);
}

TEST_P(Labels, ATaskIsCalledAsItsUserSaysElseAfterItsCoroutine) {
  const std::uint64_t named = objects_.text("fetch"), made_up = objects_.text("Task-12");
  const std::uint64_t qualified = objects_.text("Store.run");
  const std::uint64_t coroutine = objects_.object(objects_.type("coroutine"), 128);
  memory_.put(coroutine, layout_.objects.coroutine_qualname, qualified);
  const std::uint64_t task = objects_.object(objects_.type("_asyncio.Task"), 256);
  memory_.put(task, layout_.objects.task_name - 8, coroutine);
  const std::uint64_t bound = objects_.object(objects_.type("builtin_function_or_method"), 64);
  memory_.put(bound, layout_.objects.header + 8, task);
  const std::uint64_t step = objects_.object(objects_.type("TaskStepMethWrapper"), 64);
  memory_.put(step, layout_.objects.header, task);
  const std::uint64_t handle = objects_.object(objects_.type("Handle"), 64);
  const std::uint64_t frame = frameWith(handle);
  for (const std::uint64_t callback : {bound, step}) {
    memory_.put(handle, layout_.objects.header + 8, callback);
    memory_.put(task, layout_.objects.task_name, named);
    EXPECT_EQ(taskName(layout_, memory_, frame), named);
    memory_.put(task, layout_.objects.task_name, made_up);
    EXPECT_EQ(taskName(layout_, memory_, frame), qualified);
    memory_.put(task, layout_.objects.task_name, objects_.object(objects_.type("int"), 32));
    EXPECT_EQ(taskName(layout_, memory_, frame), qualified);
  }
  memory_.put(handle, layout_.objects.header + 8, objects_.object(objects_.type("function"), 64));
  EXPECT_EQ(taskName(layout_, memory_, frame), 0u) << "a callback is no task";
}

TEST_P(Labels, RolesAreToldByNameAndFile) {
  const auto role = [&](const char* name, const char* file) {
    return roleOf(layout_, memory_, objects_.text(name), objects_.text(file));
  };
  EXPECT_EQ(role("_bootstrap", "/usr/lib/python3.11/threading.py"), CodeRole::kThreadStart);
  EXPECT_EQ(role("_run", "/usr/lib/python3.11/asyncio/events.py"), CodeRole::kTaskRunner);
  EXPECT_EQ(role("_run", "/home/events.py"), CodeRole::kOrdinary);
  EXPECT_EQ(role("run", "/usr/lib/python3.11/asyncio/events.py"), CodeRole::kOrdinary);
}

TEST_P(Labels, FingerprintsTellTextsApart) {
  const auto print = [&](const char* text) { return fingerprintOf(layout_, memory_, objects_.text(text)); };
  EXPECT_EQ(print("fetch"), print("fetch"));
  EXPECT_NE(print("fetch"), print("fetcH"));
  EXPECT_NE(print("fetch"), 0u);
  EXPECT_EQ(fingerprintOf(layout_, memory_, 0), 0u);
}

constexpr Version kVersions[] = {{9, false}, {10, false}, {11, false}, {12, false}, {13, false},
                                 {13, true}, {14, false}, {14, true},  {15, false}};

INSTANTIATE_TEST_SUITE_P(Versions, Labels, testing::ValuesIn(kVersions), [](const auto& version) {
  return "v3_" + std::to_string(version.param.minor) + (version.param.free_threaded ? "t" : "");
});

}  // namespace
}  // namespace pyrometer::interpreters
