#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/run/python_file.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What of our surroundings decides which interpreter runs a program.
struct Surroundings {
  std::string path;                 ///< PATH
  std::string virtual_env;          ///< VIRTUAL_ENV, or empty
  std::string working_directory{};  ///< absolute: where the program will run; empty: ours

  static Surroundings ofThisProcess();
};

struct LaunchRequest {
  std::vector<std::string> command;  ///< "prog.py", "-m", "mod", "python3", ... and their arguments
  std::string python;                ///< --python: a path or a name on PATH; or empty
  bool outside = false;              ///< nothing will be preloaded
  std::string python_option = "--python", outside_option = "--outside";  ///< as messages call them
};

/// What is to be executed, and what was learnt on the way.
struct LaunchPlan {
  std::string executable;         ///< for execve
  std::vector<std::string> argv;  ///< argv[0] included
  std::string working_directory;  ///< absolute; relative paths here count from it
  std::vector<std::pair<std::string, std::string>> environment;  ///< left empty; for whoever wants some set
  PythonFile python;                 ///< kind kNone: whether Python runs shows when one registers
  std::string python_path;           ///< the interpreter, where it is known
  std::string script;                ///< absolute; empty for -m, -c and other programs
  std::vector<std::string> my_code;  ///< folders whose files are the user's own (MyCode)
  std::string root;                ///< where its files are as we see them, if it has another root; else empty
  std::vector<std::string> notes;  ///< sentences for the recording
};

/// Decides what a command is, and finds the interpreter of a script or module: --python, then
/// VIRTUAL_ENV/bin/python3 (or python), then the script's first line, then python3 on PATH. A command that is
/// itself a program (python3, pytest, a shell script) is run as it is.
///
/// An Error says why the program cannot be run and sampled: it does not exist, is a directory, not readable,
/// not executable, no Python; or its interpreter is too old, unknown, PyPy, static or privileged.
Result<LaunchPlan> planLaunch(const LaunchRequest& request, const Surroundings& surroundings);

/// What of a command says which program runs, and nothing that is told to the program: "prog.py",
/// "-m module", "python3 -X dev prog.py", "pytest". Code behind -c counts as told.
std::vector<std::string> withoutArguments(const std::vector<std::string>& command, const LaunchPlan& plan);

}  // namespace pyrometer
