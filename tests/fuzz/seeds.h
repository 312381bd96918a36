#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

namespace pyrometer::fuzz {

/// Ends the program where a promise is broken.
void insist(bool condition, const char* what);
/// A file below tests/golden.
std::string golden(const std::string& name);
/// Calls `read` with the path of a file that holds these bytes.
void asFile(std::span<const std::byte> bytes, const std::function<void(const std::string&)>& read);

}  // namespace pyrometer::fuzz
