#include "daemon/run/attach_target.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/run/elf_image.h"
#include "daemon/run/outside_stacks.h"
#include "daemon/run/process_files.h"
#include "daemon/run/process_rights.h"
#include "daemon/run/python_command.h"
#include "daemon/run/supported_python.h"
#include "daemon/run/thread_hold.h"

namespace pyrometer {

namespace {

constexpr std::size_t kMostSearched = 256;

std::string folderOf(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

class Examination {
 public:
  explicit Examination(RunOptions& options)
      : options_(options),
        pid_(options.attach),
        folder_("/proc/" + std::to_string(pid_) + "/"),
        where_("process " + std::to_string(pid_)) {}

  Result<LaunchPlan> plan() {
    if (const auto fine = checkThere(); !fine) return fine.error();
    if (const auto fine = checkReadable(); !fine) return fine.error();
    if (const auto fine = findPython(); !fine) return fine.error();
    if (const auto fine = checkHold(); !fine) return fine.error();
    describe();
    return std::move(plan_);
  }

 private:
  Error error(std::string what) const { return {std::move(what), where_}; }

  Result<void> checkThere() {
    const ProcessStatus status = processStatus(pid_, pid_);
    const char state = state_ = stateOf(pid_);
    if (state == 0) return error("there is no such process; `ps -e` lists those that there are");
    if (state == 'Z' || state == 'X' || !status.there)
      return error("has ended, and only waits for its parent to take note (a zombie)");
    if (status.group > 0 && status.group != pid_) {
      return error("is a thread of process " + std::to_string(status.group) + "; attach to that");
    }
    if (pid_ == getpid()) return error("is this pyrometer itself");
    return {};
  }

  Result<void> checkReadable() const {
    errno = 0;
    const auto maps = readSmallFile(folder_ + "maps");
    if (!maps) return error("cannot be read: " + whyRefused(pid_, errno, false));
    if (maps->empty()) return error("is a thread of the kernel, or about to end: it has no memory");
    return {};
  }

  std::string runs() const {
    const std::string path = linkTarget(folder_ + "exe");
    return path.empty() ? "a program whose name cannot be read" : path;
  }

  /// A file that was Python's and is no more, as its memory map has it.
  static std::string deletedPython(std::string_view maps) {
    while (!maps.empty()) {
      const std::size_t end = maps.find('\n');
      const std::string_view line = maps.substr(0, end);
      maps.remove_prefix(end == std::string_view::npos ? maps.size() : end + 1);
      const std::size_t slash = line.find('/');
      if (slash == std::string_view::npos || !line.ends_with(" (deleted)")) continue;
      const std::string_view name = line.substr(line.rfind('/') + 1);
      if (name.starts_with("libpython") || name.starts_with("python"))
        return std::string(line.substr(slash, line.rfind(" (") - slash));
    }
    return {};
  }

  Result<void> findPython() {
    if (const auto place = findRuntime(pid_)) {
      const auto reader = openOutsideReader(pid_, *place);
      if (!reader) return refused(pid_, reader.error());
      plan_.python.kind = PythonKind::kCPython;
      plan_.python.py_version = place->py_version;
      plan_.python_path = place->file;
      return {};
    }
    const auto image = readElfImage(folder_ + "exe");
    const auto maps = readSmallFile(folder_ + "maps", 1 << 20);
    if ((image && *image && (*image)->has_pypy) || (maps && maps->find("/libpypy") != std::string::npos)) {
      return error("is PyPy, whose stacks cannot be read from outside; attach reads CPython (" +
                   supportedPythons() + ")");
    }
    if (const std::string gone = deletedPython(maps.value_or("")); !gone.empty()) {
      return error(
          "runs " + gone +
          ", which was deleted or replaced since (an upgrade?), so that it cannot be told where things "
          "are in it; attach as root, or start the program anew");
    }
    const auto below = pythonsBelow();
    if (!below) return below.error();
    if (*below == 0) {
      return error("is no Python: it runs " + runs() +
                   (options_.children ? ", and has started no Python either" : "") +
                   ". Supported is CPython " + supportedPythons());
    }
    plan_.notes.push_back("Process " + std::to_string(pid_) + " runs " + runs() +
                          ", which is no Python: what is shown is the Python below it.");
    return {};
  }

  /// With children: how many of its descendants are Python that can be read.
  Result<int> pythonsBelow() const {
    int found = 0;
    if (!options_.children) return found;
    std::vector<std::int32_t> waiting = childrenOf(pid_);
    std::optional<Error> why;
    for (std::size_t i = 0; i < waiting.size() && i < kMostSearched; ++i) {
      const std::int32_t pid = waiting[i];
      if (const auto place = findRuntime(pid)) {
        const auto reader = openOutsideReader(pid, *place);
        if (reader) ++found;
        if (!reader && !why) why = refused(pid, reader.error());
      }
      const auto children = childrenOf(pid);
      waiting.insert(waiting.end(), children.begin(), children.end());
    }
    if (found == 0 && why) return *why;
    return found;
  }

  Error refused(std::int32_t pid, const Error& found) const {
    char byte = 0;
    const auto place = findRuntime(pid);
    iovec here{.iov_base = &byte, .iov_len = 1};
    iovec there{.iov_base = reinterpret_cast<void*>(place ? place->address : 0), .iov_len = 1};
    const std::string name = "process " + std::to_string(pid);
    if (place && process_vm_readv(pid, &here, 1, &there, 1, 0) < 0 && errno != ESRCH && errno != EFAULT)
      return {"cannot be read: " + whyRefused(pid, errno, false), name};
    if (stateOf(pid) == 0) return {"has just ended", name};
    return {"cannot be attached to: " + found.text() + "; supported is CPython " + supportedPythons(), name};
  }

  Result<void> checkHold() {
    if (!options_.blocking) return {};
    const int failed = ThreadHold::tryOn(pid_);
    if (failed == 0 || failed == ESRCH) return {};
    return error("cannot be stopped for a look: " + whyRefused(pid_, failed, true));
  }

  void describe() {
    options_.outside = options_.late = true;
    options_.command = wordsOf(pid_);
    plan_.argv = options_.command;
    plan_.executable = linkTarget(folder_ + "exe");
    plan_.working_directory = linkTarget(folder_ + "cwd");
    if (plan_.working_directory.empty()) plan_.working_directory = "/";
    if (isInAnotherNamespace(pid_, "mnt") || linkTarget(folder_ + "root").size() > 1)
      plan_.root = folder_ + "root";
    if (plan_.working_directory.size() > 1) plan_.my_code = {plan_.working_directory};
    if (plan_.python.kind == PythonKind::kCPython) {
      const PythonCommand parsed = parsePythonCommand(plan_.argv, 1);
      if (parsed.runs == PythonCommand::Runs::kScript && parsed.word < plan_.argv.size()) {
        const std::string& script = plan_.argv[parsed.word];
        plan_.script = script.starts_with('/') ? script : plan_.working_directory + "/" + script;
        const std::string folder = folderOf(plan_.script);
        if (std::find(plan_.my_code.begin(), plan_.my_code.end(), folder) == plan_.my_code.end())
          plan_.my_code.push_back(folder);
      }
    }
    if (state_ == 'T' || state_ == 't') {
      plan_.notes.push_back(
          state_ == 'T' ? "The process was stopped (SIGSTOP, Ctrl-Z) when it was attached to: until somebody "
                          "wakes it (kill -CONT " +
                              std::to_string(pid_) + ") it runs nothing."
                        : "The process was held by a debugger when it was attached to.");
    }
  }

  RunOptions& options_;
  std::int32_t pid_;
  char state_ = 0;  ///< before we did anything
  std::string folder_, where_;
  LaunchPlan plan_;
};

}  // namespace

Result<LaunchPlan> planAttach(RunOptions& options) { return Examination(options).plan(); }

}  // namespace pyrometer
