#include "daemon/cli/run_settings.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

RunSettings settingsOf(std::string_view text) {
  const Result<RunSettings> settings = parseSettings(text, "x.ini");
  EXPECT_TRUE(settings.ok()) << (settings.ok() ? "" : settings.error().text());
  return settings.ok() ? *settings : RunSettings();
}

std::string errorOf(std::string_view text) {
  const Result<RunSettings> settings = parseSettings(text, "x.ini");
  EXPECT_FALSE(settings.ok()) << text;
  return settings.ok() ? "" : settings.error().text();
}

TEST(RunSettings, SettingsOfVmprofAreAnswered) {
  const RunSettings s =
      settingsOf("[global]\nweb-url = http://x\nweb-auth: secret\nlines = yes\nnative = no\nweb = off\n");
  ASSERT_EQ(s.remarks.size(), 2u);
  EXPECT_EQ(s.remarks[0], "web-url does nothing: vmprof's server is gone, and the profile stays here");
  EXPECT_NE(errorOf("web = yes").find("nothing is sent anywhere"), std::string::npos);
  EXPECT_EQ(s.native, std::optional(false));
  EXPECT_EQ(settingsOf("native = yes\n").native, std::optional(true));
  EXPECT_EQ(settingsOf("no-native = yes\n").native, std::optional(false));
  EXPECT_NE(errorOf("lines = no").find("lines are always recorded"), std::string::npos);
  EXPECT_EQ(RunSettings().over(s).remarks.size(), 2u);
}

TEST(RunSettings, ReadsAnIniFileWithoutAHeading) {
  const RunSettings s = settingsOf(
      "# what we like\n"
      "output = runs/x.pyrometer ; beside the rest\n"
      "Rate: 500\r\n"
      "mode=wall\n"
      "\n"
      "mem = no\n"
      "no_sources = yes\n"
      "no-argv = off\n"
      "outside = 1\n"
      "quiet = TRUE\n"
      "python = /usr/bin/python3.11\n");
  EXPECT_EQ(s.output, "runs/x.pyrometer");
  EXPECT_EQ(s.rate_hz, 500);
  EXPECT_EQ(s.mode, Mode::kWall);
  EXPECT_EQ(s.memory, false);
  EXPECT_EQ(s.sources, false);
  EXPECT_EQ(s.argv, true);
  EXPECT_EQ(s.outside, true);
  EXPECT_EQ(s.quiet, true);
  EXPECT_EQ(s.python, "/usr/bin/python3.11");
}

TEST(RunSettings, TheHeadingGlobalIsFineAndNoOther) {
  EXPECT_EQ(settingsOf("[global]\nperiod = 0.002\n").rate_hz, 500);
  EXPECT_EQ(errorOf("\n[Web]\n"), "x.ini, line 2: only the heading [global] is known here, not [Web]");
}

TEST(RunSettings, ErrorsNameTheLine) {
  EXPECT_NE(errorOf("mem = yes\nspeed = fast\n").find("x.ini, line 2: there is no setting 'speed'"),
            std::string::npos);
  EXPECT_EQ(errorOf("mem = perhaps"), "x.ini, line 1: 'perhaps' is neither yes nor no");
  EXPECT_EQ(errorOf("rate"), "x.ini, line 1: expected 'key = value'");
  EXPECT_EQ(errorOf("rate ="), "x.ini, line 1: 'rate' has no value");
  EXPECT_NE(errorOf("rate = 20000").find("from 1 to 10000"), std::string::npos);
}

TEST(RunSettings, WhatIsSaidFirstWinsOverWhatIsSaidBelow) {
  RunSettings flags, file;
  flags.rate_hz = 100;
  flags.memory = true;
  file.rate_hz = 200;
  file.memory = false;
  file.mode = Mode::kWall;
  const RunSettings both = flags.over(file);
  EXPECT_EQ(both.rate_hz, 100);
  EXPECT_EQ(both.memory, true);
  EXPECT_EQ(both.mode, Mode::kWall);
  EXPECT_FALSE(both.python);
}

TEST(RunSettings, Rates) {
  EXPECT_EQ(*parseRate("auto"), 0);
  EXPECT_EQ(*parseRate("1"), 1);
  EXPECT_EQ(*parseRate("997.5"), 997.5);
  EXPECT_EQ(*parsePeriod("0.0001"), 10000);
  EXPECT_EQ(*parsePeriod("1"), 1);
  for (const char* bad : {"", "0", "-1", "10001", "nan", "inf", "1e99", "fast", "10x", " 10"}) {
    EXPECT_FALSE(parseRate(bad).ok()) << bad;
  }
  for (const char* bad : {"", "0", "-0.1", "1.1", "0.00001", "nan", "auto"})
    EXPECT_FALSE(parsePeriod(bad).ok()) << bad;
}

}  // namespace
}  // namespace pyrometer
