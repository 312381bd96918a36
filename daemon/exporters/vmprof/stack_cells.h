#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/exporters/vmprof/code_ids.h"
#include "daemon/exporters/vmprof/shape.h"

namespace pyrometer::vmprof {

/// A sample's stack as the cells of the file, innermost frame first. What is too deep loses its root's side,
/// as it does with vmprof's own writers.
class StackCells {
 public:
  StackCells(const Profile& profile, const CodeIds& ids, const Shape& shape);

  /// Appends depth and cells.
  void append(std::string& out, const Sample& sample);

 private:
  void appendPlain(std::string& out, const Sample& sample) const;
  void appendPypy(std::string& out, const Sample& sample);
  bool isEmpty(StackId stack) const;

  const Profile& profile_;
  const CodeIds& ids_;
  Shape shape_;
  std::vector<std::string> frames_;  ///< by frame: its cells where they are always the same
  std::string pairs_;
};

}  // namespace pyrometer::vmprof
