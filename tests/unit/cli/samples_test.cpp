// Every file that the tests have, in every view, on several terminals: what is shown fits and can be shown.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "daemon/cli/jit_view.h"
#include "daemon/cli/json_views.h"
#include "daemon/cli/phases_view.h"
#include "daemon/cli/view.h"
#include "daemon/importers/registry.h"
#include "tests/unit/cli/fits.h"

namespace pyrometer {
namespace {

constexpr Terminal kTerminals[] = {{.width = 60},
                                   {.width = 80, .charset = Charset::kAscii},
                                   {.width = 80, .colour = Terminal::Colour::kTwoHundredFiftySix},
                                   {.width = 200}};

std::vector<std::string> samples() {
  std::vector<std::string> all;
  for (const char* folder : {"vmprof", "jitlog", "pypylog"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::string(PYROMETER_GOLDEN) + "/../" + folder)) {
      const std::string name = entry.path().filename();
      if (!name.ends_with(".txt") && !name.ends_with(".md")) all.push_back(std::string(folder) + "/" + name);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

class Sample : public testing::TestWithParam<std::string> {
 protected:
  Sample() : opened_(openFile(std::string(PYROMETER_GOLDEN) + "/../" + GetParam())) {}

  static void look(const std::string& text, const Terminal& terminal) {
    EXPECT_FALSE(text.empty());
    expectFits(text, terminal, true);
  }
  static void lookAtJson(const std::string& text) { EXPECT_TRUE(nlohmann::json::accept(text)); }

  static void lookAt(const Profile& profile) {
    for (const Terminal& terminal : kTerminals) {
      for (const bool all : {false, true}) {
        look(flatView(profile, {.all = all}, terminal), terminal);
        look(treeView(profile, {.all = all}, terminal), terminal);
        look(memoryView(profile, {.all = all}, terminal), terminal);
        for (std::uint32_t file = 0; file < profile.files().size(); ++file)
          look(sourceView(profile, FileId{file}, {}, {.all = all}, terminal), terminal);
      }
      look(statesView(profile, terminal), terminal);
      look(infoView(profile, terminal), terminal);
      expectFits(notesText(profile, terminal), terminal, true);
    }
    for (const std::string& json : {flatJson(profile, {}), treeJson(profile, {}), memoryJson(profile, {}),
                                    statesJson(profile), infoJson(profile)})
      lookAtJson(json);
  }

  static void lookAt(const jit::TraceForest& forest) {
    for (const Terminal& terminal : kTerminals) {
      look(jitListView(forest, {}, terminal), terminal);
      look(jitInfoView(forest, terminal), terminal);
      expectFits(jitNotesText(forest, terminal), terminal, true);
      for (std::uint32_t i = 0; i < forest.traces().size(); ++i) {
        const jit::TraceId trace{i};
        for (const auto stage :
             {jit::StageKind::kRecorded, jit::StageKind::kOptimised, jit::StageKind::kAssembled}) {
          if (!stagesToShow(forest, trace, stage).ok()) continue;
          const auto text = jitTraceView(forest, trace, stage, terminal);
          ASSERT_TRUE(text.ok()) << text.error().text();
          look(*text, terminal);
          if (&terminal != kTerminals) continue;
          const auto json = jitTraceJson(forest, trace, stage);
          ASSERT_TRUE(json.ok());
          lookAtJson(*json);
        }
      }
    }
    lookAtJson(jitListJson(forest, {}));
    lookAtJson(jitInfoJson(forest));
  }

  static void lookAt(const PhaseLog& log) {
    for (const Terminal& terminal : kTerminals) {
      look(phasesView(log, {}, terminal), terminal);
      look(phaseLogInfo(log, terminal), terminal);
    }
    lookAtJson(phasesJson(log, {.all = true}));
  }

  Result<OpenedFile> opened_;
};

TEST_P(Sample, CanBeShown) {
  ASSERT_TRUE(opened_.ok()) << opened_.error().text();
  if (opened_->profile) lookAt(*opened_->profile);
  if (opened_->jit) lookAt(*opened_->jit);
  if (opened_->phases) lookAt(*opened_->phases);
}

INSTANTIATE_TEST_SUITE_P(All, Sample, testing::ValuesIn(samples()), [](const auto& sample) {
  std::string name = sample.param;
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

}  // namespace
}  // namespace pyrometer
