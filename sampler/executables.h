#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <string_view>

/// What sampler and daemon must agree upon when they look at a program's file: which names are a sanitizer's,
/// and which programs the kernel starts with rights of their own. Plain tests, no allocation.
namespace pyrometer::executables {

/// Beginnings of the names of runtimes that are libraries: each must be loaded first, and else ends the
/// program.
inline constexpr std::string_view kSanitizerLibraries[] = {
    "libasan.so", "libtsan.so", "libhwasan.so", "libclang_rt.asan", "libclang_rt.tsan", "libclang_rt.hwasan"};

/// Functions of runtimes, which a program that they are linked into defines.
inline constexpr std::string_view kSanitizerFunctions[] = {"__asan_init", "__tsan_init", "__msan_init",
                                                           "__hwasan_init"};

/// Extended attribute that a file with capabilities has.
inline constexpr char kCapabilities[] = "security.capability";

/// Will the kernel have the loader distrust the environment, so that nothing is preloaded? Of a file that
/// this process would execute.
inline bool isPrivileged(const struct stat& status, bool has_capabilities) {
  if ((status.st_mode & S_ISUID) != 0 && status.st_uid != getuid()) return true;
  if ((status.st_mode & S_ISGID) != 0 && (status.st_mode & S_IXGRP) != 0 && status.st_gid != getgid())
    return true;
  return has_capabilities && getuid() != 0;
}

}  // namespace pyrometer::executables
