#include "daemon/run/sampler_library.h"

#include <unistd.h>

#include "daemon/run/process_files.h"

namespace pyrometer {

Result<std::string> findSamplerLibrary(const std::string& outside_option) {
  constexpr char kName[] = "libpyrometer_sampler.so";
  const std::string executable = linkTarget("/proc/self/exe");
  if (executable.empty()) {
    return Error{
        "cannot be read: programs are sampled with what it says of them; mount it first "
        "(mount -t proc proc /proc)",
        "/proc"};
  }
  const std::string folder = executable.substr(0, executable.rfind('/'));
  const std::string above = folder.substr(0, folder.rfind('/'));
  std::string looked;
  for (const char* place : {"/lib/pyrometer/", "/" PYROMETER_LIBDIR "/pyrometer/", "/sampler/"}) {
    const std::string path = above + place + kName;
    if (access(path.c_str(), R_OK) == 0) return path;
    looked += (looked.empty() ? "" : ", ") + above + place;
  }
  return Error{"not found in " + looked + "; install Pyrometer again, or use " + outside_option +
                   ", which needs no library",
               kName};
}

}  // namespace pyrometer
