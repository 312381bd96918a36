#pragma once

#include <span>

#include "daemon/importers/vmprof/jit_frames.h"
#include "daemon/importers/vmprof/memory_map.h"
#include "daemon/importers/vmprof/names.h"

namespace pyrometer::vmprof {

/// A stack of versions 0 and 1 as Python sees it. Its cells are return addresses with code ids between them:
/// an id, or an id + 1, is known by its name. PyPy's machine code is `block, 2, id..., 3`.
///
/// Of the native cells those inside the innermost Python frame are kept, by library (the one number in common
/// is where the library begins), unless that is the interpreter itself: what lies between Python frames is
/// the interpreter's own doing.
void legacyFrames(std::span<const RawFrame> cells, const Names& names, const MemoryMap& map, PypyStack& out);

}  // namespace pyrometer::vmprof
