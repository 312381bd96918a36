#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "daemon/analysis/filter.h"

namespace pyrometer {

/// What a line adds up to (Profile says what self, total and charged are), and its class for colouring.
struct LineHeat {
  LineId id;
  std::uint32_t line = 0;  ///< from 1; 0: place in the file unknown
  Counters counters;
  std::uint8_t heat = 0;  ///< 0 (cold) to 3: heatClass of `share`
  double share = 0;  ///< of all time in the view: charged to the line, or its self (see the functions below)
};

/// Class of a share of all time: 3 from 10 %, 2 from 2.5 %, 1 from 0.5 %.
std::uint8_t heatClass(double share);

/// The lines of one file that have samples, by line. Shares are of charged time in a file of the user's, of
/// self time in any other (nothing is charged to those). Unfiltered: from the builder's counters, no loop
/// over samples or stacks.
std::vector<LineHeat> lineHeat(const Profile& profile, FileId file, const Filter& filter = {},
                               std::stop_token stop = {});

enum class Charge {
  kMyCode,  ///< order and share by `charged_time`: library time on the user's line
  kSelf,    ///< order and share by `self_time`
};

/// The hottest lines of all files, hottest first, at most `limit` (0: all). With kMyCode only lines of the
/// user's files; if nothing at all is charged to the user (a library profiled for itself), as with kSelf.
/// Shares are of what they are ordered by.
std::vector<LineHeat> hotLines(const Profile& profile, Charge charge, std::size_t limit,
                               const Filter& filter = {}, std::stop_token stop = {});

/// Counters of every line that has samples in the filtered view, indexed by LineId (empty rows where none).
std::vector<Counters> lineCounters(const Profile& profile, const Filter& filter, std::stop_token stop = {});

}  // namespace pyrometer
