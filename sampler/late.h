#pragma once

#include <cstddef>
#include <cstdint>

/// The doors for a Python program that loads this library while it runs (ctypes.CDLL; the package in
/// python/). Nothing is interposed then. One thread at a time, with the GIL or without; never in a handler.
/// All but pyrometer_start_recorder are for the process that began the session.
// NOLINTBEGIN(readability-identifier-naming): names of C
#define PYROMETER_DOOR extern "C" [[gnu::visibility("default")]]

/// Starts `executable` so that nobody here ever has to wait for it: it is no child of this process, sends it
/// no SIGCHLD, and is in a session (setsid) of its own. It inherits `output` and `report`; other descriptors
/// as far as they are not close-on-exec. 0, or the errno with which it could not be started.
PYROMETER_DOOR int pyrometer_start_recorder(const char* executable, char* const* arguments,
                                            char* const* environment, int output, int report);

/// Registers this process with the recorder whose session folder this is; from then on it is sampled. 0, or
/// -1 with a sentence in `why` (of `size` bytes; empty: the recorder knows).
PYROMETER_DOOR int pyrometer_begin(const char* folder, char* why, std::size_t size);

/// The recorder has ended: takes down what pyrometer_begin has put up. Waits for handlers that still run.
PYROMETER_DOOR void pyrometer_end();

/// Samples are wanted (0) or not. They are taken as long as nobody says that they are not.
PYROMETER_DOOR void pyrometer_pause(int paused);

/// 1 as long as this process is sampled, by whichever way; 0 in a fork's child.
PYROMETER_DOOR int pyrometer_is_sampled();

// NOLINTEND(readability-identifier-naming)
