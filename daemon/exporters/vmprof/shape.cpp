#include "daemon/exporters/vmprof/shape.h"

#include "daemon/exporters/vmprof/file_words.h"

namespace pyrometer::vmprof {

std::size_t Shape::maxFrames() const { return kMaxCells / cellsPerFrame() - (pypy ? 3 : 0); }

bool isFromVmprof(const Profile& profile) { return profile.info().format.starts_with("vmprof"); }

Shape shapeOf(const Profile& profile, const ExportOptions& options) {
  const RunInfo& info = profile.info();
  Shape shape;
  shape.pypy = info.interpreter.starts_with("PyPy");
  shape.lines = info.has_lines && !shape.pypy;
  for (std::uint32_t i = 0; i < profile.functions().size() && !shape.native; ++i) {
    const Function& function = profile.functions()[i];
    shape.native = function.kind == FunctionKind::kNative && profile.string(function.name) != kNoPythonCode;
  }
  shape.memory = !profile.memory().empty();
  shape.wall = info.mode == Mode::kWall;
  shape.weighted = options.unit == Unit::kTime && info.true_weights;
  return shape;
}

}  // namespace pyrometer::vmprof
