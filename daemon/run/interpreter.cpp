#include "daemon/run/interpreter.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "daemon/run/process_files.h"
#include "daemon/run/python_command.h"
#include "daemon/run/shebang.h"
#include "daemon/run/supported_python.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

namespace {

/// Where relative paths count from.
class Place {
 public:
  explicit Place(const std::string& folder)
      : folder_(folder.empty() ? linkTarget("/proc/self/cwd") : folder), is_ours_(folder.empty()) {}

  const std::string& folder() const { return folder_; }
  /// Empty where it is our own.
  std::string otherFolder() const { return is_ours_ ? std::string() : folder_; }
  std::string absolute(const std::string& path) const {
    return path.starts_with('/') ? path : folder_ + "/" + path;
  }
  /// For our own calls: the path itself, if it leads there.
  std::string reach(const std::string& path) const { return is_ours_ ? path : absolute(path); }

 private:
  std::string folder_;
  bool is_ours_;
};

/// Of an absolute path.
std::string folderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool isExecutableFile(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && access(path.c_str(), X_OK) == 0;
}

/// As a shell finds it: a name with a slash is a path.
std::optional<std::string> findProgram(const std::string& name, const std::string& search_path,
                                       const Place& place) {
  if (name.find('/') != std::string::npos) {
    return isExecutableFile(place.reach(name)) ? std::optional(name) : std::nullopt;
  }
  std::string_view rest = search_path;
  while (!name.empty()) {
    const std::size_t colon = rest.find(':');
    std::string folder(rest.substr(0, colon));
    if (folder.empty()) folder = ".";
    if (const std::string path = folder + "/" + name; isExecutableFile(place.reach(path))) return path;
    if (colon == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

bool namesScript(std::string_view name) {
  return name.ends_with(".py") || name.ends_with(".pyw") || name.ends_with(".pyc") || name.ends_with(".pyz");
}

/// What a file is that might be a Python program.
struct ScriptFile {
  bool exists = false;
  bool is_text = false;     ///< or something else that Python runs: a .pyc, a zip, a folder with __main__.py
  bool is_program = false;  ///< an ELF file
  std::optional<Shebang> shebang;
};

Result<ScriptFile> lookAtScript(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return ScriptFile{};
    return Error{std::strerror(errno), path};
  }
  ScriptFile file;
  file.exists = true;
  if (S_ISDIR(status.st_mode)) {
    if (access((path + "/__main__.py").c_str(), F_OK) != 0) {
      return Error{"is a directory without __main__.py; name the program in it", path};
    }
    file.is_text = true;
    return file;
  }
  if (!S_ISREG(status.st_mode)) {
    file.is_text = true;  // a pipe (/dev/fd/63): looking would take its bytes away
    return file;
  }
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return Error{std::string("cannot be read: ") + std::strerror(errno), path};
  char head[4096];
  const ssize_t n = pread(fd.get(), head, sizeof head, 0);
  if (n < 0) return Error{std::string("cannot be read: ") + std::strerror(errno), path};
  const std::string_view text(head, static_cast<std::size_t>(n));
  file.is_program = text.starts_with(
      "\x7f"
      "ELF");
  const bool is_zip = text.starts_with("PK\x03\x04");
  const bool is_compiled = path.ends_with(".pyc") && text.size() >= 16 && text.substr(2, 2) == "\r\n";
  file.shebang = parseShebang(text);
  file.is_text = is_zip || is_compiled || file.shebang || text.find('\0') == std::string_view::npos;
  return file;
}

class Planner {
 public:
  Planner(const LaunchRequest& request, const Surroundings& surroundings)
      : request_(request), surroundings_(surroundings), place_(surroundings.working_directory) {}

  Result<LaunchPlan> plan() {
    if (request_.command.empty() || request_.command.front().empty()) {
      return Error{"no program given; say what to run, for example: pyrometer run program.py", {}};
    }
    const std::string& first = request_.command.front();
    if (first.starts_with('-')) return planModule();
    // A bare name is looked up as a shell would, unless it clearly is a script of this folder.
    const bool bare = first.find('/') == std::string::npos;
    if (bare && !namesScript(first)) {
      if (const auto program = findProgram(first, surroundings_.path, place_)) return planProgram(*program);
    }
    const auto file = lookAtScript(place_.reach(first));
    if (!file) return file.error();
    if (!file->exists) {
      if (bare && namesScript(first)) {
        if (const auto program = findProgram(first, surroundings_.path, place_)) return planProgram(*program);
      }
      return Error{bare ? "no such program, neither in this folder nor on PATH" : "no such program", first};
    }
    if (file->is_program) return planProgram(first);
    if (first.ends_with(".pyrometer")) {
      return Error{"is a recording, not a program; to see it: pyrometer show " + first, first};
    }
    if (!file->is_text) {
      return Error{"is not Python: it holds binary data. Name a Python script, -m MODULE, or a program",
                   first};
    }
    const bool own_program = !namesScript(first) && isExecutableFile(place_.reach(first)) && file->shebang;
    if (own_program && request_.python.empty()) return planProgram(first);
    return planScript(first, file->shebang);
  }

 private:
  /// -m module, -c code, or options of Python's own before the script.
  Result<LaunchPlan> planModule() {
    LaunchPlan plan;
    plan.argv = request_.command;
    plan.my_code.push_back(place_.folder());
    setScriptAmong(plan, 0);
    return withInterpreter(std::move(plan), std::nullopt);
  }

  Result<LaunchPlan> planScript(const std::string& path, const std::optional<Shebang>& shebang) {
    LaunchPlan plan;
    plan.argv = request_.command;
    setScript(plan, path);
    return withInterpreter(std::move(plan), shebang);
  }

  Result<LaunchPlan> planProgram(const std::string& program) {
    if (!request_.python.empty()) {
      return Error{"is a program of its own, so " + request_.python_option + " " + request_.python +
                       " does not say what runs it; give " + request_.python_option +
                       " with a script or -m MODULE",
                   program};
    }
    LaunchPlan plan;
    plan.executable = program;
    plan.argv = request_.command;
    plan.my_code.push_back(place_.folder());
    auto python = lookIntoPython(place_.reach(program), place_.otherFolder());
    if (!python) return python.error();
    plan.python = python.value();
    plan.python_path = plan.python.kind == PythonKind::kNone ? std::string() : program;
    if (plan.python.kind == PythonKind::kNone && !plan.python.looked_into) {
      // A console script such as pytest: its first line says which Python; the kernel starts it.
      if (const auto inner = interpreterOfProgram(program)) {
        plan.python_path = *inner;
        python = lookIntoPython(place_.reach(*inner), place_.otherFolder());
        if (!python) return python.error();
        plan.python = python.value();
      }
    } else if (!plan.python_path.empty()) {
      setScriptAmong(plan, 1);
    }
    return checked(std::move(plan));
  }

  std::optional<std::string> interpreterOfProgram(const std::string& program) const {
    const auto file = lookAtScript(place_.reach(program));
    if (!file || !file->shebang || !file->shebang->namesPython()) return std::nullopt;
    return findProgram(file->shebang->program, surroundings_.path, place_);
  }

  void setScript(LaunchPlan& plan, const std::string& path) const {
    plan.script = place_.absolute(path);
    plan.my_code = {folderOf(plan.script)};
    const std::unique_ptr<char, void (*)(void*)> real(realpath(place_.reach(path).c_str(), nullptr),
                                                      std::free);
    if (real && folderOf(real.get()) != plan.my_code.front()) plan.my_code.push_back(folderOf(real.get()));
  }

  /// The script in "python3 -X dev prog.py args", if one runs.
  void setScriptAmong(LaunchPlan& plan, std::size_t first) const {
    const PythonCommand command = parsePythonCommand(request_.command, first);
    if (command.runs == PythonCommand::Runs::kScript) setScript(plan, request_.command[command.word]);
  }

  Result<LaunchPlan> withInterpreter(LaunchPlan plan, const std::optional<Shebang>& shebang) {
    std::vector<std::string> options;
    const auto path = findInterpreter(shebang, options);
    if (!path) return path.error();
    plan.executable = path.value();
    plan.python_path = path.value();
    plan.argv.insert(plan.argv.begin(), options.begin(), options.end());
    plan.argv.insert(plan.argv.begin(), plan.executable);
    const auto python = lookIntoPython(place_.reach(plan.executable), place_.otherFolder());
    if (!python) return python.error();
    plan.python = python.value();
    if (plan.python.kind == PythonKind::kNone && plan.python.looked_into) {
      return Error{"is not a Python interpreter", plan.executable};
    }
    return checked(std::move(plan));
  }

  Result<std::string> findInterpreter(const std::optional<Shebang>& shebang,
                                      std::vector<std::string>& options) const {
    if (!request_.python.empty()) {
      if (const auto found = findProgram(request_.python, surroundings_.path, place_)) return *found;
      struct stat status {};
      if (stat(place_.reach(request_.python).c_str(), &status) != 0) {
        return Error{"no such interpreter (given by " + request_.python_option + ")", request_.python};
      }
      if (S_ISDIR(status.st_mode)) {
        return Error{"is a directory; " + request_.python_option + " wants the interpreter itself",
                     request_.python};
      }
      return Error{"is not executable (given by " + request_.python_option + ")", request_.python};
    }
    if (!surroundings_.virtual_env.empty()) {
      for (const char* name : {"/bin/python3", "/bin/python"}) {
        if (const std::string path = surroundings_.virtual_env + name; isExecutableFile(place_.reach(path)))
          return path;
      }
    }
    if (shebang && shebang->namesPython()) {
      if (const auto found = findProgram(shebang->program, surroundings_.path, place_)) {
        options = shebang->options;
        return *found;
      }
    }
    if (const auto found = findProgram("python3", surroundings_.path, place_)) return *found;
    return Error{"no python3 on PATH; say which interpreter to use with " + choice(), {}};
  }

  std::string choice() const {
    return request_.python_option + (request_.python_option.starts_with('-') ? " PATH" : "");
  }

  Result<LaunchPlan> checkedPypy(LaunchPlan plan) const {
    if (request_.outside) {
      return Error{
          "is PyPy, whose stacks cannot be read from outside; run without " + request_.outside_option,
          plan.python_path};
    }
    if (plan.python.py_version != 0 && plan.python.py_version >> 24 != 3) {
      return Error{
          "is PyPy for Python " + versionText(plan.python.py_version) +
              ", which is too old; supported is PyPy for Python 3. Choose another interpreter with " +
              choice(),
          plan.python_path};
    }
    return plan;
  }

  Result<LaunchPlan> checked(LaunchPlan plan) const {
    plan.working_directory = place_.folder();
    const PythonFile& python = plan.python;
    if (python.kind == PythonKind::kPyPy) return checkedPypy(std::move(plan));
    if (!request_.outside && (python.has_sanitizer || python.is_musl)) {
      const bool is_python = python.kind != PythonKind::kNone;
      return Error{
          std::string(python.has_sanitizer
                          ? "is built with AddressSanitizer or another sanitizer, which ends a program "
                            "that has a library loaded before its own"
                          : "is made for the C library musl, which cannot load the sampler") +
              (is_python ? "; run with " : "; name the Python program that it starts, or run with ") +
              request_.outside_option + " to read from outside",
          is_python ? plan.python_path : plan.executable};
    }
    if (python.kind == PythonKind::kNone) return plan;
    if (python.py_version == 0) {
      return Error{"its Python version cannot be told; supported is CPython " + supportedPythons(),
                   plan.python_path};
    }
    if (!isSupportedPython(python.py_version)) {
      const bool old = python.py_version < 0x03090000;
      return Error{"is Python " + versionText(python.py_version) + ", which is " +
                       (old ? "too old" : "not known to this version of Pyrometer") +
                       "; supported is CPython " + supportedPythons() + ". Choose another interpreter with " +
                       choice(),
                   plan.python_path};
    }
    if (!request_.outside && python.is_static) {
      return Error{"is statically linked, so the sampler cannot be loaded into it; run with " +
                       request_.outside_option + " to read it from outside",
                   plan.python_path};
    }
    if (!request_.outside && python.is_privileged) {
      return Error{
          "runs with other rights than yours (set-user-ID, set-group-ID or capabilities), so the sampler "
          "cannot be loaded into it; as root, " +
              request_.outside_option + " can read it",
          plan.python_path};
    }
    return plan;
  }

  const LaunchRequest& request_;
  const Surroundings& surroundings_;
  const Place place_;
};

}  // namespace

Surroundings Surroundings::ofThisProcess() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  return {.path = variable("PATH"), .virtual_env = variable("VIRTUAL_ENV")};
}

Result<LaunchPlan> planLaunch(const LaunchRequest& request, const Surroundings& surroundings) {
  return Planner(request, surroundings).plan();
}

std::vector<std::string> withoutArguments(const std::vector<std::string>& command, const LaunchPlan& plan) {
  std::size_t first = 0;
  if (!command.empty() && !command.front().starts_with('-')) {
    // A shim for python3 may be a shell script: then its name has to do.
    const std::string name = command.front().substr(command.front().rfind('/') + 1);
    const bool called_python =
        name.starts_with("python") && name.find_first_not_of("0123456789.", 6) == std::string::npos;
    const bool is_python = plan.argv == command && (called_python || plan.python_path == plan.executable);
    if (!is_python) return {command.front()};
    first = 1;
  }
  const PythonCommand parsed = parsePythonCommand(command, first);
  std::vector<std::string> kept(command.begin(), command.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                       parsed.word + 1, command.size())));
  if (parsed.runs == PythonCommand::Runs::kCode && parsed.word < command.size()) {
    kept.back().resize(parsed.begin);
    if (kept.back().empty()) kept.pop_back();
  }
  return kept;
}

}  // namespace pyrometer
