#include "daemon/cli/jit_selection.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "daemon/cli/jit_view.h"
#include "daemon/importers/registry.h"

namespace pyrometer {
namespace {

class JitSelected : public testing::Test {
 protected:
  void SetUp() override {
    const auto opened = openFile(std::string(PYROMETER_GOLDEN) + "/../jitlog/pypy801.jit.gz");
    ASSERT_TRUE(opened.ok()) << opened.error().text();
    EXPECT_EQ(opened->kind, FileKind::kJitlog);
    forest_ = opened->jit;
    ASSERT_TRUE(forest_);
  }
  std::vector<std::uint64_t> numbers(const JitSelection& selection) const {
    std::vector<std::uint64_t> found;
    for (const jit::TraceId id : selectTraces(*forest_, selection))
      found.push_back(forest_->trace(id).number);
    return found;
  }

  std::shared_ptr<const jit::TraceForest> forest_;
};

using Numbers = std::vector<std::uint64_t>;

TEST_F(JitSelected, ByKindAndOrder) {
  EXPECT_EQ(numbers({.sort = JitSort::kId, .kind = jit::TraceKind::kLoop}), (Numbers{4, 8, 10, 15}));
  EXPECT_EQ(numbers({.kind = jit::TraceKind::kLoop}), (Numbers{4, 10, 8, 15}));
  EXPECT_EQ(numbers({.kind = jit::TraceKind::kEntry}), Numbers{14});
  EXPECT_EQ(numbers({.sort = JitSort::kBytes, .kind = jit::TraceKind::kLoop}), (Numbers{15, 8, 10, 4}));
  EXPECT_EQ(numbers({.sort = JitSort::kBridges})[0], 4u);
  EXPECT_EQ(numbers({.end = jit::TraceEnd::kAborted}), Numbers{});
  EXPECT_EQ(numbers({.end = jit::TraceEnd::kCompiled}).size(), 13u);
}

TEST_F(JitSelected, ByTheCodeThatItHolds) {
  EXPECT_EQ(numbers({.sort = JitSort::kId, .function = "summing"}), (Numbers{10, 12, 13}));
  // Inlined into what calls it as well.
  EXPECT_EQ(numbers({.sort = JitSort::kId, .function = "inner"}), (Numbers{10, 13}));
  EXPECT_EQ(numbers({.sort = JitSort::kId, .function = "summ"}), (Numbers{10, 12, 13}));
  EXPECT_EQ(numbers({.sort = JitSort::kId, .function = "summ?"}), Numbers{});
  EXPECT_EQ(numbers({.function = "*", .file = "workload.py"}).size(), 12u);
  EXPECT_EQ(numbers({.file = "nothing"}), Numbers{});
}

TEST_F(JitSelected, JsonSaysTheSame) {
  const auto list =
      nlohmann::json::parse(jitListJson(*forest_, {.kind = jit::TraceKind::kBridge, .limit = 2}));
  EXPECT_EQ(list["traces"].size(), 2u);
  EXPECT_EQ(list["found"], 8);
  EXPECT_EQ(list["log"]["machine"], "x86_64");
  EXPECT_EQ(list["traces"][0]["id"], 5);
  EXPECT_EQ(list["traces"][0]["parent"]["id"], 4);
  EXPECT_EQ(list["traces"][0]["line"], 7);

  const auto text = jitTraceJson(*forest_, *forest_->findTrace(4), jit::StageKind::kAssembled);
  ASSERT_TRUE(text.ok());
  const auto trace = nlohmann::json::parse(*text);
  EXPECT_EQ(trace["trace"]["turns"], 329577633u);
  ASSERT_EQ(trace["shown"].size(), 1u);
  const auto& shown = trace["shown"][0];
  EXPECT_EQ(shown["stage"], "asm");
  std::size_t instructions = 0, bridges = 0;
  for (const auto& op : shown["operations"]) {
    instructions += op["code"]["instructions"].size();
    bridges += op.contains("bridge") ? 1 : 0;
  }
  EXPECT_GT(instructions, 100u);
  EXPECT_EQ(bridges, 4u);
  EXPECT_EQ(shown["mergePoints"].size(), 36u);

  const auto info = nlohmann::json::parse(jitInfoJson(*forest_));
  EXPECT_EQ(info["kinds"]["bridge"], 8);
}

TEST_F(JitSelected, InfoIsForPeople) {
  const std::string text = jitInfoView(*forest_, Terminal{});
  EXPECT_NE(text.find("13: 4 loops, 8 bridges, 1 entry"), std::string::npos) << text;
  EXPECT_NE(text.find("jitlog 4, x86_64, 64 bit"), std::string::npos) << text;
}

TEST_F(JitSelected, AStageThatIsNotThereIsNamed) {
  const auto cut = openFile(std::string(PYROMETER_GOLDEN) + "/../jitlog/pypy7311-truncated.jit.gz");
  ASSERT_TRUE(cut.ok());
  const jit::TraceForest& log = *cut->jit;
  const jit::TraceId last{static_cast<std::uint32_t>(log.traces().size() - 1)};
  const auto shown = jitTraceView(log, last, jit::StageKind::kAssembled, Terminal{});
  ASSERT_FALSE(shown.ok());
  EXPECT_NE(shown.error().message.find("has no stage asm; it has noopt"), std::string::npos)
      << shown.error().message;
  EXPECT_NE(jitNotesText(log, Terminal{}).find("cut"), std::string::npos);
}

}  // namespace
}  // namespace pyrometer
