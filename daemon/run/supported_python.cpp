#include "daemon/run/supported_python.h"

#include "sampler/interpreters/layouts.h"

namespace pyrometer {

namespace {

constexpr std::uint32_t kFirstMinor = 9;
constexpr std::uint32_t kMostMinors = 64;

bool hasLayout(std::uint32_t py_version) {
  // From 3.13 on the offsets are in the interpreter itself; without it only "not known" and "odd" can be told
  // apart.
  const auto search = interpreters::findLayout(py_version, {});
  return search.problem != interpreters::LayoutProblem::kUnknownVersion;
}

}  // namespace

bool isSupportedPython(std::uint32_t py_version) {
  return (py_version >> 24) == 3 && hasLayout(py_version | 0xf0);
}

std::string supportedPythons() {
  std::string text;
  for (std::uint32_t minor = kFirstMinor; minor < kMostMinors; ++minor) {
    if (hasLayout(0x030000f0 | minor << 16)) text += (text.empty() ? "3." : ", 3.") + std::to_string(minor);
  }
  return text;
}

}  // namespace pyrometer
