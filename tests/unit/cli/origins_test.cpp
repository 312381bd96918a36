#include "daemon/cli/origins.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "daemon/profile/profile_builder.h"

namespace pyrometer {
namespace {

using Places = std::vector<std::pair<std::int64_t, std::uint32_t>>;

/// (pid, depth) of each row of the tree.
Places treeOf(const std::vector<Process>& processes) {
  ProfileBuilder builder;
  for (const Process& process : processes) builder.addProcess(process);
  const auto profile = builder.snapshot();
  Places places;
  for (const ProcessPlace& place : processTree(*profile))
    places.emplace_back(profile->process(place.id).pid, place.depth);
  return places;
}

Process image(std::int64_t pid, std::int64_t parent, std::int64_t start, std::uint32_t generation = 0) {
  return {.pid = pid,
          .command = {},
          .interpreter = {},
          .parent = parent,
          .generation = generation,
          .forked = generation == 0,
          .start = start};
}

TEST(ProcessTree, AChildThatIsSeenBeforeItsParentStandsBelowIt) {
  EXPECT_EQ(treeOf({image(1, 0, 0), image(3, 2, 20), image(2, 1, 10), image(4, 1, 30)}),
            (Places{{1, 0}, {2, 1}, {3, 2}, {4, 1}}));
}

TEST(ProcessTree, AChildBelongsToTheImageThatWasThereWhenItBegan) {
  EXPECT_EQ(treeOf({image(1, 0, 0), image(2, 1, 10), image(1, 0, 20, 1), image(3, 1, 30)}),
            (Places{{1, 0}, {2, 1}, {1, 0}, {3, 1}}));
}

TEST(ProcessTree, ProcessesThatAreEachOthersParentsAreAllThere) {
  EXPECT_EQ(treeOf({image(1, 2, 0), image(2, 1, 10), image(3, 3, 0)}), (Places{{1, 0}, {2, 1}, {3, 0}}));
}

}  // namespace
}  // namespace pyrometer
