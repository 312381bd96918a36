#pragma once

#include <algorithm>
#include <cstdint>

/// How much of a thread's CPU time a look at it stands for. Used by the handler and, for what is read from
/// outside, by the daemon.
namespace pyrometer::ring {

/// Looks come at times that have nothing to do with what the program does, so one finds the thread at a place
/// as often as it is there. Each that finds it running therefore stands for the time between two looks,
/// whatever it has used since the last one: else a place would be given what was used before a pause by
/// others, and a program that computes 1 ms in A, 1 ms in B and sleeps would show 37 % in A. (Weights by the
/// inverse of the probability of being drawn: Horvitz and Thompson, 1952.) What the clock says otherwise,
/// more or less, is spread over the looks to come.
///
/// `given`: CPU time that earlier looks stand for, in all; `used`: what the thread's clock shows; `between`:
/// time since the look before this one, whether or not that found it running; 0: not known, and the look
/// stands for all that is left. The first look at a thread stands for all, too, and for no less than others:
/// it speaks for those threads that have come and gone between two looks. Of a time longer than `most`, in
/// which nobody looked as processors were short, it counts what the thread has used. All in ns. Gives the new
/// `given`.
inline std::uint64_t lookedTime(std::uint64_t given, std::uint64_t used, std::uint64_t between,
                                std::uint64_t most) {
  constexpr std::int64_t kSpread = 16;
  const auto left = static_cast<std::int64_t>(used - given);
  const auto longest = static_cast<std::int64_t>(between);
  const std::int64_t usual = std::clamp(left, std::min(longest, static_cast<std::int64_t>(most)), longest);
  std::int64_t share = usual + (left - usual) / kSpread;
  if (between == 0) share = left;
  if (given == 0) share = std::max(left, usual);
  return given + static_cast<std::uint64_t>(std::max<std::int64_t>(share, 0));
}

}  // namespace pyrometer::ring
