#pragma once

#include <string>

#include "daemon/cli/charges.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/places.h"
#include "daemon/cli/view.h"

namespace pyrometer {

/// What both tables of the flat view go by.
struct FlatQuestion {
  const Profile& profile;
  const ViewOptions& options;
  const Terminal& terminal;
  const bool brief;
  const Charges charges;
  const PlaceNames names;
  const bool by_self;  ///< nothing is charged to callers: --all, or a profile of libraries alone
  const bool few;      ///< so few samples that intervals are shown

  FlatQuestion(const Profile& of, const ViewOptions& asked, const Terminal& on, bool is_brief)
      : profile(of),
        options(asked),
        terminal(on),
        brief(is_brief),
        charges(chargesOf(of)),
        names(of),
        by_self(asked.all || charges.user.count == 0),
        few(of.effectiveSamples() < kFewSamples) {}

  std::size_t limitOr(std::size_t usual) const { return options.limit != 0 ? options.limit : usual; }
  double share(std::uint64_t time) const { return shareOf(time, profile.totalWeight()); }
};

/// The hottest lines with their code; imports, and what nobody is charged with, as a row each.
std::string lineTable(const FlatQuestion& question);

/// The user's functions, and each library as one row below them.
std::string functionTable(const FlatQuestion& question);

}  // namespace pyrometer
