#include "tests/fuzz/seeds.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace pyrometer::fuzz {

void insist(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::string golden(const std::string& name) {
  std::ifstream file(std::string(PYROMETER_GOLDEN) + "/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void asFile(std::span<const std::byte> bytes, const std::function<void(const std::string&)>& read) {
  const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  insist(file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
         "no memory");
  read("/proc/self/fd/" + std::to_string(file));
  ::close(file);
}

}  // namespace pyrometer::fuzz
