#pragma once

#include <string_view>

namespace pyrometer {

/// The text of sampler/pypy/sitecustomize.py, by which sampling begins in PyPy.
extern const std::string_view kPypyStart;

}  // namespace pyrometer
