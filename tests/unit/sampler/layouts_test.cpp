#include "sampler/interpreters/layouts.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/sampler/runtime_tables.h"

namespace pyrometer::interpreters {
namespace {

template <std::size_t N>
std::vector<std::uint64_t> words(const std::uint64_t (&table)[N]) {
  std::vector<std::uint64_t> all(table, table + N);
  all.resize(kRuntimeBytes / 8);  // the rest of the runtime, whatever it is
  return all;
}

LayoutSearch find(const std::vector<std::uint64_t>& runtime) {
  return findLayout(static_cast<std::uint32_t>(runtime[1]), std::as_bytes(std::span(runtime)));
}

TEST(Layouts, VersionsBefore313NeedNoTable) {
  for (const std::uint32_t minor : {9u, 10u, 11u, 12u}) {
    const LayoutSearch search = findLayout((3u << 24) | (minor << 16) | 0x02f0, {});
    ASSERT_TRUE(search.found()) << search.reason;
    EXPECT_EQ(search.layout.minor, minor);
    EXPECT_FALSE(search.layout.free_threaded);
  }
  const Layout layout = findLayout(0x030b02f0, {}).layout;
  EXPECT_EQ(layout.kind, FrameKind::kCFrames);
  EXPECT_EQ(layout.code.first_line, 72u);
  EXPECT_EQ(layout.frame.is_entry, 68u);
  EXPECT_EQ(findLayout(0x030a0df0, {}).layout.frame.position_scale, 2u);
}

TEST(Layouts, TablesOfRealInterpreters) {
  const LayoutSearch v13 = find(words(test::kRuntime313));
  ASSERT_TRUE(v13.found()) << v13.reason;
  EXPECT_EQ(v13.layout.runtime.interpreters_head, 632u);
  EXPECT_EQ(v13.layout.interpreter.threads_head, 7344u);
  EXPECT_EQ(v13.layout.thread.frame, 72u);
  EXPECT_EQ(v13.layout.thread.native_thread_id, 160u);
  EXPECT_EQ(v13.layout.thread.datastack_chunk, 232u);
  EXPECT_EQ(v13.layout.thread.base_frame, kAbsent);
  EXPECT_EQ(v13.layout.frame.owner, 70u);
  EXPECT_EQ(v13.layout.code.first_line, 68u);
  EXPECT_EQ(v13.layout.code.adaptive, 200u);
  EXPECT_EQ(v13.layout.text.ascii, 40u);
  EXPECT_EQ(v13.layout.text.compact, 56u);

  const LayoutSearch v14 = find(words(test::kRuntime314));
  ASSERT_TRUE(v14.found()) << v14.reason;
  EXPECT_EQ(v14.layout.frame.owner, 74u);
  EXPECT_EQ(v14.layout.code.adaptive, 208u);
  EXPECT_EQ(v14.layout.code.tlbc, kAbsent);
  EXPECT_EQ(v14.layout.runtime.interpreters_head, 808u);

  const LayoutSearch v15 = find(words(test::kRuntime315));
  ASSERT_TRUE(v15.found()) << v15.reason;
  EXPECT_EQ(v15.layout.thread.base_frame, 80u);
  EXPECT_EQ(v15.layout.thread.native_thread_id, 184u);
  EXPECT_EQ(v15.layout.thread.datastack_chunk, 256u);
  EXPECT_EQ(v15.layout.bytes.data, 32u);
}

TEST(Layouts, TablesOfFreeThreadedInterpreters) {
  const LayoutSearch v13 = find(words(test::kRuntime313T));
  ASSERT_TRUE(v13.found()) << v13.reason;
  EXPECT_TRUE(v13.layout.free_threaded);
  EXPECT_EQ(v13.layout.type, 24u);
  EXPECT_EQ(v13.layout.gil.holder, 16u);
  EXPECT_EQ(v13.layout.frame.owner, 70u);
  EXPECT_EQ(v13.layout.frame.tlbc_index, kAbsent);
  EXPECT_EQ(v13.layout.code.first_line, 84u);
  EXPECT_EQ(v13.layout.code.version, 108u);
  EXPECT_EQ(v13.layout.code.adaptive, 216u);
  EXPECT_EQ(v13.layout.thread.attachment, 40u);
  EXPECT_EQ(v13.layout.objects.header, 32u);
  EXPECT_EQ(v13.layout.objects.type_keys, 896u);
  EXPECT_EQ(v13.layout.objects.coroutine_qualname, 48u);
  EXPECT_EQ(v13.layout.text.kind_shift, 2);
  EXPECT_EQ(v13.layout.text.ascii, 56u);

  const LayoutSearch v14 = find(words(test::kRuntime314T));
  ASSERT_TRUE(v14.found()) << v14.reason;
  EXPECT_TRUE(v14.layout.free_threaded);
  EXPECT_EQ(v14.layout.frame.owner, 78u);
  EXPECT_EQ(v14.layout.frame.tlbc_index, 72u);
  EXPECT_EQ(v14.layout.code.tlbc, 224u);
  EXPECT_EQ(v14.layout.code.adaptive, 232u);
  EXPECT_EQ(v14.layout.thread.attachment, 44u);
  // There, whether it is interned takes a whole byte.
  EXPECT_EQ(v14.layout.text.kind_shift, 8);
  EXPECT_EQ(v14.layout.text.ascii_bit, 12);

  EXPECT_EQ(test::layoutOf(14).thread.attachment, kAbsent);
}

TEST(Layouts, UnknownVersionsAreDeclinedByName) {
  for (const std::uint32_t version : {0x030807f0u, 0x031000f0u, 0x020712f0u, 0x040000f0u, 0u}) {
    const LayoutSearch search = findLayout(version, {});
    EXPECT_EQ(search.problem, LayoutProblem::kUnknownVersion);
  }
  const LayoutSearch search = findLayout(0x030807f0, {});
  EXPECT_EQ(std::string(search.reason),
            "CPython 3.8.7 is not known to this sampler; it samples CPython 3.9 to 3.15");
}

TEST(Layouts, OddTablesAreRefused) {
  const std::vector<std::uint64_t> good = words(test::kRuntime315);
  const auto problem = [&](std::size_t word, std::uint64_t value) {
    std::vector<std::uint64_t> runtime = good;
    runtime[word] = value;
    return findLayout(static_cast<std::uint32_t>(good[1]), std::as_bytes(std::span(runtime))).problem;
  };
  EXPECT_EQ(problem(0, good[0]), LayoutProblem::kNone);
  EXPECT_EQ(problem(0, 0), LayoutProblem::kOddTable);                             // no mark
  EXPECT_EQ(problem(1, good[1] - 0x10000), LayoutProblem::kOddTable);             // another version
  EXPECT_EQ(problem(2, 2), LayoutProblem::kOddTable);                             // free threading
  EXPECT_EQ(problem(176 / 8, 0), LayoutProblem::kOddTable);                       // size of the thread state
  EXPECT_EQ(problem(208 / 8, std::uint64_t{1} << 60), LayoutProblem::kOddTable);  // its frame pointer
  EXPECT_EQ(problem(208 / 8, good[176 / 8] - 4), LayoutProblem::kOddTable);       // beyond its end
  EXPECT_EQ(problem(312 / 8, 100'000), LayoutProblem::kOddTable);                 // size of a frame
  EXPECT_EQ(problem(336 / 8, 57), LayoutProblem::kOddTable);                      // a pointer not aligned
  EXPECT_EQ(findLayout(static_cast<std::uint32_t>(good[1]), std::as_bytes(std::span(good).first(50))).problem,
            LayoutProblem::kOddTable);  // cut
}

}  // namespace
}  // namespace pyrometer::interpreters
