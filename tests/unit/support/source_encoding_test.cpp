#include "daemon/support/source_encoding.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

std::string decoded(std::string_view bytes) {
  const auto source = decodedSource(bytes);
  if (!source) return "as it stands";
  return (source->certain ? "" : "? ") + source->text;
}

TEST(SourceEncoding, TheCodingLineIsWherePythonLooksForIt) {
  EXPECT_EQ(codingOf("# -*- coding: latin-1 -*-\n"), "latin-1");
  EXPECT_EQ(codingOf("#!/usr/bin/python\r\n# vim: set fileencoding=cp1252 :\n"), "cp1252");
  EXPECT_EQ(codingOf("\n \t#coding=koi8_r"), "koi8_r");
  EXPECT_EQ(codingOf("# decoding is hard; coding: utf-8"), "utf-8");
  EXPECT_EQ(codingOf("import x  # coding: latin-1\n"), "") << "behind code";
  EXPECT_EQ(codingOf("import x\n# coding: latin-1\n"), "") << "below code";
  EXPECT_EQ(codingOf("#\n#\n# coding: latin-1\n"), "") << "the third line";
  EXPECT_EQ(codingOf(""), "");
}

TEST(SourceEncoding, Utf8StaysAsItIs) {
  EXPECT_EQ(decoded("s = 'h\xC3\xBC'\n"), "as it stands");
  EXPECT_EQ(decoded("\xEF\xBB\xBF# coding: utf-8\ns = '\xC3\xBC'"), "as it stands");
  EXPECT_EQ(decoded("# coding: latin-1\nplain"), "as it stands");
  EXPECT_EQ(decoded("# coding: nonsense\nplain"), "as it stands");
}

TEST(SourceEncoding, CodecsOfOneByte) {
  EXPECT_EQ(decoded("# coding: latin-1\n\xFC\xA4"), "# coding: latin-1\n\xC3\xBC\xC2\xA4");
  EXPECT_EQ(decoded("# coding: iso-8859-15\n\xA4"), "# coding: iso-8859-15\n\xE2\x82\xAC");
  EXPECT_EQ(decoded("# coding: ISO8859_15\n\xA4"), "# coding: ISO8859_15\n\xE2\x82\xAC");
  EXPECT_EQ(decoded("# coding: latin9\n\xA4"), "# coding: latin9\n\xE2\x82\xAC");
  EXPECT_EQ(decoded("# coding: cp1252\n\x80"), "# coding: cp1252\n\xE2\x82\xAC");
  EXPECT_EQ(decoded("# coding: windows-1252\n\x80"), "# coding: windows-1252\n\xE2\x82\xAC");
  EXPECT_EQ(decoded("# coding: koi8-r\n\xC1"), "# coding: koi8-r\n\xD0\xB0");
  EXPECT_EQ(decoded("# coding: mac-roman\n\x8A"), "# coding: mac-roman\n\xC3\xA4");
}

TEST(SourceEncoding, CodecsOfSeveralBytes) {
  EXPECT_EQ(decoded("# coding: euc_jp\n\xA4\xA2"), "# coding: euc_jp\n\xE3\x81\x82");
  EXPECT_EQ(decoded("# coding: shift_jis\n\x82\xA0"), "# coding: shift_jis\n\xE3\x81\x82");
}

TEST(SourceEncoding, WhatIsNotKnownIsAGuess) {
  EXPECT_EQ(decoded("# coding: martian\n\xFC!"), "? # coding: martian\n\xEF\xBF\xBD!");
  EXPECT_EQ(decoded("# coding: ascii\n\xFC"), "? # coding: ascii\n\xEF\xBF\xBD");
  EXPECT_EQ(decoded("\xFC"), "? \xEF\xBF\xBD") << "Python would refuse it";
  EXPECT_EQ(decoded("# coding: utf-16\n\xFC"), "? # coding: utf-16\n\xEF\xBF\xBD");
  EXPECT_EQ(decoded("# coding: cp1252\n\x81"), "? # coding: cp1252\n\xEF\xBF\xBD") << "no character there";
}

}  // namespace
}  // namespace pyrometer
