#include "daemon/server/open_documents.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

constexpr const char* kUri = "file:///home/me/a%20b.py";

TEST(OpenDocuments, TwoSpellingsOfAUriAreOneDocument) {
  OpenDocuments documents;
  documents.open(kUri, 1, "x");
  ASSERT_NE(documents.find("file:/home/me/a b.py"), nullptr);
  EXPECT_EQ(documents.find("file:/home/me/a b.py")->uri(), kUri);
  documents.close("file://localhost/home/me/a%20b.py");
  EXPECT_EQ(documents.find(kUri), nullptr);
}

TEST(OpenDocuments, OneThatIsNoFileIsFollowedToo) {
  OpenDocuments documents;
  documents.open("untitled:Untitled-1", 1, "x");
  ASSERT_TRUE(documents.change("untitled:Untitled-1", 2, {{TextRange{{0, 1}, {0, 1}}, "y"}}).ok());
  EXPECT_EQ(documents.find("untitled:Untitled-1")->text().text(), "xy");
}

TEST(OpenDocuments, WhatCannotBeFollowedIsSaidUntilTheTextIsSentWhole) {
  OpenDocuments documents;
  EXPECT_FALSE(documents.change(kUri, 1, {}).ok()) << "not open";
  documents.open(kUri, 5, "one\ntwo");

  const auto beyond = documents.change(kUri, 6, {{TextRange{{9, 0}, {9, 0}}, "x"}});
  ASSERT_FALSE(beyond.ok());
  EXPECT_EQ(beyond.error().where, kUri);
  EXPECT_FALSE(documents.find(kUri)->inStep());
  EXPECT_FALSE(documents.change(kUri, 7, {{TextRange{{0, 0}, {0, 0}}, "x"}}).ok()) << "still out of step";
  EXPECT_EQ(documents.find(kUri)->text().text(), "one\ntwo");

  ASSERT_TRUE(documents.change(kUri, 8, {{std::nullopt, "new"}, {TextRange{{0, 3}, {0, 3}}, "er"}}).ok());
  EXPECT_TRUE(documents.find(kUri)->inStep());
  EXPECT_EQ(documents.find(kUri)->text().text(), "newer");

  EXPECT_FALSE(documents.change(kUri, 7, {{std::nullopt, "old"}}).ok()) << "a version that goes back";
  EXPECT_FALSE(documents.find(kUri)->inStep());
  documents.open(kUri, 1, "again");
  EXPECT_TRUE(documents.find(kUri)->inStep());
}

TEST(OpenDocuments, AMapIsMadeOnceForEachText) {
  OpenDocuments documents;
  documents.open(kUri, 1, "one\ntwo\n");
  Document& document = *documents.find(kUri);
  const auto first = document.mapTo(HeldId{1}, FileId{0}, nullptr);
  EXPECT_EQ(document.mapTo(HeldId{1}, FileId{0}, nullptr), first);
  ASSERT_TRUE(document.change(2, {{TextRange{{0, 0}, {0, 0}}, "zero\n"}}).ok());
  const auto second = document.mapTo(HeldId{1}, FileId{0}, nullptr);
  EXPECT_NE(second, first);
  ASSERT_TRUE(second->find(1)) << "without the run's text, the document as it was opened stands for it";
  EXPECT_EQ(second->find(1)->line, 1U);
  EXPECT_FALSE(second->find(1)->stale);
}

}  // namespace
}  // namespace pyrometer
