#pragma once

/// The status with which this process exits, told to the daemon: its parent reaps it, and we are not asked.
namespace pyrometer::sampler {

/// From now on exit() tells; _exit is interposed.
void noteExitStatus();

}  // namespace pyrometer::sampler
