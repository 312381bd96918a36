#include "daemon/cli/folded_tree.h"

#include <gtest/gtest.h>

#include "tests/unit/cli/example_profile.h"

namespace pyrometer {
namespace {

using Names = std::vector<std::string>;

/// A profile of stacks of one-letter functions, root first; capitals are a library's, I is the import
/// machinery.
std::shared_ptr<const Profile> profileOf(const std::vector<std::string>& stacks) {
  ProfileBuilder builder(MyCode({"/mine"}));
  Sampler sampler(builder);
  for (const std::string& stack : stacks) {
    std::vector<Sampler::Place> places;
    for (const char name : stack) {
      const bool library = name >= 'A' && name <= 'Z';
      const char* file = name == 'I' ? "<frozen importlib._bootstrap>"
                         : library   ? "/usr/lib/python3.11/json/x.py"
                                     : "/mine/a.py";
      places.push_back(
          {file, std::string(1, name), static_cast<std::uint32_t>(name), static_cast<std::uint32_t>(name)});
    }
    sampler.take(1, places);
  }
  return builder.snapshot();
}

FoldedTree treeOf(const std::vector<std::string>& stacks, bool all = false) {
  const auto profile = profileOf(stacks);
  return foldedTree(*profile, callTree(*profile), all);
}

/// "a:3(b:1)": name, samples on the path, children.
std::string shape(const FoldedTree& tree, std::uint32_t node = 0) {
  std::string text;
  for (const std::uint32_t child : tree.nodes[node].children) {
    const FoldedTree::Node& it = tree.nodes[child];
    if (!text.empty()) text += " ";
    text += it.name + ":" + std::to_string(it.total);
    if (it.deepest > 1) text += "x" + std::to_string(it.deepest);
    if (!it.children.empty()) text += "(" + shape(tree, child) + ")";
  }
  return text;
}

TEST(FoldedTree, KeepsWhatDoesNotRepeat) { EXPECT_EQ(shape(treeOf({"ab", "ab", "ac"})), "a:3(b:2 c:1)"); }

TEST(FoldedTree, RecursionIsOneNodeThatSaysHowDeep) {
  EXPECT_EQ(shape(treeOf({"mf", "mff", "mfff", "mfffg"})), "m:4(f:4x3(g:1))");
}

TEST(FoldedTree, ACircleOfSeveralIsFoldedToo) {
  EXPECT_EQ(shape(treeOf({"mababababc"})), "m:1(a:1(b:1x4(c:1 a:0)))") << "every sample once";
  EXPECT_EQ(treeOf({"m" +
                    [] {
                      std::string deep;
                      for (int i = 0; i < 3000; ++i) deep += "ab";
                      return deep;
                    }()})
                .nodes.size(),
            5U);
}

TEST(FoldedTree, TheSameFunctionTwiceIsNoCircle) {
  EXPECT_EQ(shape(treeOf({"wawb"})), "w:1(a:1(w:1(b:1)))") << "one decorator around two functions";
}

TEST(FoldedTree, LibrariesAreOneNodeUnlessAllIsAsked) {
  EXPECT_EQ(shape(treeOf({"aDE", "aDF"})), "a:2(json:2)");
  EXPECT_EQ(shape(treeOf({"aDEk"})), "a:1(json:1(k:1))") << "a callback from a library";
  EXPECT_EQ(shape(treeOf({"aDE", "aDF"}, true)), "a:2(D:2(E:1 F:1))");
}

TEST(FoldedTree, WhatAnImportRunsIsImportingUntilTheUsersOwnCode) {
  EXPECT_EQ(shape(treeOf({"aID", "aIDIE", "aIDIk", "aIDIkE"})), "a:4(importing modules:4(k:2(json:1)))");
}

TEST(FoldedTree, EverySampleIsInExactlyOneNode) {
  const auto profile = exampleProfile();
  for (const bool all : {false, true}) {
    const FoldedTree tree = foldedTree(*profile, callTree(*profile), all);
    std::uint64_t self = 0;
    for (const FoldedTree::Node& node : tree.nodes) self += node.self;
    EXPECT_EQ(self, profile->sampleCount());
    EXPECT_EQ(tree.nodes[0].total, profile->sampleCount());
  }
}

}  // namespace
}  // namespace pyrometer
