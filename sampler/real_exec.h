#pragma once

#include <spawn.h>
#include <stdio.h>

/// The functions that start or become another program, as the program would have found them.
namespace pyrometer::sampler {

struct RealExec {
  int (*execve)(const char*, char* const[], char* const[]);
  int (*execvpe)(const char*, char* const[], char* const[]);
  int (*fexecve)(int, char* const[], char* const[]);
  int (*execveat)(int, const char*, char* const[], char* const[], int);  ///< null before glibc 2.34
  int (*posix_spawn)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                     char* const[], char* const[]);
  int (*posix_spawnp)(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                      char* const[], char* const[]);
  int (*system)(const char*);
  FILE* (*popen)(const char*, const char*);
  void (*exit_now)(int);  ///< _exit
};

/// Looked up by the constructor, so that nobody has to between vfork and exec; or at the first call.
const RealExec& realExec();

}  // namespace pyrometer::sampler
