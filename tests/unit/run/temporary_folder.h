#pragma once

#include <string>
#include <string_view>

namespace pyrometer {

/// A folder for one test, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  /// Writes a file, with the folders above it; its path.
  std::string file(const std::string& name, std::string_view text, unsigned mode = 0644) const;
  std::string folder(const std::string& name) const;
  std::string link(const std::string& name, const std::string& target) const;

 private:
  std::string path_;
};

std::string readFile(const std::string& path);

}  // namespace pyrometer
