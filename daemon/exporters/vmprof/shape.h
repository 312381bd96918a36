#pragma once

#include <cstddef>

#include "daemon/exporters/exporter.h"

namespace pyrometer::vmprof {

/// What the file looks like as a whole.
struct Shape {
  bool pypy = false, lines = false, native = false, memory = false, wall = false;
  bool weighted = false;  ///< samples are repeated so that their number tells their weight
  std::size_t cellsPerFrame() const { return pypy || lines ? 2 : 1; }
  /// Of a stack; fewer where PyPy's frames in machine code take several pairs each.
  std::size_t maxFrames() const;
};

Shape shapeOf(const Profile& profile, const ExportOptions& options);

/// Whether the profile came out of a vmprof file: then it is to be written as it was.
bool isFromVmprof(const Profile& profile);

}  // namespace pyrometer::vmprof
