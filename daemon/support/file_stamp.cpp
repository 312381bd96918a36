#include "daemon/support/file_stamp.h"

#include <sys/stat.h>

#include <chrono>

namespace pyrometer {

FileStamp FileStamp::of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return {.written_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec,
          .size = status.st_size,
          .device = status.st_dev,
          .inode = status.st_ino};
}

bool FileStamp::settled() const {
  using std::chrono::system_clock;
  // Coarse clocks of file systems: two seconds on some.
  constexpr std::int64_t kCoarsest = 2'000'000'000;
  const auto now =
      std::chrono::duration_cast<std::chrono::nanoseconds>(system_clock::now().time_since_epoch());
  return !exists() || now.count() - written_ns > kCoarsest || written_ns > now.count() + kCoarsest;
}

}  // namespace pyrometer
