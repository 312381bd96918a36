// Made by protocol/generate.py of protocol/schema.json and protocol/lsp.json. Change those, and run it again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/any.h"

namespace pyrometer::protocol {

// Members have the names that they have in messages.
// NOLINTBEGIN(readability-identifier-naming)

/// Which time counts.
enum class RunMode {
  /// The time in which threads ran.
  kCpu,
  /// All time, waiting included.
  kWall,
};

/// Where a profile comes from and whether it still grows.
enum class ProfileState {
  /// A program that runs now.
  kRunning,
  /// A program that has ended, started by this daemon.
  kFinished,
  /// Opened from a file.
  kFile,
};

/// How a thing stands that profiling needs, or can use.
enum class Verdict {
  /// It works.
  kFine,
  /// Something that can be done without is missing.
  kLimited,
  /// Programs cannot be profiled here.
  kBroken,
};

/// What a table is sorted by, largest first.
enum class TableOrder {
  /// Time of the function itself.
  kSelf,
  /// Time with the function anywhere on the stack.
  kTotal,
};

/// How serious a message is.
enum class MessageType {
  /// Something failed.
  kError = 1,
  /// Something is not as it should be.
  kWarning = 2,
  /// Good to know.
  kInfo = 3,
  /// For who looks for it.
  kLog = 4,
};

/// How a client tells of changes.
enum class TextDocumentSyncKind {
  /// Not at all.
  kNone = 0,
  /// The whole text.
  kFull = 1,
  /// What was replaced by what.
  kIncremental = 2,
};

/// What a symbol is: those kinds of LSP that code can be charged to.
enum class SymbolKind {
  /// A file.
  kFile = 1,
  /// A module.
  kModule = 2,
  /// A class.
  kClass = 5,
  /// A method.
  kMethod = 6,
  /// A function.
  kFunction = 12,
};

/// What a hint tells of.
enum class InlayHintKind {
  /// A type.
  kType = 1,
  /// A parameter's name.
  kParameter = 2,
};

/// How a text is to be read.
enum class MarkupKind {
  /// As it stands.
  kPlaintext,
  /// As GitHub-flavoured Markdown.
  kMarkdown,
};

/// Which of a progress's messages this is.
enum class ProgressKind {
  /// The first.
  kBegin,
  /// One in between.
  kReport,
  /// The last.
  kEnd,
};

/// Which samples a view looks at. Fields that are left out let everything through.
struct Filter {
  /// Begin of the time window, ns, included.
  std::optional<std::int64_t> from{};
  /// End of the time window, ns, not included.
  std::optional<std::int64_t> to{};
  /// Numbers of processes, as in Profile.processes: their threads, or those of `threads` that are theirs.
  std::optional<std::vector<std::uint64_t>> processes{};
  /// Numbers of threads, as in Profile.threads.
  std::optional<std::vector<std::uint64_t>> threads{};
  /// Names of states of the interpreter: interpreter, warmup, jit, gc, native, unknown.
  std::optional<std::vector<std::string>> vmStates{};
  /// Names of states of the thread: running, gil (waiting for the GIL), offCpu (off the processor), unknown.
  std::optional<std::vector<std::string>> threadStates{};
};

/// A 95 % interval (Wilson) of a share.
struct Interval {
  /// Lower end, 0 to 1.
  double low = 0;
  /// Upper end, 0 to 1.
  double high = 0;
};

/// Samples and time in one pair of states.
struct StateShare {
  /// State of the interpreter, as in Filter.vmStates.
  std::string vm{};
  /// State of the thread, as in Filter.threadStates.
  std::string thread{};
  /// Number of samples.
  std::uint64_t samples = 0;
  /// Their weight, ns.
  std::uint64_t time = 0;
};

/// A thread of the program.
struct ThreadInfo {
  /// How filters name it: its place in the list.
  std::uint64_t number = 0;
  /// The name the program gave it, or its id.
  std::string name{};
  /// The system's id.
  std::int64_t tid = 0;
  /// The process it belongs to.
  std::int64_t pid = 0;
};

/// A process image of a run: exec makes another one with the same pid.
struct ProcessInfo {
  /// How filters name it: its place in the list.
  std::uint64_t number = 0;
  /// The system's id.
  std::int64_t pid = 0;
  /// Its parent's; 0 if unknown.
  std::int64_t parent = 0;
  /// 0, and one more for each exec of the same pid.
  std::uint64_t generation = 0;
  /// It began as a copy of its parent.
  bool forked = false;
  /// The command and its arguments; empty if unknown.
  std::string command{};
  /// When it began, ns since the run's start.
  std::int64_t start = 0;
  /// When it ended, likewise; left out while it runs.
  std::optional<std::int64_t> end{};
  /// How it ended, where that is known: its exit status, or minus the number of the signal.
  std::optional<std::int64_t> exitStatus{};
};

/// A profile the daemon holds.
struct Profile {
  /// Its name in requests; never used twice.
  std::uint64_t id = 0;
  /// What to call it in a list: the command or the file's name.
  std::string title{};
  /// Whether it still grows.
  ProfileState state = ProfileState::kRunning;
  /// Is it the one that heat, hover, lenses and call hierarchies show?
  bool selected = false;
  /// URI of the file it was opened from or is kept in. While its program runs: of the folder of its
  /// recording, which `pyrometer/open` takes too, should the daemon have died.
  std::optional<std::string> file{};
  /// The program and its arguments; empty where the recording leaves them out.
  std::string command{};
  /// The interpreter and its version; empty if unknown.
  std::string interpreter{};
  /// Which time counts in it.
  RunMode mode = RunMode::kCpu;
  /// When it began, in seconds since 1970, UTC.
  std::optional<double> startUnixTime{};
  /// Length of the run so far, ns.
  std::uint64_t duration = 0;
  /// Number of samples.
  std::uint64_t samples = 0;
  /// What all samples weigh together, ns: what shares are shares of.
  std::uint64_t sampledTime = 0;
  /// Of it: importing modules, charged to no line, ns.
  std::uint64_t importTime = 0;
  /// Samples a second and running thread, as achieved; 0 if unknown.
  double rate = 0;
  /// Samples that were lost.
  std::uint64_t dropped = 0;
  /// How the program ended, once it has: its exit status, or minus the number of the signal.
  std::optional<std::int64_t> exitStatus{};
  /// The processes that were sampled.
  std::vector<ProcessInfo> processes{};
  /// Its threads.
  std::vector<ThreadInfo> threads{};
  /// What its reader should know: what could not be sampled, what was lost and where.
  std::vector<std::string> notes{};
};

/// Starts a program under the sampler, in a pseudo-terminal of its own, and selects its profile.
struct RunParams {
  /// URI of the Python file to run. Either this or `command`.
  std::optional<std::string> program{};
  /// What would stand behind `pyrometer run`: "-m", "module", arguments. Either this or `program`.
  std::optional<std::vector<std::string>> command{};
  /// The program's arguments, behind `program` or `command`.
  std::optional<std::vector<std::string>> args{};
  /// URI or path of the folder to run in. If left out: the workspace folder that holds the program, else the
  /// program's own, else the first workspace folder.
  std::optional<std::string> cwd{};
  /// Variables to set on top of the daemon's own environment.
  std::optional<std::map<std::string, std::string>> env{};
  /// Path of the interpreter; the configured one, or the one that `pyrometer run` would find, if left out.
  std::optional<std::string> python{};
  /// cpu if left out.
  std::optional<RunMode> mode{};
  /// Samples a second, 1 to 10000; 0: auto; the configured one if left out.
  std::optional<double> rate{};
  /// Record the memory in use; true if left out.
  std::optional<bool> memory{};
  /// Read the program's memory from outside and put nothing into it; false if left out.
  std::optional<bool> outside{};
  /// Sample the Python processes that the program starts, too; true if left out.
  std::optional<bool> children{};
  /// Width of the pseudo-terminal in characters, 1 to 10000; 80 if left out.
  std::optional<std::uint64_t> columns{};
  /// Its height, 1 to 10000; 24 if left out.
  std::optional<std::uint64_t> rows{};
  /// The client's token for work-done progress (LSP). Cancelling the progress stops the program.
  std::optional<Any> workDoneToken{};
};

/// The answer to a start: it comes at once, the program goes on.
struct RunResult {
  /// Id of the run, and of its profile.
  std::uint64_t run = 0;
  /// The program's process.
  std::int64_t pid = 0;
  /// What was started, word by word.
  std::vector<std::string> command{};
};

/// Samples a program that runs already, by reading its memory, and selects its profile. The program goes on
/// when that ends.
struct AttachParams {
  /// The process; it must be CPython, or have started such.
  std::int64_t pid = 0;
  /// cpu if left out.
  std::optional<RunMode> mode{};
  /// Samples a second, 1 to 10000; 0: auto; the configured one if left out.
  std::optional<double> rate{};
  /// Record the memory in use; true if left out.
  std::optional<bool> memory{};
  /// Sample the Python processes below it, too; true if left out.
  std::optional<bool> children{};
  /// Stop threads that run for the moment of each look: no stack is wrong then; false if left out.
  std::optional<bool> blocking{};
  /// Seconds to sample; until the program ends or `pyrometer/stop` if left out.
  std::optional<double> duration{};
  /// The client's token for work-done progress (LSP). Cancelling the progress ends the sampling.
  std::optional<Any> workDoneToken{};
};

/// What to ask about this machine.
struct DoctorParams {
  /// Path of the interpreter; the configured one, or the one that `pyrometer run` would find, if left out.
  std::optional<std::string> python{};
};

/// How one thing stands that profiling needs, or can use.
struct Finding {
  /// What: one or two words.
  std::string name{};
  /// How it stands.
  Verdict verdict = Verdict::kFine;
  /// What was found.
  std::string text{};
  /// What to do; empty where there is nothing to do.
  std::string advice{};
};

/// What works on this machine, and what does not.
struct DoctorResult {
  /// The same as `pyrometer doctor` says.
  std::vector<Finding> findings{};
};

/// Names a run.
struct RunIdParams {
  /// Id of the run.
  std::uint64_t run = 0;
};

/// What the user typed into a run's terminal, or the terminal's new size.
struct InputParams {
  /// Id of the run.
  std::uint64_t run = 0;
  /// Characters as typed; \u0003 is Ctrl-C and reaches the program as SIGINT, \r ends a line.
  std::optional<std::string> text{};
  /// New width of the terminal; with `rows`.
  std::optional<std::uint64_t> columns{};
  /// New height of the terminal; with `columns`.
  std::optional<std::uint64_t> rows{};
};

/// What a run's program wrote, in the order and at the time of writing.
struct OutputParams {
  /// Id of the run.
  std::uint64_t run = 0;
  /// UTF-8; bytes that are none are replaced by U+FFFD. Lines end in \r\n, as a terminal shows them.
  std::string text{};
};

/// A line and its share.
struct HotLine {
  /// The file.
  std::string uri{};
  /// From 0.
  std::uint64_t line = 0;
  /// Of all time, 0 to 1.
  double share = 0;
  /// The line's text without indentation; empty if unknown.
  std::string text{};
};

/// There is more to see of a profile: at once the first time, then at most ten times a second; and once more,
/// with `state` finished, when a run is over.
struct ProfileChangedParams {
  /// Id of the profile.
  std::uint64_t profile = 0;
  /// Whether it still grows.
  ProfileState state = ProfileState::kRunning;
  /// Is it the one that is shown?
  bool selected = false;
  /// Number of samples so far.
  std::uint64_t samples = 0;
  /// As in Profile, once the program has ended.
  std::optional<std::int64_t> exitStatus{};
  /// The hottest line of the user's code so far.
  std::optional<HotLine> hotLine{};
  /// At the end: one sentence for the user, what was recorded and where it is kept.
  std::optional<std::string> message{};
};

/// Opens a profile from a file and selects it.
struct OpenParams {
  /// The file; any kind that the daemon reads.
  std::string uri{};
  /// Which profile of a file that holds several, from 1.
  std::optional<std::uint64_t> part{};
  /// The client's token for work-done progress (LSP). Cancelling the progress cancels the request.
  std::optional<Any> workDoneToken{};
};

/// Names a profile.
struct ProfileParams {
  /// Id of the profile; the selected one if left out.
  std::optional<std::uint64_t> profile{};
};

/// Which profile is shown.
struct SelectParams {
  /// Id of the profile; left out: none, heat is cleared. One that was put out of memory is read again from
  /// its file.
  std::optional<std::uint64_t> profile{};
  /// The client's token for work-done progress (LSP). Cancelling the progress cancels the request.
  std::optional<Any> workDoneToken{};
};

/// All profiles held, the newest first.
struct ProfilesResult {
  /// The list.
  std::vector<Profile> profiles{};
};

/// What a user can set. Fields that are left out are as if never set.
struct Settings {
  /// Path of the interpreter to run programs with; empty: the one that `pyrometer run` would find.
  std::optional<std::string> python{};
  /// Samples a second, 1 to 10000, or "auto", which it is if left out.
  std::optional<Any> rate{};
  /// Percent of all time under which a line gets no inlay hint, 0 to 100; 0.5 if left out.
  std::optional<double> threshold{};
  /// Are lines of the user's coloured by charged time? By self time if not; true if left out.
  std::optional<bool> myCode{};
};

/// Settings as clients send them: each program's under its name.
struct SettingsSection {
  /// Ours.
  std::optional<Settings> pyrometer{};
};

/// What a client may say in `initializationOptions` of `initialize`.
struct InitializationOptions {
  /// What the client draws by itself and wants no second time: heat (then there are no inlay hints).
  std::optional<std::vector<std::string>> paints{};
  /// The settings at the start.
  std::optional<Settings> settings{};
};

/// Nothing to say.
struct Empty {};

/// Asks for the heat of a document's lines as they stand now, in the editor.
struct LineHeatParams {
  /// The document; open or not.
  std::string uri{};
  /// Id of the profile; the selected one if left out.
  std::optional<std::uint64_t> profile{};
  /// Which samples count.
  std::optional<Filter> filter{};
};

/// A part of a line with samples of its own. Of f(g(x)) the call of f is one, and g(x), within it, another.
struct HotExpression {
  /// Its first character, as the negotiated encoding counts.
  std::uint64_t start = 0;
  /// Behind its last one. A part that goes on in the next line ends with this one.
  std::uint64_t end = 0;
  /// Samples, of its own: not of the parts within it.
  std::uint64_t self = 0;
  /// The same, ns.
  std::uint64_t selfTime = 0;
  /// Its own part of all time, 0 to 1, counted as the line's is.
  double share = 0;
  /// Worth pointing at: it has most of the line's time, and is not all of the line.
  bool hot = false;
};

/// One line's heat. Self counts samples whose innermost Python frame is on the line; total those with the
/// line anywhere on the stack; charged is self with the time of library code below it, and is what colours a
/// line of the user's.
struct LineHeat {
  /// Where the line is now, from 0.
  std::uint64_t line = 0;
  /// Samples.
  std::uint64_t self = 0;
  /// Samples.
  std::uint64_t total = 0;
  /// Samples.
  std::uint64_t charged = 0;
  /// Of self: samples with native code below.
  std::uint64_t native = 0;
  /// ns.
  std::uint64_t selfTime = 0;
  /// ns.
  std::uint64_t totalTime = 0;
  /// ns.
  std::uint64_t chargedTime = 0;
  /// What the line is coloured by: its part of all time, 0 to 1.
  double share = 0;
  /// How sure the share is.
  Interval interval{};
  /// Class of the share: 0 (under 0.5 %), 1, 2 (from 2.5 %), 3 (from 10 %).
  std::uint64_t heat = 0;
  /// What to show at the line's end, such as "12.3 %"; with a range where samples are few, and a word where
  /// the line was edited since.
  std::string text{};
  /// Growth of memory charged to the line, bytes.
  std::optional<std::uint64_t> memory{};
  /// The line was touched since the program ran: its numbers are of another text.
  bool stale = false;
  /// Number of JIT traces that hold the line.
  std::uint64_t traces = 0;
  /// Its parts with samples, the hottest first. Left out where the interpreter tells none (before CPython
  /// 3.11), where the line was touched, and in a document's heat for lines with less than 0.5 % of all time.
  std::optional<std::vector<HotExpression>> expressions{};
};

/// A document's heat.
struct LineHeatResult {
  /// Whose numbers these are; left out where no profile is selected.
  std::optional<std::uint64_t> profile{};
  /// Version of the open document that the lines are of.
  std::optional<std::int64_t> version{};
  /// Lines with samples, by line. Those whose text is gone are not in it.
  std::vector<LineHeat> lines{};
  /// The file's part of all time, 0 to 1.
  double fileShare = 0;
  /// Part of all time on lines of this file that are no more, 0 to 1.
  double lost = 0;
  /// Was memory recorded?
  bool memory = false;
};

/// Asks for a page of the table of functions.
struct FunctionsParams {
  /// Id of the profile; the selected one if left out.
  std::optional<std::uint64_t> profile{};
  /// Which samples count.
  std::optional<Filter> filter{};
  /// self if left out.
  std::optional<TableOrder> order{};
  /// Only functions whose name or file has this text in it, upper and lower case alike.
  std::optional<std::string> search{};
  /// First row; 0 if left out.
  std::optional<std::uint64_t> offset{};
  /// Most rows, 1 to 1000; 100 if left out.
  std::optional<std::uint64_t> limit{};
};

/// A function and its numbers.
struct FunctionRow {
  /// Its name in other requests about the same profile.
  std::uint64_t function = 0;
  /// Qualified name.
  std::string name{};
  /// Its file, if it has one.
  std::optional<std::string> uri{};
  /// Its first line, from 0, where known: in the document as it stands now.
  std::optional<std::uint64_t> line{};
  /// Is it the user's code?
  bool user = false;
  /// Is it native code?
  bool native = false;
  /// Samples.
  std::uint64_t self = 0;
  /// Samples.
  std::uint64_t total = 0;
  /// ns.
  std::uint64_t selfTime = 0;
  /// ns.
  std::uint64_t totalTime = 0;
  /// Of the share of self time.
  Interval selfInterval{};
  /// Of the share of total time.
  Interval totalInterval{};
};

/// A page of the table of functions.
struct FunctionsResult {
  /// Whose numbers these are.
  std::uint64_t profile = 0;
  /// Rows that match, on all pages.
  std::uint64_t count = 0;
  /// Samples in the view.
  std::uint64_t samples = 0;
  /// ns in the view: what shares are shares of.
  std::uint64_t time = 0;
  /// The page.
  std::vector<FunctionRow> rows{};
};

/// Asks for the children of a node of the call tree.
struct CallTreeParams {
  /// Id of the profile; the selected one if left out.
  std::optional<std::uint64_t> profile{};
  /// Which samples count.
  std::optional<Filter> filter{};
  /// From the leaf functions to their callers; false if left out.
  std::optional<bool> inverted{};
  /// Functions from the root to the node, as in TreeNode.function; empty or left out: the root.
  std::optional<std::vector<std::uint64_t>> path{};
  /// First child; 0 if left out.
  std::optional<std::uint64_t> offset{};
  /// Most children, 1 to 1000; 100 if left out.
  std::optional<std::uint64_t> limit{};
};

/// A node of the call tree.
struct TreeNode {
  /// As in FunctionRow.
  std::uint64_t function = 0;
  /// Qualified name.
  std::string name{};
  /// Its file, if it has one.
  std::optional<std::string> uri{};
  /// First line of the function, from 0, where known.
  std::optional<std::uint64_t> line{};
  /// Is it the user's code?
  bool user = false;
  /// Samples.
  std::uint64_t self = 0;
  /// Samples.
  std::uint64_t total = 0;
  /// ns.
  std::uint64_t selfTime = 0;
  /// ns.
  std::uint64_t totalTime = 0;
  /// How many it has.
  std::uint64_t children = 0;
};

/// Children of a node, most time first.
struct CallTreeResult {
  /// Whose numbers these are.
  std::uint64_t profile = 0;
  /// Children on all pages.
  std::uint64_t count = 0;
  /// Samples in the view.
  std::uint64_t samples = 0;
  /// ns in the view.
  std::uint64_t time = 0;
  /// The page.
  std::vector<TreeNode> nodes{};
};

/// Asks for the rectangles of one flame graph, as many as a picture can show.
struct FlameParams {
  /// Id of the profile; the selected one if left out.
  std::optional<std::uint64_t> profile{};
  /// Which samples count.
  std::optional<Filter> filter{};
  /// Callees at the bottom; false if left out.
  std::optional<bool> inverted{};
  /// Zoomed in on this node: functions from the root.
  std::optional<std::vector<std::uint64_t>> path{};
  /// Width of the picture in pixels, 1 to 100000: what would be narrower than half of one is left out. 1200
  /// if left out.
  std::optional<std::uint64_t> width{};
  /// Most levels, 1 to 10000; 200 if left out.
  std::optional<std::uint64_t> depth{};
};

/// A function in a flame graph.
struct FlameFunction {
  /// As in FunctionRow.
  std::uint64_t function = 0;
  /// Qualified name.
  std::string name{};
  /// Its file, if it has one.
  std::optional<std::string> uri{};
  /// First line, from 0, where known.
  std::optional<std::uint64_t> line{};
  /// Is it the user's code?
  bool user = false;
};

/// Rectangles, each list by rectangle: parents before children, level by level from the left.
struct FlameResult {
  /// Whose numbers these are.
  std::uint64_t profile = 0;
  /// ns: the width of the whole.
  std::uint64_t time = 0;
  /// The functions that occur.
  std::vector<FlameFunction> functions{};
  /// Of each rectangle: place in `functions`.
  std::vector<std::uint64_t> function{};
  /// From 0.
  std::vector<std::uint64_t> level{};
  /// Left edge, ns.
  std::vector<std::uint64_t> begin{};
  /// Total time, ns.
  std::vector<std::uint64_t> width{};
  /// Self time, ns.
  std::vector<std::uint64_t> self{};
  /// Nodes that are too narrow or too deep to be in it.
  std::uint64_t omitted = 0;
};

/// Asks for a time window at the resolution of a picture.
struct TimelineParams {
  /// Id of the profile; the selected one if left out.
  std::optional<std::uint64_t> profile{};
  /// Begin of the window, ns; the run's begin if left out.
  std::optional<std::int64_t> from{};
  /// End of the window, ns; the run's end if left out.
  std::optional<std::int64_t> to{};
  /// Into how many equal slots it is cut, 1 to 10000; 200 if left out.
  std::optional<std::uint64_t> slots{};
};

/// One thread over time.
struct TimelineTrack {
  /// Its number.
  std::uint64_t thread = 0;
  /// By slot: weight of the thread's samples, ns.
  std::vector<std::uint64_t> time{};
  /// By slot: number of samples.
  std::vector<std::uint64_t> samples{};
};

/// One process's memory over time. Slots without a reading repeat the last value before them.
struct MemoryTrack {
  /// The process.
  std::int64_t pid = 0;
  /// By slot: least resident bytes.
  std::vector<std::uint64_t> low{};
  /// By slot: most resident bytes.
  std::vector<std::uint64_t> high{};
  /// By slot: the last reading.
  std::vector<std::uint64_t> last{};
};

/// A time window.
struct TimelineResult {
  /// Whose numbers these are.
  std::uint64_t profile = 0;
  /// ns.
  std::int64_t from = 0;
  /// ns.
  std::int64_t to = 0;
  /// Threads with samples in the window.
  std::vector<TimelineTrack> threads{};
  /// Processes with readings.
  std::vector<MemoryTrack> memory{};
  /// States in the window, most time first.
  std::vector<StateShare> states{};
};

/// Writes a profile to a file, as `pyrometer export` does.
struct ExportParams {
  /// Id of the profile; the selected one if left out.
  std::optional<std::uint64_t> profile{};
  /// As in `pyrometer export --help`.
  std::string format{};
  /// The file to write; one that exists is replaced.
  std::string uri{};
};

/// What was written.
struct ExportResult {
  /// The file.
  std::string uri{};
  /// What the format cannot hold.
  std::vector<std::string> notes{};
};

/// A place between two characters.
struct Position {
  /// From 0.
  std::uint64_t line = 0;
  /// From 0, in units of the agreed encoding; behind the line's end means the line's end.
  std::uint64_t character = 0;
};

/// A stretch of text.
struct Range {
  /// Its first place.
  Position start{};
  /// The place behind it.
  Position end{};
};

/// A stretch of a file.
struct Location {
  /// The file.
  std::string uri{};
  /// The stretch.
  Range range{};
};

/// A folder that is open in the editor.
struct WorkspaceFolder {
  /// The folder.
  std::string uri{};
  /// What the editor calls it.
  std::string name{};
};

/// Folders that were opened and closed.
struct WorkspaceFoldersChangeEvent {
  /// Opened.
  std::vector<WorkspaceFolder> added{};
  /// Closed.
  std::vector<WorkspaceFolder> removed{};
};

/// Other folders are open now.
struct DidChangeWorkspaceFoldersParams {
  /// What changed.
  WorkspaceFoldersChangeEvent event{};
};

/// What the server does with folders.
struct WorkspaceFoldersServerCapabilities {
  /// It knows of several.
  std::optional<bool> supported{};
  /// It wants to hear of changes.
  std::optional<bool> changeNotifications{};
};

/// What the server does beyond single documents.
struct WorkspaceServerCapabilities {
  /// With folders.
  std::optional<WorkspaceFoldersServerCapabilities> workspaceFolders{};
};

/// Who speaks: LSP's clientInfo and serverInfo.
struct ProgramInfo {
  /// Its name.
  std::string name{};
  /// Its version.
  std::optional<std::string> version{};
};

/// Can the client ask anew on our word?
struct RefreshCapability {
  /// It knows the refresh request.
  std::optional<bool> refreshSupport{};
};

/// Can the server register for something after initialize?
struct DynamicCapability {
  /// It can.
  std::optional<bool> dynamicRegistration{};
};

/// What the client can do beyond single documents.
struct WorkspaceClientCapabilities {
  /// It answers workspace/configuration.
  std::optional<bool> configuration{};
  /// workspace/didChangeConfiguration.
  std::optional<DynamicCapability> didChangeConfiguration{};
  /// workspace/inlayHint/refresh.
  std::optional<RefreshCapability> inlayHint{};
  /// workspace/codeLens/refresh.
  std::optional<RefreshCapability> codeLens{};
};

/// What the client can show.
struct WindowClientCapabilities {
  /// Progress that the server begins (window/workDoneProgress/create).
  std::optional<bool> workDoneProgress{};
};

/// What concerns all methods.
struct GeneralClientCapabilities {
  /// Units of Position.character the client can count in, the best first: utf-8, utf-16, utf-32. Left out:
  /// utf-16 only.
  std::optional<std::vector<std::string>> positionEncodings{};
};

/// What a hover may be.
struct HoverClientCapabilities {
  /// Kinds of markup, the best first: markdown, plaintext.
  std::optional<std::vector<std::string>> contentFormat{};
};

/// What an answer about code actions may be.
struct CodeActionClientCapabilities {
  /// It takes a CodeAction, not only a Command.
  std::optional<Any> codeActionLiteralSupport{};
};

/// What the client can do with a document.
struct TextDocumentClientCapabilities {
  /// textDocument/hover.
  std::optional<HoverClientCapabilities> hover{};
  /// textDocument/codeAction.
  std::optional<CodeActionClientCapabilities> codeAction{};
};

/// What the client can do.
struct ClientCapabilities {
  /// Beyond single documents.
  std::optional<WorkspaceClientCapabilities> workspace{};
  /// With a document.
  std::optional<TextDocumentClientCapabilities> textDocument{};
  /// On the screen.
  std::optional<WindowClientCapabilities> window{};
  /// With all methods.
  std::optional<GeneralClientCapabilities> general{};
};

/// The client's first words.
struct InitializeParams {
  /// The process that started the server; when it dies, the server ends.
  std::optional<std::int64_t> processId{};
  /// Who the client is.
  std::optional<ProgramInfo> clientInfo{};
  /// Path of the workspace; clients of old times name it so.
  std::optional<std::string> rootPath{};
  /// URI of the workspace.
  std::optional<std::string> rootUri{};
  /// What this server offers to be told.
  std::optional<InitializationOptions> initializationOptions{};
  /// What the client can do.
  ClientCapabilities capabilities{};
  /// Open folders; they go before rootUri.
  std::optional<std::vector<WorkspaceFolder>> workspaceFolders{};
  /// A token for work-done progress.
  std::optional<Any> workDoneToken{};
};

/// What a save is told with.
struct SaveOptions {
  /// The text as saved.
  std::optional<bool> includeText{};
};

/// What the server wants to hear of open documents.
struct TextDocumentSyncOptions {
  /// Opening and closing.
  std::optional<bool> openClose{};
  /// Changes, and how.
  std::optional<TextDocumentSyncKind> change{};
  /// Saving.
  std::optional<SaveOptions> save{};
};

/// About code lenses.
struct CodeLensOptions {
  /// Lenses come without their command, which is asked for later.
  std::optional<bool> resolveProvider{};
};

/// About commands.
struct ExecuteCommandOptions {
  /// Their names.
  std::vector<std::string> commands{};
};

/// What the server can do.
struct ServerCapabilities {
  /// Units of Position.character from now on.
  std::optional<std::string> positionEncoding{};
  /// Open documents.
  std::optional<TextDocumentSyncOptions> textDocumentSync{};
  /// textDocument/hover.
  std::optional<bool> hoverProvider{};
  /// textDocument/codeAction.
  std::optional<bool> codeActionProvider{};
  /// textDocument/codeLens.
  std::optional<CodeLensOptions> codeLensProvider{};
  /// workspace/executeCommand.
  std::optional<ExecuteCommandOptions> executeCommandProvider{};
  /// textDocument/prepareCallHierarchy and what follows it.
  std::optional<bool> callHierarchyProvider{};
  /// textDocument/inlayHint.
  std::optional<bool> inlayHintProvider{};
  /// Beyond single documents.
  std::optional<WorkspaceServerCapabilities> workspace{};
};

/// The server's first words.
struct InitializeResult {
  /// What the server can do.
  ServerCapabilities capabilities{};
  /// Who the server is.
  std::optional<ProgramInfo> serverInfo{};
};

/// A document that was opened.
struct TextDocumentItem {
  /// Its name.
  std::string uri{};
  /// What the editor takes it for: python.
  std::string languageId{};
  /// Grows with each change.
  std::int64_t version = 0;
  /// All of it.
  std::string text{};
};

/// Names a document.
struct TextDocumentIdentifier {
  /// Its name.
  std::string uri{};
};

/// Names a version of a document.
struct VersionedTextDocumentIdentifier {
  /// Its name.
  std::string uri{};
  /// The version.
  std::int64_t version = 0;
};

/// A document was opened: from now on the client's text counts, not the file's.
struct DidOpenTextDocumentParams {
  /// The document.
  TextDocumentItem textDocument{};
};

/// One change.
struct TextDocumentContentChangeEvent {
  /// What was replaced; left out: everything.
  std::optional<Range> range{};
  /// Its length; out of use, and not looked at.
  std::optional<std::uint64_t> rangeLength{};
  /// What stands there now.
  std::string text{};
};

/// A document was changed.
struct DidChangeTextDocumentParams {
  /// The document, and the version after all the changes.
  VersionedTextDocumentIdentifier textDocument{};
  /// The changes, each of the text that the one before left.
  std::vector<TextDocumentContentChangeEvent> contentChanges{};
};

/// A document was closed: the file's text counts again.
struct DidCloseTextDocumentParams {
  /// The document.
  TextDocumentIdentifier textDocument{};
};

/// A document was saved.
struct DidSaveTextDocumentParams {
  /// The document.
  TextDocumentIdentifier textDocument{};
  /// The text as saved, where the server asked for it.
  std::optional<std::string> text{};
};

/// Asks for the hints of a stretch.
struct InlayHintParams {
  /// The document.
  TextDocumentIdentifier textDocument{};
  /// What is on screen.
  Range range{};
};

/// A text and how to read it.
struct MarkupContent {
  /// How to read it.
  MarkupKind kind = MarkupKind::kPlaintext;
  /// The text.
  std::string value{};
};

/// A word shown in the text that is not in it.
struct InlayHint {
  /// Where.
  Position position{};
  /// What.
  std::string label{};
  /// What it tells of.
  std::optional<InlayHintKind> kind{};
  /// Shown when the pointer rests on it.
  std::optional<MarkupContent> tooltip{};
  /// A gap before it.
  std::optional<bool> paddingLeft{};
  /// A gap behind it.
  std::optional<bool> paddingRight{};
};

/// A place in a document.
struct TextDocumentPositionParams {
  /// The document.
  TextDocumentIdentifier textDocument{};
  /// The place.
  Position position{};
};

/// What to show beside the pointer.
struct Hover {
  /// The text.
  MarkupContent contents{};
  /// What it is about.
  std::optional<Range> range{};
};

/// Asks for a document's lenses.
struct CodeLensParams {
  /// The document.
  TextDocumentIdentifier textDocument{};
};

/// Something to click on.
struct Command {
  /// What stands there.
  std::string title{};
  /// Name of the command; empty: nothing happens.
  std::string command{};
  /// Its arguments.
  std::optional<std::vector<Any>> arguments{};
};

/// A line of words above a line of text.
struct CodeLens {
  /// What it is about; on one line.
  Range range{};
  /// What stands there and what a click does.
  std::optional<Command> command{};
  /// Kept by the client until it asks for the command.
  std::optional<Any> data{};
};

/// A function in a call hierarchy.
struct CallHierarchyItem {
  /// Its name.
  std::string name{};
  /// What it is.
  SymbolKind kind = SymbolKind::kFile;
  /// More about it: its share.
  std::optional<std::string> detail{};
  /// Its file.
  std::string uri{};
  /// All of it.
  Range range{};
  /// Its name; inside of range.
  Range selectionRange{};
  /// Kept by the client and given back when it asks for callers or callees.
  std::optional<Any> data{};
};

/// Asks for callers or callees.
struct CallHierarchyCallsParams {
  /// Of this function.
  CallHierarchyItem item{};
};

/// A caller.
struct CallHierarchyIncomingCall {
  /// The caller.
  CallHierarchyItem from{};
  /// Where in the caller the calls are.
  std::vector<Range> fromRanges{};
};

/// A callee.
struct CallHierarchyOutgoingCall {
  /// The callee.
  CallHierarchyItem to{};
  /// Where in the function asked about the calls are.
  std::vector<Range> fromRanges{};
};

/// Which code actions are wanted.
struct CodeActionContext {
  /// Only these kinds and what is below them.
  std::optional<std::vector<std::string>> only{};
  /// Problems found there; not looked at.
  std::optional<std::vector<Any>> diagnostics{};
};

/// Asks what can be done here.
struct CodeActionParams {
  /// The document.
  TextDocumentIdentifier textDocument{};
  /// The selection.
  Range range{};
  /// Which are wanted.
  CodeActionContext context{};
};

/// Something that can be done here.
struct CodeAction {
  /// What stands in the menu.
  std::string title{};
  /// What kind of action: source.
  std::optional<std::string> kind{};
  /// What it does.
  std::optional<Command> command{};
};

/// A command, to be executed.
struct ExecuteCommandParams {
  /// Its name.
  std::string command{};
  /// Its arguments.
  std::optional<std::vector<Any>> arguments{};
  /// A token for work-done progress.
  std::optional<Any> workDoneToken{};
};

/// Settings were changed.
struct DidChangeConfigurationParams {
  /// All of them, as in SettingsSection; null from clients that want to be asked.
  std::optional<Any> settings{};
};

/// A part of the settings.
struct ConfigurationItem {
  /// For this file or folder.
  std::optional<std::string> scopeUri{};
  /// Name of the section.
  std::optional<std::string> section{};
};

/// Asks the client for settings.
struct ConfigurationParams {
  /// Which.
  std::vector<ConfigurationItem> items{};
};

/// One thing the server registers for.
struct Registration {
  /// Its name, by which it could be taken back.
  std::string id{};
  /// What for.
  std::string method{};
  /// How.
  std::optional<Any> registerOptions{};
};

/// What the server registers for.
struct RegistrationParams {
  /// The things.
  std::vector<Registration> registrations{};
};

/// Names a progress that the server begins.
struct WorkDoneProgressCreateParams {
  /// Its name, a number or text that the server chose.
  Any token{};
};

/// The user wants an end of it.
struct WorkDoneProgressCancelParams {
  /// Name of the progress.
  Any token{};
};

/// How far something is: begin, report or end.
struct WorkDoneProgress {
  /// Which of them.
  ProgressKind kind = ProgressKind::kBegin;
  /// begin only, and needed there: what goes on.
  std::optional<std::string> title{};
  /// begin and report: is there to be a button for an end?
  std::optional<bool> cancellable{};
  /// What just happens; at the end, how it went.
  std::optional<std::string> message{};
  /// begin and report: how far, 0 to 100.
  std::optional<std::uint64_t> percentage{};
};

/// News of a progress.
struct ProgressParams {
  /// Its name, the client's or ours.
  Any token{};
  /// The news.
  WorkDoneProgress value{};
};

/// An answer is no longer wanted.
struct CancelParams {
  /// Id of the request, a number or text.
  Any id{};
};

/// How much the server is to tell of its work.
struct SetTraceParams {
  /// off, messages or verbose.
  std::string value{};
};

/// A message to be shown or kept.
struct MessageParams {
  /// How serious.
  MessageType type = MessageType::kError;
  /// The words.
  std::string message{};
};

/// The client has read the server's first words.
struct InitializedParams {};

/// Starts a program. Answers at once.
struct RunRequest {
  static constexpr const char kMethod[] = "pyrometer/run";
  using Params = RunParams;
  using Result = RunResult;
};

/// Samples a program that runs already. Answers at once.
struct AttachRequest {
  static constexpr const char kMethod[] = "pyrometer/attach";
  using Params = AttachParams;
  using Result = RunResult;
};

/// What works on this machine.
struct DoctorRequest {
  static constexpr const char kMethod[] = "pyrometer/doctor";
  using Params = DoctorParams;
  using Result = DoctorResult;
};

/// Ends sampling a program that was attached to. Else stops a program: Ctrl-C, after a while SIGTERM, at last
/// SIGKILL. What was recorded stays. A run that is over is no error.
struct StopRequest {
  static constexpr const char kMethod[] = "pyrometer/stop";
  using Params = RunIdParams;
  using Result = Empty;
};

/// Types into a run's terminal, or resizes it.
struct InputRequest {
  static constexpr const char kMethod[] = "pyrometer/input";
  using Params = InputParams;
  using Result = Empty;
};

/// Opens a file.
struct OpenRequest {
  static constexpr const char kMethod[] = "pyrometer/open";
  using Params = OpenParams;
  using Result = Profile;
};

/// Lets go of a profile. One that is running is an error.
struct CloseRequest {
  static constexpr const char kMethod[] = "pyrometer/close";
  using Params = ProfileParams;
  using Result = Empty;
};

/// What the daemon holds.
struct ProfilesRequest {
  static constexpr const char kMethod[] = "pyrometer/profiles";
  using Params = Empty;
  using Result = ProfilesResult;
};

/// Changes what is shown.
struct SelectRequest {
  static constexpr const char kMethod[] = "pyrometer/select";
  using Params = SelectParams;
  using Result = ProfilesResult;
};

/// Heat of a document's lines.
struct LineHeatRequest {
  static constexpr const char kMethod[] = "pyrometer/lineHeat";
  using Params = LineHeatParams;
  using Result = LineHeatResult;
};

/// The table of functions, by pages.
struct FunctionsRequest {
  static constexpr const char kMethod[] = "pyrometer/functions";
  using Params = FunctionsParams;
  using Result = FunctionsResult;
};

/// The call tree, node by node.
struct CallTreeRequest {
  static constexpr const char kMethod[] = "pyrometer/callTree";
  using Params = CallTreeParams;
  using Result = CallTreeResult;
};

/// A flame graph.
struct FlameRequest {
  static constexpr const char kMethod[] = "pyrometer/flame";
  using Params = FlameParams;
  using Result = FlameResult;
};

/// Threads, states and memory over time.
struct TimelineRequest {
  static constexpr const char kMethod[] = "pyrometer/timeline";
  using Params = TimelineParams;
  using Result = TimelineResult;
};

/// Writes a file.
struct ExportRequest {
  static constexpr const char kMethod[] = "pyrometer/export";
  using Params = ExportParams;
  using Result = ExportResult;
};

/// Each tells what it can do.
struct InitializeRequest {
  static constexpr const char kMethod[] = "initialize";
  using Params = InitializeParams;
  using Result = InitializeResult;
};

/// Stop and save everything.
struct ShutdownRequest {
  static constexpr const char kMethod[] = "shutdown";
  using Params = Null;
  using Result = Null;
};

/// Words at the ends of lines.
struct InlayHintRequest {
  static constexpr const char kMethod[] = "textDocument/inlayHint";
  using Params = InlayHintParams;
  using Result = std::optional<std::vector<InlayHint>>;
};

/// What to show beside the pointer.
struct HoverRequest {
  static constexpr const char kMethod[] = "textDocument/hover";
  using Params = TextDocumentPositionParams;
  using Result = std::optional<Hover>;
};

/// Words above functions.
struct CodeLensRequest {
  static constexpr const char kMethod[] = "textDocument/codeLens";
  using Params = CodeLensParams;
  using Result = std::optional<std::vector<CodeLens>>;
};

/// The function at a place.
struct PrepareCallHierarchyRequest {
  static constexpr const char kMethod[] = "textDocument/prepareCallHierarchy";
  using Params = TextDocumentPositionParams;
  using Result = std::optional<std::vector<CallHierarchyItem>>;
};

/// Who calls it.
struct IncomingCallsRequest {
  static constexpr const char kMethod[] = "callHierarchy/incomingCalls";
  using Params = CallHierarchyCallsParams;
  using Result = std::optional<std::vector<CallHierarchyIncomingCall>>;
};

/// Whom it calls.
struct OutgoingCallsRequest {
  static constexpr const char kMethod[] = "callHierarchy/outgoingCalls";
  using Params = CallHierarchyCallsParams;
  using Result = std::optional<std::vector<CallHierarchyOutgoingCall>>;
};

/// What can be done here.
struct CodeActionRequest {
  static constexpr const char kMethod[] = "textDocument/codeAction";
  using Params = CodeActionParams;
  using Result = std::optional<std::vector<CodeAction>>;
};

/// Does it.
struct ExecuteCommandRequest {
  static constexpr const char kMethod[] = "workspace/executeCommand";
  using Params = ExecuteCommandParams;
  using Result = Any;
};

/// Asks for settings: for each item one, null where there is none.
struct ConfigurationRequest {
  static constexpr const char kMethod[] = "workspace/configuration";
  using Params = ConfigurationParams;
  using Result = std::vector<Any>;
};

/// Ask for hints anew.
struct InlayHintRefreshRequest {
  static constexpr const char kMethod[] = "workspace/inlayHint/refresh";
  using Params = Null;
  using Result = Null;
};

/// Ask for lenses anew.
struct CodeLensRefreshRequest {
  static constexpr const char kMethod[] = "workspace/codeLens/refresh";
  using Params = Null;
  using Result = Null;
};

/// Begins a progress of the server's.
struct WorkDoneProgressCreateRequest {
  static constexpr const char kMethod[] = "window/workDoneProgress/create";
  using Params = WorkDoneProgressCreateParams;
  using Result = Null;
};

/// Registers for something after initialize.
struct RegisterCapabilityRequest {
  static constexpr const char kMethod[] = "client/registerCapability";
  using Params = RegistrationParams;
  using Result = Null;
};

/// The program wrote something.
struct OutputNotification {
  static constexpr const char kMethod[] = "pyrometer/output";
  using Params = OutputParams;
};

/// There is more to see.
struct ProfileChangedNotification {
  static constexpr const char kMethod[] = "pyrometer/profileChanged";
  using Params = ProfileChangedParams;
};

/// Now the server may ask too.
struct InitializedNotification {
  static constexpr const char kMethod[] = "initialized";
  using Params = InitializedParams;
};

/// The end.
struct ExitNotification {
  static constexpr const char kMethod[] = "exit";
  using Params = Null;
};

/// A document was opened.
struct DidOpenNotification {
  static constexpr const char kMethod[] = "textDocument/didOpen";
  using Params = DidOpenTextDocumentParams;
};

/// It was changed.
struct DidChangeNotification {
  static constexpr const char kMethod[] = "textDocument/didChange";
  using Params = DidChangeTextDocumentParams;
};

/// It was closed.
struct DidCloseNotification {
  static constexpr const char kMethod[] = "textDocument/didClose";
  using Params = DidCloseTextDocumentParams;
};

/// It was saved.
struct DidSaveNotification {
  static constexpr const char kMethod[] = "textDocument/didSave";
  using Params = DidSaveTextDocumentParams;
};

/// Folders were opened or closed.
struct DidChangeWorkspaceFoldersNotification {
  static constexpr const char kMethod[] = "workspace/didChangeWorkspaceFolders";
  using Params = DidChangeWorkspaceFoldersParams;
};

/// Settings were changed.
struct DidChangeConfigurationNotification {
  static constexpr const char kMethod[] = "workspace/didChangeConfiguration";
  using Params = DidChangeConfigurationParams;
};

/// The user wants an end of a progress.
struct WorkDoneProgressCancelNotification {
  static constexpr const char kMethod[] = "window/workDoneProgress/cancel";
  using Params = WorkDoneProgressCancelParams;
};

/// An answer is no longer wanted.
struct CancelRequestNotification {
  static constexpr const char kMethod[] = "$/cancelRequest";
  using Params = CancelParams;
};

/// News of a progress.
struct ProgressNotification {
  static constexpr const char kMethod[] = "$/progress";
  using Params = ProgressParams;
};

/// How much to tell of the work.
struct SetTraceNotification {
  static constexpr const char kMethod[] = "$/setTrace";
  using Params = SetTraceParams;
};

/// A message to be shown.
struct ShowMessageNotification {
  static constexpr const char kMethod[] = "window/showMessage";
  using Params = MessageParams;
};

/// A message to be kept.
struct LogMessageNotification {
  static constexpr const char kMethod[] = "window/logMessage";
  using Params = MessageParams;
};

// NOLINTEND(readability-identifier-naming)

}  // namespace pyrometer::protocol
