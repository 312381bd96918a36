#include "daemon/cli/watched_reading.h"

#include <signal.h>
#include <unistd.h>

#include "daemon/cli/ending.h"
#include "daemon/cli/terminal_watch.h"

namespace pyrometer {

Result<OpenedFile> openWatched(const std::string& path, OpenOptions options) {
  TerminalWatch watcher(path, STDERR_FILENO);
  const auto progress = [&watcher](ReadProgress now) { watcher.progress(now); };
  options.import.stop = watcher.token();
  options.import.progress = progress;
  options.import.name_by_file = true;
  auto opened = openFile(path, options);
  watcher.end();
  if (watcher.interrupted()) endLike(SIGINT);
  return opened;
}

Error withoutSamples(const OpenedFile& opened, const std::string& path) {
  return {opened.kind == FileKind::kJitlog
              ? "is the log of PyPy's JIT and holds no samples; see pyrometer jit FILE"
              : "is PyPy's text log and holds no samples; see pyrometer show FILE phases",
          path};
}

Result<OpenedFile> openProfileWatched(const std::string& path, int part) {
  auto opened = openWatched(path, {.import = {.part = part - 1}, .join = false});
  if (!opened || opened->profile) return opened;
  return withoutSamples(*opened, path);
}

}  // namespace pyrometer
