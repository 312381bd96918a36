#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/tables.h"

namespace pyrometer {

/// Tells the user's own files from those of libraries, by path. What lies below a root is the user's unless
/// it is in site-packages, dist-packages or a Python installation's library folder below that root; so a
/// library that is profiled from its own checkout, or in an installation named as a root, is the user's. The
/// only questions asked of the file system are where links lead (roots, and paths that are below none as they
/// are written).
class MyCode {
 public:
  MyCode() = default;
  /// `roots`: absolute folders (script's folder, workspace), as written or through links. Empty: everything
  /// outside installations is the user's.
  explicit MyCode(std::vector<std::string> roots);

  /// Text without a file ("<string>", "<stdin>") is the user's, "<frozen ...>" a library's or the import
  /// machinery's. A relative path is the user's unless it says site-packages: libraries are found by absolute
  /// ones. No path at all, or a shared library's: Owner::kNative.
  Owner ownerOf(std::string_view path) const;
  const std::vector<std::string>& roots() const { return roots_; }

 private:
  bool belowRoot(const std::string& path, std::string& rest) const;

  std::vector<std::string> roots_;
  std::vector<std::string> prefixes_;  ///< roots without last slash, and where they lead; longest first
};

}  // namespace pyrometer
