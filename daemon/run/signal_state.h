#pragma once

#include <cstdint>
#include <optional>

namespace pyrometer {

/// How one signal stands with one thread of another process.
struct SignalState {
  bool blocked = false;  ///< by the thread's mask
  bool pending = false;  ///< sent to the thread, not taken yet
  bool caught = false;   ///< the process has a handler for it (whose, the kernel does not say)
};

/// Some 20 us. Empty: the thread is gone, or the kernel would not say.
std::optional<SignalState> signalStateOf(std::int32_t pid, std::int32_t tid, int signal);

}  // namespace pyrometer
