// Made by protocol/generate.py of protocol/schema.json. Change those, and run it again.

/** Which time counts. cpu: The time in which threads ran. wall: All time, waiting included. */
export type RunMode = "cpu" | "wall";

/**
 * Where a profile comes from and whether it still grows. running: A program that runs now. finished: A
 * program that has ended, started by this daemon. file: Opened from a file.
 */
export type ProfileState = "running" | "finished" | "file";

/**
 * How a thing stands that profiling needs, or can use. fine: It works. limited: Something that can be done
 * without is missing. broken: Programs cannot be profiled here.
 */
export type Verdict = "fine" | "limited" | "broken";

/**
 * What a table is sorted by, largest first. self: Time of the function itself. total: Time with the function
 * anywhere on the stack.
 */
export type TableOrder = "self" | "total";

/** Which samples a view looks at. Fields that are left out let everything through. */
export interface Filter {
  /** Begin of the time window, ns, included. */
  from?: number;
  /** End of the time window, ns, not included. */
  to?: number;
  /** Numbers of processes, as in Profile.processes: their threads, or those of `threads` that are theirs. */
  processes?: number[];
  /** Numbers of threads, as in Profile.threads. */
  threads?: number[];
  /** Names of states of the interpreter: interpreter, warmup, jit, gc, native, unknown. */
  vmStates?: string[];
  /**
   * Names of states of the thread: running, gil (waiting for the GIL), offCpu (off the processor), unknown.
   */
  threadStates?: string[];
}

/** A 95 % interval (Wilson) of a share. */
export interface Interval {
  /** Lower end, 0 to 1. */
  low: number;
  /** Upper end, 0 to 1. */
  high: number;
}

/** Samples and time in one pair of states. */
export interface StateShare {
  /** State of the interpreter, as in Filter.vmStates. */
  vm: string;
  /** State of the thread, as in Filter.threadStates. */
  thread: string;
  /** Number of samples. */
  samples: number;
  /** Their weight, ns. */
  time: number;
}

/** A thread of the program. */
export interface ThreadInfo {
  /** How filters name it: its place in the list. */
  number: number;
  /** The name the program gave it, or its id. */
  name: string;
  /** The system's id. */
  tid: number;
  /** The process it belongs to. */
  pid: number;
}

/** A process image of a run: exec makes another one with the same pid. */
export interface ProcessInfo {
  /** How filters name it: its place in the list. */
  number: number;
  /** The system's id. */
  pid: number;
  /** Its parent's; 0 if unknown. */
  parent: number;
  /** 0, and one more for each exec of the same pid. */
  generation: number;
  /** It began as a copy of its parent. */
  forked: boolean;
  /** The command and its arguments; empty if unknown. */
  command: string;
  /** When it began, ns since the run's start. */
  start: number;
  /** When it ended, likewise; left out while it runs. */
  end?: number;
  /** How it ended, where that is known: its exit status, or minus the number of the signal. */
  exitStatus?: number;
}

/** A profile the daemon holds. */
export interface Profile {
  /** Its name in requests; never used twice. */
  id: number;
  /** What to call it in a list: the command or the file's name. */
  title: string;
  /** Whether it still grows. */
  state: ProfileState;
  /** Is it the one that heat, hover, lenses and call hierarchies show? */
  selected: boolean;
  /**
   * URI of the file it was opened from or is kept in. While its program runs: of the folder of its recording,
   * which `pyrometer/open` takes too, should the daemon have died.
   */
  file?: string;
  /** The program and its arguments; empty where the recording leaves them out. */
  command: string;
  /** The interpreter and its version; empty if unknown. */
  interpreter: string;
  /** Which time counts in it. */
  mode: RunMode;
  /** When it began, in seconds since 1970, UTC. */
  startUnixTime?: number;
  /** Length of the run so far, ns. */
  duration: number;
  /** Number of samples. */
  samples: number;
  /** What all samples weigh together, ns: what shares are shares of. */
  sampledTime: number;
  /** Of it: importing modules, charged to no line, ns. */
  importTime: number;
  /** Samples a second and running thread, as achieved; 0 if unknown. */
  rate: number;
  /** Samples that were lost. */
  dropped: number;
  /** How the program ended, once it has: its exit status, or minus the number of the signal. */
  exitStatus?: number;
  /** The processes that were sampled. */
  processes: ProcessInfo[];
  /** Its threads. */
  threads: ThreadInfo[];
  /** What its reader should know: what could not be sampled, what was lost and where. */
  notes: string[];
}

/** Starts a program under the sampler, in a pseudo-terminal of its own, and selects its profile. */
export interface RunParams {
  /** URI of the Python file to run. Either this or `command`. */
  program?: string;
  /** What would stand behind `pyrometer run`: "-m", "module", arguments. Either this or `program`. */
  command?: string[];
  /** The program's arguments, behind `program` or `command`. */
  args?: string[];
  /**
   * URI or path of the folder to run in. If left out: the workspace folder that holds the program, else the
   * program's own, else the first workspace folder.
   */
  cwd?: string;
  /** Variables to set on top of the daemon's own environment. */
  env?: Record<string, string>;
  /** Path of the interpreter; the configured one, or the one that `pyrometer run` would find, if left out. */
  python?: string;
  /** cpu if left out. */
  mode?: RunMode;
  /** Samples a second, 1 to 10000; 0: auto; the configured one if left out. */
  rate?: number;
  /** Record the memory in use; true if left out. */
  memory?: boolean;
  /** Read the program's memory from outside and put nothing into it; false if left out. */
  outside?: boolean;
  /** Sample the Python processes that the program starts, too; true if left out. */
  children?: boolean;
  /** Width of the pseudo-terminal in characters, 1 to 10000; 80 if left out. */
  columns?: number;
  /** Its height, 1 to 10000; 24 if left out. */
  rows?: number;
  /** The client's token for work-done progress (LSP). Cancelling the progress stops the program. */
  workDoneToken?: unknown;
}

/** The answer to a start: it comes at once, the program goes on. */
export interface RunResult {
  /** Id of the run, and of its profile. */
  run: number;
  /** The program's process. */
  pid: number;
  /** What was started, word by word. */
  command: string[];
}

/**
 * Samples a program that runs already, by reading its memory, and selects its profile. The program goes on
 * when that ends.
 */
export interface AttachParams {
  /** The process; it must be CPython, or have started such. */
  pid: number;
  /** cpu if left out. */
  mode?: RunMode;
  /** Samples a second, 1 to 10000; 0: auto; the configured one if left out. */
  rate?: number;
  /** Record the memory in use; true if left out. */
  memory?: boolean;
  /** Sample the Python processes below it, too; true if left out. */
  children?: boolean;
  /** Stop threads that run for the moment of each look: no stack is wrong then; false if left out. */
  blocking?: boolean;
  /** Seconds to sample; until the program ends or `pyrometer/stop` if left out. */
  duration?: number;
  /** The client's token for work-done progress (LSP). Cancelling the progress ends the sampling. */
  workDoneToken?: unknown;
}

/** What to ask about this machine. */
export interface DoctorParams {
  /** Path of the interpreter; the configured one, or the one that `pyrometer run` would find, if left out. */
  python?: string;
}

/** How one thing stands that profiling needs, or can use. */
export interface Finding {
  /** What: one or two words. */
  name: string;
  /** How it stands. */
  verdict: Verdict;
  /** What was found. */
  text: string;
  /** What to do; empty where there is nothing to do. */
  advice: string;
}

/** What works on this machine, and what does not. */
export interface DoctorResult {
  /** The same as `pyrometer doctor` says. */
  findings: Finding[];
}

/** Names a run. */
export interface RunIdParams {
  /** Id of the run. */
  run: number;
}

/** What the user typed into a run's terminal, or the terminal's new size. */
export interface InputParams {
  /** Id of the run. */
  run: number;
  /** Characters as typed; \u0003 is Ctrl-C and reaches the program as SIGINT, \r ends a line. */
  text?: string;
  /** New width of the terminal; with `rows`. */
  columns?: number;
  /** New height of the terminal; with `columns`. */
  rows?: number;
}

/** What a run's program wrote, in the order and at the time of writing. */
export interface OutputParams {
  /** Id of the run. */
  run: number;
  /** UTF-8; bytes that are none are replaced by U+FFFD. Lines end in \r\n, as a terminal shows them. */
  text: string;
}

/**
 * There is more to see of a profile: at once the first time, then at most ten times a second; and once more,
 * with `state` finished, when a run is over.
 */
export interface ProfileChangedParams {
  /** Id of the profile. */
  profile: number;
  /** Whether it still grows. */
  state: ProfileState;
  /** Is it the one that is shown? */
  selected: boolean;
  /** Number of samples so far. */
  samples: number;
  /** As in Profile, once the program has ended. */
  exitStatus?: number;
  /** The hottest line of the user's code so far. */
  hotLine?: HotLine;
  /** At the end: one sentence for the user, what was recorded and where it is kept. */
  message?: string;
}

/** A line and its share. */
export interface HotLine {
  /** The file. */
  uri: string;
  /** From 0. */
  line: number;
  /** Of all time, 0 to 1. */
  share: number;
  /** The line's text without indentation; empty if unknown. */
  text: string;
}

/** Opens a profile from a file and selects it. */
export interface OpenParams {
  /** The file; any kind that the daemon reads. */
  uri: string;
  /** Which profile of a file that holds several, from 1. */
  part?: number;
  /** The client's token for work-done progress (LSP). Cancelling the progress cancels the request. */
  workDoneToken?: unknown;
}

/** Names a profile. */
export interface ProfileParams {
  /** Id of the profile; the selected one if left out. */
  profile?: number;
}

/** Which profile is shown. */
export interface SelectParams {
  /**
   * Id of the profile; left out: none, heat is cleared. One that was put out of memory is read again from its
   * file.
   */
  profile?: number;
  /** The client's token for work-done progress (LSP). Cancelling the progress cancels the request. */
  workDoneToken?: unknown;
}

/** All profiles held, the newest first. */
export interface ProfilesResult {
  /** The list. */
  profiles: Profile[];
}

/** What a user can set. Fields that are left out are as if never set. */
export interface Settings {
  /** Path of the interpreter to run programs with; empty: the one that `pyrometer run` would find. */
  python?: string;
  /** Samples a second, 1 to 10000, or "auto", which it is if left out. */
  rate?: unknown;
  /** Percent of all time under which a line gets no inlay hint, 0 to 100; 0.5 if left out. */
  threshold?: number;
  /** Are lines of the user's coloured by charged time? By self time if not; true if left out. */
  myCode?: boolean;
}

/** Settings as clients send them: each program's under its name. */
export interface SettingsSection {
  /** Ours. */
  pyrometer?: Settings;
}

/** What a client may say in `initializationOptions` of `initialize`. */
export interface InitializationOptions {
  /** What the client draws by itself and wants no second time: heat (then there are no inlay hints). */
  paints?: string[];
  /** The settings at the start. */
  settings?: Settings;
}

/** Nothing to say. */
export type Empty = Record<string, never>;

/** Asks for the heat of a document's lines as they stand now, in the editor. */
export interface LineHeatParams {
  /** The document; open or not. */
  uri: string;
  /** Id of the profile; the selected one if left out. */
  profile?: number;
  /** Which samples count. */
  filter?: Filter;
}

/**
 * A part of a line with samples of its own. Of f(g(x)) the call of f is one, and g(x), within it, another.
 */
export interface HotExpression {
  /** Its first character, as the negotiated encoding counts. */
  start: number;
  /** Behind its last one. A part that goes on in the next line ends with this one. */
  end: number;
  /** Samples, of its own: not of the parts within it. */
  self: number;
  /** The same, ns. */
  selfTime: number;
  /** Its own part of all time, 0 to 1, counted as the line's is. */
  share: number;
  /** Worth pointing at: it has most of the line's time, and is not all of the line. */
  hot: boolean;
}

/**
 * One line's heat. Self counts samples whose innermost Python frame is on the line; total those with the line
 * anywhere on the stack; charged is self with the time of library code below it, and is what colours a line
 * of the user's.
 */
export interface LineHeat {
  /** Where the line is now, from 0. */
  line: number;
  /** Samples. */
  self: number;
  /** Samples. */
  total: number;
  /** Samples. */
  charged: number;
  /** Of self: samples with native code below. */
  native: number;
  /** ns. */
  selfTime: number;
  /** ns. */
  totalTime: number;
  /** ns. */
  chargedTime: number;
  /** What the line is coloured by: its part of all time, 0 to 1. */
  share: number;
  /** How sure the share is. */
  interval: Interval;
  /** Class of the share: 0 (under 0.5 %), 1, 2 (from 2.5 %), 3 (from 10 %). */
  heat: number;
  /**
   * What to show at the line's end, such as "12.3 %"; with a range where samples are few, and a word where
   * the line was edited since.
   */
  text: string;
  /** Growth of memory charged to the line, bytes. */
  memory?: number;
  /** The line was touched since the program ran: its numbers are of another text. */
  stale: boolean;
  /** Number of JIT traces that hold the line. */
  traces: number;
  /**
   * Its parts with samples, the hottest first. Left out where the interpreter tells none (before CPython
   * 3.11), where the line was touched, and in a document's heat for lines with less than 0.5 % of all time.
   */
  expressions?: HotExpression[];
}

/** A document's heat. */
export interface LineHeatResult {
  /** Whose numbers these are; left out where no profile is selected. */
  profile?: number;
  /** Version of the open document that the lines are of. */
  version?: number;
  /** Lines with samples, by line. Those whose text is gone are not in it. */
  lines: LineHeat[];
  /** The file's part of all time, 0 to 1. */
  fileShare: number;
  /** Part of all time on lines of this file that are no more, 0 to 1. */
  lost: number;
  /** Was memory recorded? */
  memory: boolean;
}

/** Asks for a page of the table of functions. */
export interface FunctionsParams {
  /** Id of the profile; the selected one if left out. */
  profile?: number;
  /** Which samples count. */
  filter?: Filter;
  /** self if left out. */
  order?: TableOrder;
  /** Only functions whose name or file has this text in it, upper and lower case alike. */
  search?: string;
  /** First row; 0 if left out. */
  offset?: number;
  /** Most rows, 1 to 1000; 100 if left out. */
  limit?: number;
}

/** A function and its numbers. */
export interface FunctionRow {
  /** Its name in other requests about the same profile. */
  function: number;
  /** Qualified name. */
  name: string;
  /** Its file, if it has one. */
  uri?: string;
  /** Its first line, from 0, where known: in the document as it stands now. */
  line?: number;
  /** Is it the user's code? */
  user: boolean;
  /** Is it native code? */
  native: boolean;
  /** Samples. */
  self: number;
  /** Samples. */
  total: number;
  /** ns. */
  selfTime: number;
  /** ns. */
  totalTime: number;
  /** Of the share of self time. */
  selfInterval: Interval;
  /** Of the share of total time. */
  totalInterval: Interval;
}

/** A page of the table of functions. */
export interface FunctionsResult {
  /** Whose numbers these are. */
  profile: number;
  /** Rows that match, on all pages. */
  count: number;
  /** Samples in the view. */
  samples: number;
  /** ns in the view: what shares are shares of. */
  time: number;
  /** The page. */
  rows: FunctionRow[];
}

/** Asks for the children of a node of the call tree. */
export interface CallTreeParams {
  /** Id of the profile; the selected one if left out. */
  profile?: number;
  /** Which samples count. */
  filter?: Filter;
  /** From the leaf functions to their callers; false if left out. */
  inverted?: boolean;
  /** Functions from the root to the node, as in TreeNode.function; empty or left out: the root. */
  path?: number[];
  /** First child; 0 if left out. */
  offset?: number;
  /** Most children, 1 to 1000; 100 if left out. */
  limit?: number;
}

/** A node of the call tree. */
export interface TreeNode {
  /** As in FunctionRow. */
  function: number;
  /** Qualified name. */
  name: string;
  /** Its file, if it has one. */
  uri?: string;
  /** First line of the function, from 0, where known. */
  line?: number;
  /** Is it the user's code? */
  user: boolean;
  /** Samples. */
  self: number;
  /** Samples. */
  total: number;
  /** ns. */
  selfTime: number;
  /** ns. */
  totalTime: number;
  /** How many it has. */
  children: number;
}

/** Children of a node, most time first. */
export interface CallTreeResult {
  /** Whose numbers these are. */
  profile: number;
  /** Children on all pages. */
  count: number;
  /** Samples in the view. */
  samples: number;
  /** ns in the view. */
  time: number;
  /** The page. */
  nodes: TreeNode[];
}

/** Asks for the rectangles of one flame graph, as many as a picture can show. */
export interface FlameParams {
  /** Id of the profile; the selected one if left out. */
  profile?: number;
  /** Which samples count. */
  filter?: Filter;
  /** Callees at the bottom; false if left out. */
  inverted?: boolean;
  /** Zoomed in on this node: functions from the root. */
  path?: number[];
  /**
   * Width of the picture in pixels, 1 to 100000: what would be narrower than half of one is left out. 1200 if
   * left out.
   */
  width?: number;
  /** Most levels, 1 to 10000; 200 if left out. */
  depth?: number;
}

/** Rectangles, each list by rectangle: parents before children, level by level from the left. */
export interface FlameResult {
  /** Whose numbers these are. */
  profile: number;
  /** ns: the width of the whole. */
  time: number;
  /** The functions that occur. */
  functions: FlameFunction[];
  /** Of each rectangle: place in `functions`. */
  function: number[];
  /** From 0. */
  level: number[];
  /** Left edge, ns. */
  begin: number[];
  /** Total time, ns. */
  width: number[];
  /** Self time, ns. */
  self: number[];
  /** Nodes that are too narrow or too deep to be in it. */
  omitted: number;
}

/** A function in a flame graph. */
export interface FlameFunction {
  /** As in FunctionRow. */
  function: number;
  /** Qualified name. */
  name: string;
  /** Its file, if it has one. */
  uri?: string;
  /** First line, from 0, where known. */
  line?: number;
  /** Is it the user's code? */
  user: boolean;
}

/** Asks for a time window at the resolution of a picture. */
export interface TimelineParams {
  /** Id of the profile; the selected one if left out. */
  profile?: number;
  /** Begin of the window, ns; the run's begin if left out. */
  from?: number;
  /** End of the window, ns; the run's end if left out. */
  to?: number;
  /** Into how many equal slots it is cut, 1 to 10000; 200 if left out. */
  slots?: number;
}

/** One thread over time. */
export interface TimelineTrack {
  /** Its number. */
  thread: number;
  /** By slot: weight of the thread's samples, ns. */
  time: number[];
  /** By slot: number of samples. */
  samples: number[];
}

/** One process's memory over time. Slots without a reading repeat the last value before them. */
export interface MemoryTrack {
  /** The process. */
  pid: number;
  /** By slot: least resident bytes. */
  low: number[];
  /** By slot: most resident bytes. */
  high: number[];
  /** By slot: the last reading. */
  last: number[];
}

/** A time window. */
export interface TimelineResult {
  /** Whose numbers these are. */
  profile: number;
  /** ns. */
  from: number;
  /** ns. */
  to: number;
  /** Threads with samples in the window. */
  threads: TimelineTrack[];
  /** Processes with readings. */
  memory: MemoryTrack[];
  /** States in the window, most time first. */
  states: StateShare[];
}

/** Writes a profile to a file, as `pyrometer export` does. */
export interface ExportParams {
  /** Id of the profile; the selected one if left out. */
  profile?: number;
  /** As in `pyrometer export --help`. */
  format: string;
  /** The file to write; one that exists is replaced. */
  uri: string;
}

/** What was written. */
export interface ExportResult {
  /** The file. */
  uri: string;
  /** What the format cannot hold. */
  notes: string[];
}

/** Our requests, by method. */
export interface Requests {
  /** Starts a program. Answers at once. */
  "pyrometer/run": { params: RunParams; result: RunResult };
  /** Samples a program that runs already. Answers at once. */
  "pyrometer/attach": { params: AttachParams; result: RunResult };
  /** What works on this machine. */
  "pyrometer/doctor": { params: DoctorParams; result: DoctorResult };
  /**
   * Ends sampling a program that was attached to. Else stops a program: Ctrl-C, after a while SIGTERM, at
   * last SIGKILL. What was recorded stays. A run that is over is no error.
   */
  "pyrometer/stop": { params: RunIdParams; result: Empty };
  /** Types into a run's terminal, or resizes it. */
  "pyrometer/input": { params: InputParams; result: Empty };
  /** Opens a file. */
  "pyrometer/open": { params: OpenParams; result: Profile };
  /** Lets go of a profile. One that is running is an error. */
  "pyrometer/close": { params: ProfileParams; result: Empty };
  /** What the daemon holds. */
  "pyrometer/profiles": { params: Empty; result: ProfilesResult };
  /** Changes what is shown. */
  "pyrometer/select": { params: SelectParams; result: ProfilesResult };
  /** Heat of a document's lines. */
  "pyrometer/lineHeat": { params: LineHeatParams; result: LineHeatResult };
  /** The table of functions, by pages. */
  "pyrometer/functions": { params: FunctionsParams; result: FunctionsResult };
  /** The call tree, node by node. */
  "pyrometer/callTree": { params: CallTreeParams; result: CallTreeResult };
  /** A flame graph. */
  "pyrometer/flame": { params: FlameParams; result: FlameResult };
  /** Threads, states and memory over time. */
  "pyrometer/timeline": { params: TimelineParams; result: TimelineResult };
  /** Writes a file. */
  "pyrometer/export": { params: ExportParams; result: ExportResult };
}

/** What the daemon tells, by method. */
export interface Notifications {
  /** The program wrote something. */
  "pyrometer/output": OutputParams;
  /** There is more to see. */
  "pyrometer/profileChanged": ProfileChangedParams;
}
