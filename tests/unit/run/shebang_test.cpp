#include "daemon/run/shebang.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

using Options = std::vector<std::string>;

TEST(Shebang, NamesAProgramWithOptions) {
  const auto shebang = parseShebang("#!/usr/bin/python3.11 -O -X dev\nprint()\n");
  ASSERT_TRUE(shebang);
  EXPECT_EQ(shebang->program, "/usr/bin/python3.11");
  EXPECT_EQ(shebang->options, (Options{"-O", "-X", "dev"}));
  EXPECT_TRUE(shebang->namesPython());
}

TEST(Shebang, SeesThroughEnv) {
  EXPECT_EQ(parseShebang("#!/usr/bin/env python3\n")->program, "python3");
  EXPECT_EQ(parseShebang("#! /usr/bin/env  python3")->program, "python3");
  const auto split = parseShebang("#!/usr/bin/env -S python3 -u\n");
  EXPECT_EQ(split->program, "python3");
  EXPECT_EQ(split->options, (Options{"-u"}));
  EXPECT_EQ(parseShebang("#!/usr/bin/env -S -i PYTHONHASHSEED=0 pypy3 -u\n")->program, "pypy3");
  EXPECT_EQ(parseShebang("#!/usr/bin/env -Spython3 -u\n")->program, "python3");
}

TEST(Shebang, BearsWindowsLineEnds) {
  EXPECT_EQ(parseShebang("#!/usr/bin/python3\r\n")->program, "/usr/bin/python3");
}

TEST(Shebang, TellsOtherLanguages) {
  EXPECT_FALSE(parseShebang("#!/bin/sh\n")->namesPython());
  EXPECT_FALSE(parseShebang("#!/opt/python/bin/ruby\n")->namesPython());
}

TEST(Shebang, IsAbsentInOtherFiles) {
  EXPECT_FALSE(parseShebang(""));
  EXPECT_FALSE(parseShebang("#!"));
  EXPECT_FALSE(parseShebang("#!   \n/usr/bin/python3\n"));
  EXPECT_FALSE(parseShebang("#!/usr/bin/env\n"));
  EXPECT_FALSE(parseShebang("print('#!/usr/bin/python3')\n"));
}

}  // namespace
}  // namespace pyrometer
