#include "daemon/run/signal_state.h"

#include <charconv>
#include <string>
#include <string_view>

#include "daemon/run/process_files.h"

namespace pyrometer {

namespace {

/// Bit `signal` of a set as "SigBlk:\t0000000000000000" has it.
std::optional<bool> bitOf(std::string_view status, std::string_view name, int signal) {
  const std::size_t at = status.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t set = 0;
  const char* const begin = status.data() + at + name.size();
  if (std::from_chars(begin, status.data() + status.size(), set, 16).ec != std::errc()) return std::nullopt;
  return (set >> (signal - 1) & 1) != 0;
}

}  // namespace

std::optional<SignalState> signalStateOf(std::int32_t pid, std::int32_t tid, int signal) {
  const auto status =
      readSmallFile("/proc/" + std::to_string(pid) + "/task/" + std::to_string(tid) + "/status");
  if (!status) return std::nullopt;
  const auto blocked = bitOf(*status, "\nSigBlk:\t", signal);
  const auto pending = bitOf(*status, "\nSigPnd:\t", signal);
  const auto caught = bitOf(*status, "\nSigCgt:\t", signal);
  if (!blocked || !pending || !caught) return std::nullopt;
  return SignalState{.blocked = *blocked, .pending = *pending, .caught = *caught};
}

}  // namespace pyrometer
