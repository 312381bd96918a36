#include "daemon/server/convert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <map>
#include <string>

#include "daemon/profile/profile_builder.h"

namespace pyrometer {
namespace {

TEST(Convert, ARunNamesOneThingToRun) {
  protocol::RunParams params;
  EXPECT_EQ(runRequestOf(params).error().where, "params");
  params.program = "file:///home/a%20b/%C3%BC.py";
  const Result<RunRequest> request = runRequestOf(params);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request.value().program, "/home/a b/ü.py");
  EXPECT_EQ(request.value().columns, 80u);
  EXPECT_EQ(request.value().rows, 24u);
  EXPECT_TRUE(request.value().memory);
  EXPECT_FALSE(request.value().rate_hz);
  params.command = {"-m", "json"};
  EXPECT_FALSE(runRequestOf(params).ok());
}

TEST(Convert, ARunTakesAllItsFields) {
  protocol::RunParams params;
  params.command = {"-m", "json"};
  params.args = {"--help"};
  params.cwd = "file:///tmp";
  params.env = std::map<std::string, std::string>{{"A", "1"}};
  params.python = "/usr/bin/python3";
  params.mode = protocol::RunMode::kWall;
  params.rate = 0;
  params.memory = false;
  params.outside = true;
  params.columns = 132;
  params.rows = 50;
  const Result<RunRequest> request = runRequestOf(params);
  ASSERT_TRUE(request.ok()) << request.error().text();
  EXPECT_EQ(request.value().command, (std::vector<std::string>{"-m", "json"}));
  EXPECT_EQ(request.value().args, std::vector<std::string>{"--help"});
  EXPECT_EQ(request.value().cwd, "/tmp");
  EXPECT_EQ(request.value().env.at("A"), "1");
  EXPECT_EQ(request.value().python, "/usr/bin/python3");
  EXPECT_EQ(request.value().mode, Mode::kWall);
  EXPECT_EQ(request.value().rate_hz, 0);
  EXPECT_FALSE(request.value().memory);
  EXPECT_TRUE(request.value().outside);
  EXPECT_EQ(request.value().columns, 132u);
  EXPECT_EQ(request.value().rows, 50u);
}

TEST(Convert, WhatIsWrongWithARunIsNamed) {
  const auto where = [](auto change) {
    protocol::RunParams params;
    params.program = "file:///a.py";
    change(params);
    const Result<RunRequest> request = runRequestOf(params);
    return request.ok() ? "nothing" : request.error().where;
  };
  EXPECT_EQ(where([](auto&) {}), "nothing");
  EXPECT_EQ(where([](auto& p) { p.program = "untitled:Untitled-1"; }), "params.program");
  EXPECT_EQ(where([](auto& p) { p.program = "https://example.org/a.py"; }), "params.program");
  EXPECT_EQ(where([](auto& p) { p.cwd = "ftp://x/"; }), "params.cwd");
  EXPECT_EQ(where([](auto& p) { p.rate = 0.5; }), "params.rate");
  EXPECT_EQ(where([](auto& p) { p.rate = 10'001; }), "params.rate");
  EXPECT_EQ(where([](auto& p) { p.rate = -1; }), "params.rate");
  EXPECT_EQ(where([](auto& p) { p.columns = 0; }), "params.columns");
  EXPECT_EQ(where([](auto& p) { p.rows = 1'000'000; }), "params.rows");
}

TEST(Convert, SettingsAreLaidOverThoseThatThereAre) {
  protocol::Settings settings;
  settings.rate = protocol::Any::ofNumber(std::int64_t{500});
  settings.myCode = false;
  Result<ServerSettings> changed = settingsOf(settings, {.python = "/p", .rate_hz = 0, .threshold = 2});
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed.value().python, "/p");
  EXPECT_EQ(changed.value().rate_hz, 500);
  EXPECT_EQ(changed.value().threshold, 2);
  EXPECT_FALSE(changed.value().my_code);

  settings.rate = protocol::Any::ofString("auto");
  EXPECT_EQ(settingsOf(settings, {.rate_hz = 7}).value().rate_hz, 0);
  settings.rate = protocol::Any::ofString("fast");
  EXPECT_EQ(settingsOf(settings, {}).error().where, "pyrometer.rate");
  settings.rate = protocol::Any::ofNumber(std::int64_t{100'000});
  EXPECT_EQ(settingsOf(settings, {}).error().where, "pyrometer.rate");
  settings.rate.reset();
  settings.threshold = std::nan("");
  EXPECT_EQ(settingsOf(settings, {}).error().where, "pyrometer.threshold");
}

TEST(Convert, AFilterNamesWhatTheProfileHas) {
  ProfileBuilder builder;
  const auto profile = builder.snapshot();
  protocol::Filter filter;
  filter.from = 5;
  filter.vmStates = {"jit", "gc"};
  filter.threadStates = {"offCpu"};
  const Result<Filter> read = filterOf(filter, *profile);
  ASSERT_TRUE(read.ok()) << read.error().text();
  EXPECT_EQ(read.value().from, 5);
  EXPECT_EQ(read.value().vm_states, (std::vector<VmState>{VmState::kJit, VmState::kGc}));
  EXPECT_EQ(read.value().thread_states, std::vector<ThreadState>{ThreadState::kOffCpu});
  EXPECT_TRUE(filterOf({}, *profile).value().empty());

  filter.vmStates = {"jit", "fast"};
  EXPECT_EQ(filterOf(filter, *profile).error().where, "params.filter.vmStates[1]");
  EXPECT_NE(filterOf(filter, *profile).error().message.find("warmup"), std::string::npos);
  filter.vmStates.reset();
  filter.threads = {{0}};
  EXPECT_EQ(filterOf(filter, *profile).error().where, "params.filter.threads[0]");
}

TEST(Convert, NumbersOfProfiles) {
  EXPECT_FALSE(heldIdOf(0, "f").ok());
  EXPECT_FALSE(heldIdOf(std::uint64_t{1} << 32, "f").ok());
  EXPECT_EQ(numberOf(heldIdOf(7, "f").value()), 7u);
  EXPECT_FALSE(heldIdOf(std::optional<std::uint64_t>()).value().has_value());
}

TEST(Convert, PositionsBeyondAllTextsStayBeyond) {
  protocol::TextDocumentContentChangeEvent change;
  change.text = "x";
  change.range = protocol::Range{.start = {.line = 1, .character = 2},
                                 .end = {.line = std::uint64_t{1} << 40, .character = 0}};
  const std::vector<TextChange> changes = changesOf({change, {.text = "all"}});
  EXPECT_EQ(changes[0].range->start, (TextPosition{1, 2}));
  EXPECT_EQ(changes[0].range->end, (TextPosition{UINT32_MAX, 0}));
  EXPECT_FALSE(changes[1].range);
  EXPECT_EQ(changes[1].text, "all");
}

TEST(Convert, Pages) {
  EXPECT_EQ(pageLimitOf({}).value(), 100u);
  EXPECT_EQ(pageLimitOf(1000).value(), 1000u);
  EXPECT_EQ(pageLimitOf(0).error().where, "params.limit");
  EXPECT_FALSE(pageLimitOf(1001).ok());
}

}  // namespace
}  // namespace pyrometer
