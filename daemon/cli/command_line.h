#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/cli/jit_selection.h"
#include "daemon/cli/origins.h"
#include "daemon/cli/run_settings.h"
#include "daemon/cli/view.h"

/// What was asked for on the command line, as plain data. What each command does: commands.h.
namespace pyrometer {

struct RunCommand {
  RunSettings settings;
  std::string config;                ///< --config, or empty
  std::vector<std::string> program;  ///< its first word and everything behind it, untouched
};

struct AttachCommand {
  int pid = 0;
  RunSettings settings;           ///< those of them that `attach` has
  std::optional<double> seconds;  ///< none: until the program ends, or Ctrl-C
  bool blocking = false;
};

struct DoctorCommand {
  std::string python;  ///< --python, or empty
  bool json = false;
};

/// What `enable` of the Python package starts beside a program.
struct RecordCommand {
  int pid = 0;
  int output = -1, report = -1;  ///< descriptors that we have inherited
  double rate_hz = 1000;
  Mode mode = Mode::kCpu;
  bool lines = false, memory = false, argv = true;
  int thread = 0;  ///< 0: all
};

enum class View { kFlat, kTree, kLines, kMemory, kStates, kPhases };

struct ShowCommand {
  std::string file;
  View view = View::kFlat;
  bool view_named = false;  ///< on the command line
  std::string section;      ///< of a PYPYLOG: show the texts of these; or empty
  ViewOptions options;
  OriginChoice origin;
  bool json = false;
  int part = 1;  ///< from 1
};

struct LinesCommand {
  std::string file;
  std::string source;
  ViewOptions options;
  OriginChoice origin;
  bool json = false;
  int part = 1;
};

struct InfoCommand {
  std::string file;
  bool json = false;
  int part = 1;
};

struct JitCommand {
  std::string file;
  std::optional<std::uint64_t> trace;  ///< the number of the one to show; none: all are listed
  std::optional<jit::StageKind> stage;
  std::optional<std::int64_t> process;  ///< a pid: whose log, of a recording that holds several
  JitSelection selection;
  bool json = false;
};

struct ExportCommand {
  std::string file;
  std::string format;
  std::string output;  ///< empty: made from the input's name; "-": standard output
  bool count_samples = false;
  int part = 1;
};

struct ServeCommand {};

/// Nothing to do but to say something: help (status 0, standard output) or what is wrong with the command
/// line.
struct Answer {
  std::string text;
  int status = 0;
};

using CommandLine = std::variant<Answer, RunCommand, AttachCommand, DoctorCommand, RecordCommand, ShowCommand,
                                 LinesCommand, InfoCommand, JitCommand, ExportCommand, ServeCommand>;

/// `words`: the arguments without the program's own name.
CommandLine parseCommandLine(const std::vector<std::string>& words);

/// Exit statuses. `run` keeps to those of env and timeout, so that the program's own can be told from ours.
inline constexpr int kFailed = 1, kUsageError = 2;
inline constexpr int kRunFailed = 125, kNotExecutable = 126, kNotFound = 127;

}  // namespace pyrometer
