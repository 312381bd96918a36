#include "daemon/doctor/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "daemon/doctor/trials.h"
#include "daemon/native/elf_layout.h"
#include "daemon/run/command_output.h"
#include "daemon/run/elf_image.h"
#include "daemon/run/interpreter.h"
#include "daemon/run/kept_runs.h"
#include "daemon/run/process_files.h"
#include "daemon/run/process_rights.h"
#include "daemon/run/sampler_library.h"
#include "daemon/run/supported_python.h"
#include "daemon/support/figures.h"
#include "daemon/support/file_descriptor.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

using Verdict = Finding::Verdict;

struct Interpreter {
  std::string path;
  PythonFile file;
};

Finding interpreter(const std::string& python, std::optional<Interpreter>& found) {
  const auto plan = planLaunch({.command = {"-c", "pass"}, .python = python}, Surroundings::ofThisProcess());
  if (!plan)
    return {"interpreter", Verdict::kBroken, plan.error().text(),
            "name one with --python PATH, or put it on PATH"};
  found = Interpreter{plan->python_path, plan->python};
  return {"interpreter",
          Verdict::kFine,
          fmt::format("{} {} at {}", plan->python.kind == PythonKind::kPyPy ? "PyPy" : "CPython",
                      versionText(plan->python.py_version), plan->python_path),
          {}};
}

Finding preload(const std::optional<Interpreter>& python) {
  const auto library = findSamplerLibrary("--outside");
  if (!library) {
    return {"preload", Verdict::kLimited, library.error().text(),
            "install Pyrometer again; until then programs can be run with --outside"};
  }
  if (!python) return {"preload", Verdict::kLimited, "not tried: there is no interpreter", {}};
  const auto loaded = trials::preload(python->path, *library);
  if (!loaded) {
    return {"preload", Verdict::kBroken,
            fmt::format("{} could not be started with {}", python->path, *library),
            "start it by hand to see why; pyrometer run --outside needs nothing loaded"};
  }
  if (!*loaded) {
    return {
        "preload", Verdict::kLimited,
        fmt::format("{} takes no preloaded library (it may be set-user-ID, static, or for another C library)",
                    python->path),
        "use pyrometer run --outside, or another interpreter"};
  }
  return {"preload", Verdict::kFine, *library, {}};
}

Finding reading(const trials::ChildTrial& trial) {
  if (trial.read != 0) {
    return {
        "attach", Verdict::kLimited,
        fmt::format("memory of other processes cannot be read ({}): neither attach nor run --outside work",
                    systemErrorText(trial.read)),
        trial.read == ENOSYS ? "run pyrometer outside of this sandbox"
                             : "permit process_vm_readv (in a container: --cap-add=SYS_PTRACE)"};
  }
  const int scope = yamaScope();
  if (scope >= 1 && !haveTracingCapability()) {
    return {
        "attach", Verdict::kLimited,
        fmt::format("kernel.yama.ptrace_scope is {}: run --outside works, attach to other programs does not",
                    scope),
        scope == 3 ? "attach as root after the next start of the machine"
                   : "sudo sysctl kernel.yama.ptrace_scope=0, or attach as root"};
  }
  return {"attach",
          Verdict::kFine,
          haveTracingCapability() ? "to programs of all users" : "to your own programs",
          {}};
}

Finding holding(const trials::ChildTrial& trial) {
  if (trial.hold == 0) return {"ptrace", Verdict::kFine, "attach --blocking works where attach does", {}};
  return {"ptrace", Verdict::kLimited,
          fmt::format("not permitted ({}): attach --blocking does not work, attach without it may",
                      systemErrorText(trial.hold)),
          "in a container: --cap-add=SYS_PTRACE"};
}

Finding perf() {
  const std::string paranoid = readSmallFile("/proc/sys/kernel/perf_event_paranoid").value_or("?\n");
  const std::string setting = "kernel.perf_event_paranoid is " + paranoid.substr(0, paranoid.find('\n'));
  const int failed = trials::openPerfCounter();
  if (failed == 0) return {"perf", Verdict::kFine, setting + ", counters can be opened", {}};
  return {"perf", Verdict::kLimited,
          fmt::format("{}, no counter can be opened ({})", setting, systemErrorText(failed)),
          "Pyrometer does without; for perf itself: sudo sysctl kernel.perf_event_paranoid=2"};
}

Finding sharedMemory() {
  if (const int failed = trials::makeSharedMemory(); failed != 0) {
    return {"memory", Verdict::kBroken,
            fmt::format("no shared memory for samples (memfd_create: {})", systemErrorText(failed)),
            "raise the limit (ulimit -f, the container's memory), or use pyrometer run --outside"};
  }
  struct statvfs room {};
  if (statvfs("/dev/shm", &room) != 0 || access("/dev/shm", W_OK) != 0) {
    return {"memory", Verdict::kLimited,
            "/dev/shm cannot be written: Pyrometer does without, multiprocessing does not",
            "mount it: mount -t tmpfs shm /dev/shm"};
  }
  return {
      "memory",
      Verdict::kFine,
      fmt::format("samples can be shared; /dev/shm has {} free", bytesText(room.f_bavail * room.f_frsize)),
      {}};
}

Finding state() {
  const auto kept = KeptRuns::open();
  if (!kept) {
    return {"state folder", Verdict::kLimited, kept.error().text(),
            "set XDG_STATE_HOME to a folder that can be written, or name a file with -o each time"};
  }
  constexpr std::uint64_t kLittle = 100'000'000;
  struct statvfs room {};
  const std::uint64_t free = statvfs(kept->runs().c_str(), &room) == 0 ? room.f_bavail * room.f_frsize : 0;
  if (free < kLittle) {
    return {"state folder", Verdict::kLimited,
            fmt::format("{} has only {} free", kept->runs(), bytesText(free)),
            "make room there, or set XDG_STATE_HOME to another folder"};
  }
  return {"state folder", Verdict::kFine, fmt::format("{}, {} free", kept->runs(), bytesText(free)), {}};
}

/// The file that holds the interpreter: behind a shim, and in a library of its own where it is in one.
std::string interpreterFile(const Interpreter& python) {
  std::string path = python.path;
  if (!python.file.looked_into) {
    path = commandOutput({path, "-I", "-S", "-c", "import os, sys; print(os.path.realpath(sys.executable))"})
               .value_or(path);
    path = path.substr(0, path.find('\n'));
  }
  const auto image = readElfImage(path);
  if (!image || !*image || (*image)->has_runtime || (*image)->loader.empty()) return path;
  for (const std::string& library : librariesOf(path, (*image)->loader)) {
    if (library.find("/libpython") != std::string::npos || library.find("/libpypy") != std::string::npos)
      return library;
  }
  return path;
}

Finding symbols(const std::optional<Interpreter>& python) {
  if (!python) return {"debug symbols", Verdict::kLimited, "not looked for: there is no interpreter", {}};
  const std::string path = interpreterFile(*python);
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const auto image = readElfImage(path);
  const auto layout = readElfLayout(bytesOfFile(file.get()));
  if (!image || !*image || !layout)
    return {"debug symbols", Verdict::kLimited, path + " is no ELF file: not looked for", {}};
  if ((*image)->has_symbols) return {"debug symbols", Verdict::kFine, path + " has its own", {}};
  const std::string& id = layout->build_id;
  const std::string debug =
      id.size() < 3 ? "" : "/usr/lib/debug/.build-id/" + id.substr(0, 2) + "/" + id.substr(2) + ".debug";
  if (!debug.empty() && access(debug.c_str(), R_OK) == 0) return {"debug symbols", Verdict::kFine, debug, {}};
  const std::string name = "python" + versionText(python->file.py_version & 0xffff0000U);
  return {"debug symbols", Verdict::kLimited,
          fmt::format("none for {}: C functions of its own that are not exported have no names", path),
          fmt::format("install them, on Debian: apt install {}-dbg", name)};
}

Finding editors() {
  const std::string own = linkTarget("/proc/self/exe"), found = trials::onPath("pyrometer");
  std::string there;
  bool old_neovim = false;
  for (const auto& [program, name] : {std::pair{"code", "VS Code"},
                                      {"nvim", "Neovim"},
                                      {"hx", "Helix"},
                                      {"helix", "Helix"},
                                      {"emacs", "Emacs"},
                                      {"kate", "Kate"}}) {
    if (trials::onPath(program).empty()) continue;
    there += (there.empty() ? "" : ", ") + std::string(name);
    if (std::string(program) != "nvim") continue;
    const std::string version = commandOutput({program, "--version"}).value_or("");
    old_neovim =
        version.starts_with("NVIM v0.") && version.size() > 9 && version[9] == '.' && version[8] != '1';
    if (const std::size_t at = version.find(" v"); at != std::string::npos)
      there += version.substr(at, version.find('\n') - at);
  }
  const std::string list = there.empty() ? "no editor found on PATH" : there;
  if (found.empty()) {
    return {"editors", Verdict::kLimited, list + "; pyrometer is not on PATH, where editors look for it",
            "add " + own.substr(0, own.rfind('/')) + " to PATH, or set pyrometer.path in VS Code"};
  }
  if (old_neovim) {
    return {"editors", Verdict::kLimited, list + ": this Neovim shows heat above functions, not beside lines",
            "Neovim 0.10 and later show it beside lines"};
  }
  return {"editors", Verdict::kFine, fmt::format("{}; they start {}", list, found), {}};
}

}  // namespace

std::vector<Finding> examineMachine(const std::string& python) {
  std::vector<Finding> findings;
  std::optional<Interpreter> found;
  findings.push_back(interpreter(python, found));
  findings.push_back(preload(found));
  const trials::ChildTrial child = trials::lookIntoChild();
  findings.push_back(reading(child));
  findings.push_back(holding(child));
  findings.push_back(perf());
  findings.push_back(sharedMemory());
  findings.push_back(state());
  findings.push_back(symbols(found));
  findings.push_back(editors());
  return findings;
}

const char* verdictText(Finding::Verdict verdict) {
  switch (verdict) {
    case Verdict::kFine:
      return "fine";
    case Verdict::kLimited:
      return "limited";
    case Verdict::kBroken:
      return "broken";
  }
  return "broken";
}

bool anyBroken(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& one) { return one.verdict == Verdict::kBroken; });
}

}  // namespace pyrometer
