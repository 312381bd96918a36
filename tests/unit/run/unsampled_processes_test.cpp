#include "daemon/run/unsampled_processes.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

TEST(UnsampledProcesses, SaysNothingOfNobody) { EXPECT_EQ(UnsampledProcesses().note(), ""); }

TEST(UnsampledProcesses, NamesWhoAndWhy) {
  UnsampledProcesses unsampled;
  unsampled.add("python2 old.py", "CPython 2.7 is not known");
  EXPECT_EQ(unsampled.note(),
            "A Python process that was started was not sampled: python2 old.py (CPython 2.7 is not known).");
  unsampled.add("python2 old.py", "CPython 2.7 is not known");
  unsampled.add("pypy3 x.py", "PyPy");
  EXPECT_EQ(
      unsampled.note(),
      "3 Python processes that were started were not sampled: python2 old.py (CPython 2.7 is not known), 2 "
      "times; pypy3 x.py (PyPy).");
}

TEST(UnsampledProcesses, StaysShort) {
  UnsampledProcesses unsampled;
  for (int i = 0; i < 1000; ++i) unsampled.add(std::to_string(i) + std::string(10'000, 'x'), "refused");
  const std::string note = unsampled.note();
  EXPECT_LT(note.size(), 2000u);
  EXPECT_NE(note.find("and 995 more"), std::string::npos) << note;
}

TEST(UnsampledProcesses, NamesForksThatEnded) {
  UnsampledProcesses unsampled;
  EXPECT_EQ(unsampled.noteOfEnded(), "");
  unsampled.addEnded(17);
  EXPECT_EQ(unsampled.noteOfEnded(), "A forked process ended before it could be sampled: 17.");
  unsampled.addEnded(18);
  unsampled.addEnded(19);
  EXPECT_EQ(unsampled.noteOfEnded(), "3 forked processes ended before they could be sampled: 17, 18 and 19.");
  unsampled.addEnded(0);
  EXPECT_EQ(unsampled.noteOfEnded(),
            "4 forked processes ended before they could be sampled: 17, 18, 19 and 1 more.");
  EXPECT_FALSE(unsampled.any()) << "they are no reason why the program itself was not sampled";
  for (int i = 0; i < 1000; ++i) unsampled.addEnded(1'000'000 + i);
  EXPECT_LT(unsampled.noteOfEnded().size(), 300u);
}

TEST(UnsampledProcesses, KnowsAPythonByItsFile) {
  UnsampledProcesses unsampled;
  EXPECT_TRUE(unsampled.isPython("/no/such/folder/python3.12"));
  EXPECT_FALSE(unsampled.isPython("/bin/sh"));
  EXPECT_FALSE(unsampled.isPython("/no/such/file"));
}

}  // namespace
}  // namespace pyrometer
