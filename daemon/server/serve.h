#pragma once

namespace pyrometer {

/// The daemon as a process: speaks JSON-RPC on standard input and output until its client ends it, closes its
/// end or dies, or a signal comes; then stops the programs that run, saves what was recorded, and returns the
/// exit status: 0 after `shutdown` and `exit`, else 1. Standard output is for the protocol alone: whatever
/// else would be written there goes to standard error, with the log. Call it once, from the main thread,
/// before there are others.
int serveEditor();

}  // namespace pyrometer
