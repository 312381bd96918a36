#pragma once

/// What a file is that is about to be executed, as far as that decides whether our library may be loaded into
/// it. Reads the file; allocates nothing and needs little stack, so it may be asked between vfork and exec,
/// and in a handler on an alternate stack.
namespace pyrometer::sampler {

struct ImageVerdict {
  bool pass = true;  ///< the session may be in its environment (it hands it on, where it is not loaded)
  const char* why = nullptr;  ///< if it will not be sampled: a part of a sentence, "statically linked"
  char path[256] = {};        ///< the file that will run; empty if it is none that we know
};

/// Follows "#!" lines to the interpreter. What cannot be read is believed to be like any other.
ImageVerdict judgeImage(const char* path);
/// Of an open file.
ImageVerdict judgeOpenImage(int fd);
/// As execveat takes it: of a path from an open folder on; of the open file itself if the path is empty.
ImageVerdict judgeIn(int folder, const char* path);
/// The same for a name that is searched for on PATH.
ImageVerdict judgeOnPath(const char* name);

}  // namespace pyrometer::sampler
