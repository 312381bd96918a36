#include "daemon/jit/assembled_places.h"

#include <gtest/gtest.h>

#include "daemon/jit/forest_builder.h"

namespace pyrometer::jit {
namespace {

class PlacesTest : public testing::Test {
 protected:
  void add(StageBody& to, const char* name, std::uint32_t merge_point, DescrNumber descr = 0) {
    Operation op;
    op.op = builder_.internOperation(name);
    op.role = roleOf(name);
    op.descr_number = descr;
    op.merge_point = merge_point;
    to.operations.push_back(op);
  }
  std::vector<std::uint32_t> places() {
    return assembledPlaces(*builder_.build(nullptr), assembled_, optimised_);
  }

  ForestBuilder builder_;
  StageBody optimised_, assembled_;
};

TEST_F(PlacesTest, GuardsAnchorAndNamesTellTheRest) {
  add(optimised_, "label", 0, 1);
  add(optimised_, "getfield_gc_i", 1);
  add(optimised_, "int_add", 2);
  add(optimised_, "guard_true", 2, 10);
  add(optimised_, "int_add", 3);
  add(optimised_, "guard_true", 4, 11);
  add(optimised_, "jump", 5, 1);

  add(assembled_, "increment_debug_counter", 0);
  add(assembled_, "label", 0, 1);
  add(assembled_, "gc_load_i", 0);
  add(assembled_, "int_add", 0);
  add(assembled_, "guard_true", 0, 10);
  add(assembled_, "int_lshift", 0);  // nowhere in the other
  add(assembled_, "int_add", 0);
  add(assembled_, "guard_true", 0, 11);
  add(assembled_, "jump", 0, 1);
  EXPECT_EQ(places(), (std::vector<std::uint32_t>{0, 0, 1, 2, 2, 2, 3, 4, 5}));
}

TEST_F(PlacesTest, WhatDoesNotFitTogetherStaysAtItsNeighbour) {
  add(optimised_, "guard_true", 3, 10);
  add(optimised_, "guard_true", 1, 11);
  add(assembled_, "guard_true", 0, 11);
  add(assembled_, "guard_true", 0, 10);  // before the other one there
  add(assembled_, "int_add", 0);
  EXPECT_EQ(places(), (std::vector<std::uint32_t>{1, 1, 1}));
  EXPECT_TRUE(assembledPlaces(*ForestBuilder().build(nullptr), StageBody(), StageBody()).empty());
}

}  // namespace
}  // namespace pyrometer::jit
