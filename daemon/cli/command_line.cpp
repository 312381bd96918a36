#include "daemon/cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <utility>

#include "daemon/cli/grammar.h"
#include "daemon/exporters/exporter.h"

namespace pyrometer {
namespace {

constexpr std::string_view kOverview = R"(Pyrometer shows which lines of a Python program are hot.

  pyrometer run app.py          run a program and see its hot lines
  pyrometer attach PID          look into a program that runs already
  pyrometer show FILE           look at a recording again: flat, tree, lines, memory, states
  pyrometer lines FILE app.py   a source file with its heat
)";

constexpr std::string_view kMore = R"(
  pyrometer info FILE           what was recorded, when, how, how well
  pyrometer jit FILE            what PyPy's JIT compiled: all traces, or one with its machine code
  pyrometer export FILE         write it for another tool
  pyrometer serve               the daemon that editors start
  pyrometer doctor              what works here, what does not, and what to do about it

Each command says more with --help. FILE is what run has kept or written, or any file of vmprof
or PyPy's logs.
)";

/// The index of the program's first word: what follows the options, or "--".
std::size_t programAt(CLI::App& app, const std::vector<std::string>& words, bool& marked) {
  marked = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") return marked = true, i;
    if (word.size() < 2 || word.front() != '-') return i;
    const bool is_long = word.starts_with("--");
    if (!is_long && word.starts_with("-m")) return i;  // Python's own -m: the program is a module
    const CLI::Option* option =
        app.get_option_no_throw(is_long ? word.substr(0, word.find('=')) : word.substr(0, 2));
    const bool takes_value = option != nullptr && option->get_items_expected_max() > 0;
    const bool has_value = is_long ? word.find('=') != std::string::npos : word.size() > 2;
    if (takes_value && !has_value) ++i;
  }
  return words.size();
}

/// Known so that those who come from vmprof get an answer; `help` lists what does something.
void addVmprofOptions(CLI::App& app, RunSettings& to) {
  const auto refuse = [&app](const std::string& name, std::string answer) {
    app.add_flag_callback(name, [answer = std::move(answer)] { throw CLI::ValidationError(answer); })
        ->group("");
  };
  refuse("--web", serverIsGone("web"));
  for (const std::string name : {"web-url", "web-auth"}) {
    app.add_option_function<std::string>(
           "--" + name, [&to, name](const std::string&) { to.remarks.push_back(serverIsGone("--" + name)); })
        ->group("");
  }
  // That is so without being asked for.
  app.add_flag("--lines")->group("");
}

/// What `run` and `attach` have in common, in the order in which their help has it.
void addSampling(CLI::App& app, RunSettings& to) {
  app.add_option_function<std::string>(
         "-o,--output", [&to](const std::string& path) { to.output = path; },
         "write the recording here: X.vmprof and X.prof as vmprof 6, any other "
         "name as a bundle; without it the run is kept in the state folder "
         "(all kept runs together take 10 GB at most, or as many bytes as "
         "PYROMETER_STATE_LIMIT says; the oldest go first)")
      ->type_name("FILE");
  auto* rate = parsed(app, "--rate", parseRate, to.rate_hz,
                      "samples a second, 1 to 10000; auto (the default) begins fast and slows down")
                   ->type_name("HZ|auto");
  parsed(app, "-p,--period", parsePeriod, to.rate_hz, "the same as seconds between samples")
      ->type_name("SECONDS")
      ->excludes(rate);
  parsed(app, "--mode", parseMode, to.mode, "which time counts: cpu (the default), or wall with all waiting")
      ->type_name("cpu|wall");
}
void addKept(CLI::App& app, RunSettings& to) {
  flag(app, "--mem", to.memory, true, "record the memory in use (the default)");
  flag(app, "--no-mem", to.memory, false, "do not");
  flag(app, "--children", to.children, true, "sample the Python processes that it starts, too (the default)");
  flag(app, "--no-children", to.children, false, "do not");
}
void addQuiet(CLI::App& app, RunSettings& to) {
  flag(app, "--no-sources", to.sources, false, "keep no source texts in the recording");
  flag(app, "--no-argv", to.argv, false, "keep no arguments in the recording");
  flag(app, "--quiet", to.quiet, true, "say nothing but what goes wrong");
}

CommandLine parseRun(std::vector<std::string> words) {
  Grammar grammar(
      "run",
      "run [options] [--] program.py [arguments]\n       pyrometer run [options] -m module [arguments]",
      "Runs a Python program, samples it, and shows its hot lines when it ends.",
      "pyrometer run -o app.pyrometer app.py --its-own-option");
  RunCommand command;
  RunSettings& to = command.settings;
  CLI::App& app = grammar.app();
  std::string python;
  addSampling(app, to);
  flag(app, "--outside", to.outside, true, "read the program's memory from outside and put nothing into it");
  addKept(app, to);
  flag(app, "-n,--native", to.native, true,
       "record C functions, too: of extensions, libraries, the interpreter");
  flag(app, "--no-native", to.native, false, "do not (the default)");
  auto* python_option = app.add_option("--python", python, "the interpreter to run with")->type_name("PATH");
  app.add_option("--config", command.config, "read options from an ini file; those given here win")
      ->type_name("FILE");
  addQuiet(app, to);
  addVmprofOptions(app, to);

  bool marked = false;
  const std::size_t at = programAt(app, words, marked);
  command.program.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
  if (marked) command.program.erase(command.program.begin());
  words.resize(std::min(at, words.size()));
  if (auto answer = grammar.parse(std::move(words), kRunFailed)) return *answer;
  if (python_option->count() != 0) to.python = python;
  // As Python itself takes it: -mmodule is -m module.
  if (!command.program.empty() && command.program[0].starts_with("-m") && command.program[0].size() > 2) {
    std::string module = command.program[0].substr(2);
    command.program[0] = "-m";
    command.program.insert(command.program.begin() + 1, std::move(module));
  }
  if (command.program.empty())
    return grammar.wrong("which program? Name a script, or -m and a module", kRunFailed);
  if (command.program[0] == "-m" && command.program.size() == 1) {
    return grammar.wrong("which module? Name it behind -m", kRunFailed);
  }
  return command;
}

CommandLine parseAttach(std::vector<std::string> words) {
  Grammar grammar(
      "attach", "attach PID [options]",
      "Samples a Python program that runs already, by reading its memory, and shows its hot lines.\n"
      "Nothing is put into the program and nothing in it is stopped; it goes on when this ends, which\n"
      "it does with the program, after --duration, or by Ctrl-C. Python processes that it has started,\n"
      "or starts meanwhile, are sampled too. It takes the right to read the program's memory: as the\n"
      "same user, where the system lets one (pyrometer doctor says), or as root.",
      "pyrometer attach 4711 --mode wall --duration 10");
  AttachCommand command;
  CLI::App& app = grammar.app();
  app.add_option("PID", command.pid)->required()->check(CLI::Range(1, 1 << 30).description(""));
  parsed(app, "-d,--duration", parseDuration, command.seconds, "how long; without it until Ctrl-C")
      ->type_name("SECONDS");
  addSampling(app, command.settings);
  app.add_flag(
      "--blocking", command.blocking,
      "stop each thread that runs for the moment of a look (some 50 us, by ptrace): no stack is wrong "
      "then; without it a small share is");
  addKept(app, command.settings);
  addQuiet(app, command.settings);
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  return command;
}

CommandLine parseDoctor(std::vector<std::string> words) {
  Grammar grammar(
      "doctor", "doctor [options]",
      "Says what works on this machine, what does not, and what to do about it: the interpreter,\n"
      "the sampler in it, attaching, folders, debug symbols, editors. The exit status is 1 if\n"
      "something is broken that profiling needs.",
      "pyrometer doctor --python ~/project/.venv/bin/python");
  DoctorCommand command;
  grammar.app().add_option("--python", command.python, "the interpreter to ask about")->type_name("PATH");
  grammar.app().add_flag("--json", command.json, "a JSON document instead of the text");
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  return command;
}

CommandLine parseRecord(std::vector<std::string> words) {
  Grammar grammar("record", "record --pid PID --fd N [options]",
                  "Records a Python program that runs already, from beside it: what enable() of the Python\n"
                  "package starts. Ends with the program, or when disable() says so. The profile, vmprof\n"
                  "version 6, goes to a descriptor that was open when this began.",
                  "pyrometer record --pid 4711 --fd 3 --lines");
  RecordCommand command;
  CLI::App& app = grammar.app();
  const auto descriptor = CLI::Range(0, 1 << 30).description("");
  app.add_option("--pid", command.pid, "the program; it has to register, as enable() does")
      ->type_name("PID")
      ->required()
      ->check(CLI::Range(1, 1 << 30).description(""));
  app.add_option("--fd", command.output, "the descriptor to write to")
      ->type_name("N")
      ->required()
      ->check(descriptor);
  app.add_option("--report", command.report,
                 "the descriptor of a pipe for one line: ready FOLDER, or failed MESSAGE")
      ->type_name("N")
      ->check(descriptor);
  std::optional<double> rate;
  std::optional<Mode> mode;
  parsed(app, "-p,--period", parsePeriod, rate, "seconds between samples, 0.0001 to 1")->type_name("SECONDS");
  parsed(app, "--mode", parseMode, mode, "which time counts: cpu (the default), or wall with all waiting")
      ->type_name("cpu|wall");
  app.add_flag("--lines", command.lines, "write the line of each frame");
  app.add_flag("--mem", command.memory, "write the memory in use with each sample");
  app.add_flag_callback(
      "--no-argv", [&command] { command.argv = false; }, "keep the program's arguments out of the file");
  app.add_option("--thread", command.thread,
                 "in wall mode: sample this thread only, and those that are chosen later")
      ->type_name("TID")
      ->check(CLI::Range(1, 1 << 30).description(""));
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  command.rate_hz = rate.value_or(command.rate_hz);
  command.mode = mode.value_or(command.mode);
  return command;
}

void addPart(CLI::App& app, int& part) {
  app.add_option("--part", part, "which profile of a file that holds several (see info)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000'000).description(""));
}

void addFile(CLI::App& app, std::string& file) { app.add_option("FILE", file)->required(); }

void addOrigin(CLI::App& app, OriginChoice& origin) {
  app.add_option("--process", origin.process, "only the samples of this process (see info)")
      ->type_name("PID");
  app.add_option("--thread", origin.thread, "only those of this thread, or of all threads of this name")
      ->type_name("TID|NAME");
}

void addTable(CLI::App& app, ViewOptions& options, bool& json) {
  app.add_flag("--all", options.all, "show library files like the program's own, with their own time");
  app.add_option("--limit", options.limit, "rows of each table")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}).description(""));
  app.add_flag("--json", json, "a JSON document instead of a table");
}

CommandLine parseShow(std::vector<std::string> words) {
  Grammar grammar(
      "show", "show FILE [flat|tree|lines|memory|states|phases] [options]",
      "Shows a recording: the hottest lines and functions (flat, the default), the calls (tree),\n"
      "the hottest source file with its heat (lines), memory over time, shares by state, and the\n"
      "phases of PyPy's own log, PYPYLOG (of FILE itself, or of FILE.pypylog beside a profile).\n\n"
      "A line's time has that of the library code that it calls in it; own time has not.",
      "pyrometer show app.pyrometer tree");
  ShowCommand command;
  CLI::App& app = grammar.app();
  addFile(app, command.file);
  const std::vector<std::pair<std::string, View>> views = {
      {"flat", View::kFlat},     {"tree", View::kTree},     {"lines", View::kLines},
      {"memory", View::kMemory}, {"states", View::kStates}, {"phases", View::kPhases}};
  std::string view = "flat";
  const CLI::Option* view_option = app.add_option("VIEW", view);
  addTable(app, command.options, command.json);
  addOrigin(app, command.origin);
  std::string by;
  auto* grouping = app.add_option("--by", by, "tree: first by process, or by process and thread")
                       ->type_name("process|thread");
  addPart(app, command.part);
  app.add_option("--section", command.section,
                 "phases: the texts of the sections whose names begin with NAME")
      ->type_name("NAME");
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  command.view_named = view_option->count() != 0;
  const auto found = std::find_if(views.begin(), views.end(), [&](const auto& v) { return v.first == view; });
  if (found == views.end()) {
    return grammar.wrong(
        fmt::format("there is no view '{}': say flat, tree, lines, memory, states or phases", view),
        kUsageError);
  }
  command.view = found->second;
  if (grouping->count() != 0 && command.view != View::kTree)
    return grammar.wrong("--by is for the tree: show FILE tree --by process", kUsageError);
  if (grouping->count() != 0 && by != "process" && by != "thread")
    return grammar.wrong(fmt::format("there is no order '{}': say process or thread", by), kUsageError);
  if (grouping->count() != 0) command.options.by = by == "process" ? Grouping::kProcess : Grouping::kThread;
  return command;
}

CommandLine parseLines(std::vector<std::string> words) {
  Grammar grammar("lines", "lines FILE SOURCE.py [options]",
                  "Shows a source file as it was when the program ran, with its heat beside each line.",
                  "pyrometer lines app.pyrometer helpers.py");
  LinesCommand command;
  CLI::App& app = grammar.app();
  addFile(app, command.file);
  app.add_option("SOURCE", command.source)->required();
  app.add_flag("--all", command.options.all,
               "each line's own time only, without the library code that it calls");
  addOrigin(app, command.origin);
  app.add_flag("--json", command.json, "a JSON document instead of the text");
  addPart(app, command.part);
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  return command;
}

CommandLine parseInfo(std::vector<std::string> words) {
  Grammar grammar("info", "info FILE [options]",
                  "Says what was recorded: what, when, how, how much, how well.",
                  "pyrometer info app.pyrometer");
  InfoCommand command;
  CLI::App& app = grammar.app();
  addFile(app, command.file);
  app.add_flag("--json", command.json, "a JSON document instead of the text");
  addPart(app, command.part);
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  return command;
}

std::optional<std::uint64_t> traceNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// An option that takes one of a few words, which its help lists.
template <class T>
CLI::Option* choice(CLI::App& app, const std::string& name, const std::string& type,
                    const std::vector<std::pair<std::string, T>>& words, std::optional<T>& to,
                    const std::string& about) {
  std::string list;
  for (const auto& [word, value] : words) list += (list.empty() ? "" : ", ") + word;
  return app
      .add_option_function<std::string>(
          name,
          [&words, &to, list](const std::string& word) {
            const auto found =
                std::find_if(words.begin(), words.end(), [&](const auto& one) { return one.first == word; });
            if (found == words.end()) {
              throw CLI::ValidationError(fmt::format("'{}' is none of: {}", word, list));
            }
            to = found->second;
          },
          about + ": " + list)
      ->type_name(type);
}

CommandLine parseJit(std::vector<std::string> words) {
  Grammar grammar(
      "jit", "jit FILE [options]\n       pyrometer jit FILE show ID [options]",
      "Lists what PyPy's JIT compiled, or gave up, or shows one trace of it with its source, the\n"
      "bridges on its guards, and its machine code. FILE is a log that PyPy writes with JITLOG=FILE,\n"
      "a profile that it lies beside, or a recording that it is in.\n\n"
      "Loops are recorded once and logged twice, for what comes before their first turn and for\n"
      "their body: operations before and after optimisation count both. Turns are the times that\n"
      "its busiest label was passed.",
      "pyrometer jit app.jit --kind loop --function parse");
  static const std::vector<std::pair<std::string, JitSort>> kSorts = {
      {"runs", JitSort::kRuns},         {"entries", JitSort::kEntries},   {"id", JitSort::kId},
      {"recorded", JitSort::kRecorded}, {"ops", JitSort::kOperations},    {"removed", JitSort::kRemoved},
      {"guards", JitSort::kGuards},     {"failures", JitSort::kFailures}, {"bytes", JitSort::kBytes},
      {"bridges", JitSort::kBridges},   {"function", JitSort::kFunction}};
  static const std::vector<std::pair<std::string, jit::StageKind>> kStages = {
      {"noopt", jit::StageKind::kRecorded},
      {"opt", jit::StageKind::kOptimised},
      {"asm", jit::StageKind::kAssembled}};
  static const std::vector<std::pair<std::string, jit::TraceKind>> kKinds = {
      {"loop", jit::TraceKind::kLoop},
      {"bridge", jit::TraceKind::kBridge},
      {"entry", jit::TraceKind::kEntry},
      {"unknown", jit::TraceKind::kUnknown}};
  static const std::vector<std::pair<std::string, jit::TraceEnd>> kEnds = {
      {"compiled", jit::TraceEnd::kCompiled},
      {"aborted", jit::TraceEnd::kAborted},
      {"unfinished", jit::TraceEnd::kUnfinished}};
  JitCommand command;
  CLI::App& app = grammar.app();
  addFile(app, command.file);
  std::string what, id;
  app.add_option("WHAT", what);
  app.add_option("ID", id);
  std::optional<JitSort> sort;
  choice(app, "--sort", "BY", kSorts, sort, "what is sorted by; without it how often their code ran");
  choice(app, "--kind", "KIND", kKinds, command.selection.kind,
         "these only, of which entries begin where a function does");
  choice(app, "--end", "END", kEnds, command.selection.end, "those only that came to this end");
  app.add_option("--function", command.selection.function,
                 "traces that hold code of a function whose name has this in it, or fits it with * and ?")
      ->type_name("NAME");
  app.add_option("--file", command.selection.file, "the same by source file")->type_name("NAME");
  app.add_option("--limit", command.selection.limit, "rows of the table")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000'000}).description(""));
  auto* stage = choice(app, "--stage", "STAGE", kStages, command.stage,
                       "of show: as recorded, as optimised (usual), or as assembled with its machine code");
  app.add_flag_callback(
         "--asm", [&command] { command.stage = jit::StageKind::kAssembled; }, "the same as --stage asm")
      ->excludes(stage);
  app.add_option("--process", command.process,
                 "whose log, of a recording that holds those of several processes (see info)")
      ->type_name("PID");
  app.add_flag("--json", command.json, "a JSON document instead of text");
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  command.selection.sort = sort.value_or(JitSort::kRuns);
  if (what.empty()) {
    if (command.stage) return grammar.wrong("a stage of which trace? Say show and its id", kUsageError);
    return command;
  }
  if (what != "show") {
    return grammar.wrong(fmt::format("there is nothing to do called '{}': say show and a trace's id", what),
                         kUsageError);
  }
  command.trace = traceNumber(id);
  if (!command.trace) {
    return grammar.wrong(id.empty() ? std::string("show which trace? Say its id")
                                    : fmt::format("'{}' is no trace's id, which is a number", id),
                         kUsageError);
  }
  return command;
}

CommandLine parseExport(std::vector<std::string> words) {
  std::string formats = "Formats:\n";
  for (const Exporter* exporter : exporters()) {
    formats +=
        fmt::format("  {:<12}{} ({})\n", exporter->name(), exporter->description(), exporter->extension());
  }
  formats.pop_back();
  Grammar grammar("export", "export FILE --to FORMAT [-o OUT] [options]",
                  "Writes a recording in the format of another tool.\n\n" + formats,
                  "pyrometer export app.pyrometer --to speedscope -o app.json");
  ExportCommand command;
  CLI::App& app = grammar.app();
  addFile(app, command.file);
  app.add_option("--to", command.format, "the format")->type_name("FORMAT")->required();
  app.add_option("-o,--output", command.output,
                 "the file to write, - for standard output; without it FILE's name with the format's ending")
      ->type_name("OUT");
  std::string unit = "time";
  app.add_option("--unit", unit, "what numbers count: time (the default) or samples")
      ->type_name("time|samples");
  addPart(app, command.part);
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  if (unit != "time" && unit != "samples") {
    return grammar.wrong(fmt::format("there is no unit '{}': say time or samples", unit), kUsageError);
  }
  command.count_samples = unit == "samples";
  return command;
}

CommandLine parseServe(std::vector<std::string> words) {
  Grammar grammar(
      "serve", "serve",
      "The daemon behind an editor: speaks the Language Server Protocol on standard input and\n"
      "output, runs programs, holds profiles, and shows their heat in the files that are open:\n"
      "hints at the ends of lines, hover, code lenses, call hierarchy, and commands to profile a\n"
      "file, to stop it and to clear the heat. An editor starts it; its log is standard error.\n"
      "When the editor goes, programs that run are stopped and what was recorded is kept.",
      "vim.lsp.start({ name = 'pyrometer', cmd = { 'pyrometer', 'serve' } })");
  if (auto answer = grammar.parse(std::move(words), kUsageError)) return *answer;
  return ServeCommand{};
}

}  // namespace

CommandLine parseCommandLine(const std::vector<std::string>& words) {
  if (words.empty()) return Answer{std::string(kOverview) + "\nMore with pyrometer --help.\n", 0};
  const std::string& first = words.front();
  std::vector<std::string> rest(words.begin() + 1, words.end());
  if (first == "run") return parseRun(std::move(rest));
  if (first == "attach") return parseAttach(std::move(rest));
  if (first == "doctor") return parseDoctor(std::move(rest));
  if (first == "record") return parseRecord(std::move(rest));
  if (first == "show") return parseShow(std::move(rest));
  if (first == "lines") return parseLines(std::move(rest));
  if (first == "info") return parseInfo(std::move(rest));
  if (first == "jit") return parseJit(std::move(rest));
  if (first == "export") return parseExport(std::move(rest));
  if (first == "serve") return parseServe(std::move(rest));
  if (first == "--help" || first == "-h") return Answer{std::string(kOverview).append(kMore), 0};
  if (first == "--version") return Answer{"pyrometer " PYROMETER_VERSION "\n", 0};
  const bool option = first.starts_with('-');
  return Answer{
      fmt::format("pyrometer: there is no {} '{}' (see pyrometer --help){}\n", option ? "option" : "command",
                  first, first.ends_with(".py") ? "; to profile it: pyrometer run " + first : std::string()),
      kUsageError};
}

}  // namespace pyrometer
