#include "daemon/analysis/interval.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

TEST(Wilson, AgreesWithPublishedValues) {
  // Newcombe 1998, table I, method 3.
  EXPECT_NEAR(wilson(81, 263).low, 0.2553, 5e-5);
  EXPECT_NEAR(wilson(81, 263).high, 0.3662, 5e-5);
  EXPECT_NEAR(wilson(15, 148).low, 0.0624, 5e-5);
  EXPECT_NEAR(wilson(15, 148).high, 0.1605, 5e-5);
  EXPECT_NEAR(wilson(1, 29).low, 0.0061, 5e-5);
  EXPECT_NEAR(wilson(1, 29).high, 0.1718, 5e-5);
}

TEST(Wilson, EndsAreEnds) {
  EXPECT_EQ(wilson(0, 20).low, 0);
  EXPECT_NEAR(wilson(0, 20).high, 0.1611, 5e-5);
  EXPECT_NEAR(wilson(20, 20).low, 0.8389, 5e-5);
  EXPECT_DOUBLE_EQ(wilson(20, 20).high, 1);
}

TEST(Wilson, WithoutSamplesNothingIsKnown) {
  EXPECT_EQ(wilson(0, 0).low, 0);
  EXPECT_EQ(wilson(0, 0).high, 1);
}

TEST(Wilson, MoreConfidenceIsWider) {
  EXPECT_LT(wilson(30, 100, 2.576).low, wilson(30, 100).low);
  EXPECT_GT(wilson(30, 100, 2.576).high, wilson(30, 100).high);
}

}  // namespace
}  // namespace pyrometer
