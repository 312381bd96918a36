#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "sampler/session.h"

namespace pyrometer::test {

/// A session's folder with something in the socket's place; removed at the end.
class SessionFolder {
 public:
  SessionFolder() {
    char path[] = "/tmp/pyrometer-test-XXXXXX";
    if (mkdtemp(path) != nullptr) path_ = path;
    close(open((path_ + "/" + session::kSocketName).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
  ~SessionFolder() { std::filesystem::remove_all(path_); }
  SessionFolder(const SessionFolder&) = delete;
  SessionFolder& operator=(const SessionFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace pyrometer::test
