#include "daemon/native/mapped_code.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace pyrometer {
namespace {

TEST(MappedCode, TakesWhatRuns) {
  const auto code = parseMappedCode(
      "00400000-00401000 r--p 00000000 fe:01 77 /usr/bin/python3.11\n"
      "00401000-00500000 r-xp 00001000 fe:01 77                         /usr/bin/python3.11\n"
      "7f0000000000-7f0000001000 r-xp 00002000 fe:01 78 /tmp/a lib.so (deleted)\n"
      "7f0000002000-7f0000003000 rwxp 00000000 00:00 0 \n"
      "7fff00000000-7fff00002000 r-xp 00000000 00:00 0 [vdso]\n"
      "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n");
  ASSERT_EQ(code.size(), 3u);
  EXPECT_EQ(code[0].begin, 0x401000u);
  EXPECT_EQ(code[0].end, 0x500000u);
  EXPECT_EQ(code[0].offset, 0x1000u);
  EXPECT_EQ(code[0].inode, 77u);
  EXPECT_EQ(code[0].path, "/usr/bin/python3.11");
  EXPECT_EQ(code[1].path, "/tmp/a lib.so");
  EXPECT_TRUE(code[1].deleted);
  EXPECT_EQ(code[2].path, "[vdso]");
}

TEST(MappedCode, NonsenseIsLeftOut) {
  for (const char* text :
       {"", "\n\n", "x", "1-2", "2-1 r-xp 0 0:0 1 /a", "g-h r-xp 0 0:0 1 /a", "1-2 r-xp z 0:0 1 /a",
        "1-2 r-xp 0 00 1 /a", "1-2 r 0 0:0 1 /a", "1-fffffffffffffffff r-xp 0 0:0 1 /a"})
    EXPECT_TRUE(parseMappedCode(text).empty()) << text;
  // One that overlaps the one before cannot be.
  EXPECT_EQ(parseMappedCode("1000-3000 r-xp 0 0:0 1 /a\n2000-4000 r-xp 0 0:0 1 /b\n").size(), 1u);
}

TEST(MappedCode, FindsOurOwn) {
  const auto code = readMappedCode(getpid());
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  const auto here = reinterpret_cast<std::uint64_t>(&parseMappedCode);
  EXPECT_TRUE(std::any_of(code.begin(), code.end(), [&](const MappedCode& part) {
    return here >= part.begin && here < part.end && part.path == program;
  }));
  EXPECT_TRUE(readMappedCode(0x7fffffff).empty());
}

}  // namespace
}  // namespace pyrometer
