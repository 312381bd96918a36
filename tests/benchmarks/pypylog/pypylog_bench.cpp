// Reading a PYPYLOG: makes one of a given size and reads it. See ../README.md.

#include <sys/resource.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "daemon/importers/pypylog/pypylog.h"

namespace pyrometer {
namespace {

/// Collections, and now and then a loop that is traced, optimised and assembled, with its operations if
/// `text`: about what PyPy writes of a program that makes garbage and code.
void makeLog(const std::string& path, double megabytes, bool text) {
  std::ofstream out(path, std::ios::binary);
  std::mt19937_64 random(1);
  std::uint64_t tick = 0x3adda3518b8;
  double written = 0;
  std::string chunk;
  const auto mark = [&](const char* name, bool opens) {
    char line[96];
    tick += 500 + random() % 40'000;
    const char* const form = opens ? "[%llx] {%s\n" : "[%llx] %s}\n";
    const int size = std::snprintf(line, sizeof line, form, static_cast<unsigned long long>(tick), name);
    chunk.append(line, static_cast<std::size_t>(size));
  };
  const auto operations = [&](int count) {
    for (int i = 0; text && i < count; ++i) {
      char line[200];
      const int size = std::snprintf(
          line, sizeof line,
          "+%d: p%d = getfield_gc_r(p%d, descr=<FieldP pypy.interpreter.pyframe.PyFrame.inst_pycode 64>)\n",
          i * 7, i + 1, i);
      chunk.append(line, static_cast<std::size_t>(size));
    }
  };
  for (std::uint64_t round = 0; written < megabytes * 1e6; ++round) {
    chunk.clear();
    mark("gc-minor", true);
    mark("gc-minor-walkroots", true);
    mark("gc-minor-walkroots", false);
    if (text) chunk += "minor collect, total memory used: 68157440\nnumber of pinned objects: 0\n";
    mark("gc-minor", false);
    if (round % 20 == 0) {
      mark("jit-tracing", true);
      mark("jit-log-noopt", true);
      operations(300);
      mark("jit-log-noopt", false);
      mark("jit-optimize", true);
      mark("jit-optimize", false);
      mark("jit-backend", true);
      mark("jit-log-opt-loop", true);
      operations(120);
      mark("jit-log-opt-loop", false);
      mark("jit-backend", false);
      mark("jit-tracing", false);
    }
    out << chunk;
    written += static_cast<double>(chunk.size());
  }
}

int read(const std::string& path) {
  struct stat about = {};
  if (::stat(path.c_str(), &about) != 0) return std::perror(path.c_str()), 1;
  const auto from = std::chrono::steady_clock::now();
  const auto log = pypylog::readPypylog(path);
  const double time = std::chrono::duration<double>(std::chrono::steady_clock::now() - from).count();
  if (!log) return std::fprintf(stderr, "%s\n", log.error().text().c_str()), 1;
  struct rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  const double size = static_cast<double>(about.st_size) / 1e6;
  std::printf(
      "read %.0f MB, %zu sections, %llu lines in %.2f s: %.0f MB/s; by CPU time %.0f MB/s; peak memory %.0f "
      "MB (%.0f %% of the file), %.1f bytes a section\n",
      size, (*log)->phases.size(), static_cast<unsigned long long>((*log)->lines), time, size / time,
      size / cpu, static_cast<double>(usage.ru_maxrss) / 1024,
      100 * static_cast<double>(usage.ru_maxrss) * 1024 / 1e6 / size,
      static_cast<double>((*log)->phases.bytes()) / static_cast<double>((*log)->phases.size()));
  return 0;
}

}  // namespace
}  // namespace pyrometer

int main(int argc, char** argv) {
  const std::string what = argc > 2 ? argv[1] : "";
  const double megabytes = argc > 3 ? std::atof(argv[3]) : 1000;
  if (what == "read") return pyrometer::read(argv[2]);
  if (what == "full" || what == "plain") return pyrometer::makeLog(argv[2], megabytes, what == "full"), 0;
  std::fprintf(stderr,
               "pypylog_bench full FILE [MEGABYTES]    a log with all text (PYPYLOG=:FILE); 1000 MB\n"
               "pypylog_bench plain FILE [MEGABYTES]   sections only (PYPYLOG=FILE)\n"
               "pypylog_bench read FILE\n");
  return 2;
}
