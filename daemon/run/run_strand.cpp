#include "daemon/run/run_strand.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <exception>
#include <span>
#include <system_error>
#include <utility>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/importers/samplestream/samplestream.h"
#include "daemon/run/kept_runs.h"
#include "daemon/run/launcher.h"
#include "daemon/run/process_files.h"
#include "daemon/run/sampler_library.h"
#include "daemon/run/supported_python.h"
#include "daemon/support/system_error.h"
#include "sampler/sample_stream.h"

namespace pyrometer {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kTick{10};
constexpr std::uint64_t kTicksPerBatch = 2;
constexpr char kMyCodeMeta[] = "pyrometer.my_code";

std::int64_t unixNow() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::vector<std::string> withFolders(std::vector<std::string> roots, const std::vector<std::string>& more) {
  for (const std::string& folder : more) {
    if (std::find(roots.begin(), roots.end(), folder) == roots.end()) roots.push_back(folder);
  }
  return roots;
}

std::int64_t cpuTime(const rusage& usage) {
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000'000LL +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
}

std::string hostName() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string baseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string joined(const std::vector<std::string>& words, char between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text.push_back(between);
    text += word;
  }
  return text;
}

/// For the recording's name.
std::string programName(const RunOptions& options, const LaunchPlan& plan) {
  std::string name = options.command.front();
  if (!plan.script.empty()) name = plan.script;
  if (name == "-m" && options.command.size() > 1) name = options.command[1];
  if (name == "-c") name = "code";
  while (name.size() > 1 && name.back() == '/') name.pop_back();
  name = baseName(name);
  if (name.ends_with(".py")) name.resize(name.size() - 3);
  return name;
}

}  // namespace

struct RunStrand::Loop {
  Loop() : timer(io) {}
  asio::io_context io{1};
  asio::steady_timer timer;
};

RunStrand::RunStrand(const RunOptions& options, LaunchPlan plan, RunningProgram& program, OnBatch on_batch)
    : options_(options),
      plan_(std::move(plan)),
      running_(program),
      on_batch_(std::move(on_batch)),
      builder_(MyCode(withFolders(plan_.my_code, options.my_code))) {}

RunStrand::~RunStrand() {
  server_.reset();
  running_.unwatch();
}

void RunStrand::describeRun() {
  RunInfo& info = builder_.info();
  info.format = "pyrometer";
  info.argv = options_.keep_argv ? options_.command : withoutArguments(options_.command, plan_);
  info.command = joined(info.argv, ' ');
  info.working_directory = plan_.working_directory;
  info.host = hostName();
  info.mode = options_.mode;
  info.outside = options_.outside;
  info.attached = options_.attach != 0;
  info.blocking = options_.blocking;
  info.rate_asked_hz = options_.rate_hz;
  info.rate_auto = options_.rate_hz == 0;
  info.start_unix_ns = unixNow();
  info.meta[kMyCodeMeta] = joined(withFolders(plan_.my_code, options_.my_code), '\n');
  if (plan_.python.kind == PythonKind::kCPython && (plan_.python.py_version & 0xffff) != 0)
    info.interpreter = "CPython " + versionText(plan_.python.py_version);
}

void RunStrand::openFolder() {
  if (options_.folder.empty()) return;
  auto folder = RecordingFolder::make(options_.folder, programName(options_, plan_));
  if (!folder) return lostDisk(folder.error());
  folder_ = std::move(folder).value();
  const auto written = folder_->writeManifest(bundle::manifestText(builder_.info()));
  if (!written) lostDisk(written.error());
}

Result<std::string> RunStrand::preload() const {
  if (options_.sampler_library.empty()) return findSamplerLibrary(options_.outside_option);
  return options_.sampler_library;
}

Result<pid_t> RunStrand::startProgram() {
  Spawn spawn{.executable = plan_.executable, .argv = plan_.argv, .environment = plan_.environment};
  if (!options_.outside) {
    auto library = preload();
    if (!library) return library.error();
    auto server =
        SessionServer::open(loop_->io, processes_->sessionEvents(), options_.children && !options_.late);
    if (!server) return server.error();
    server_ = std::move(server).value();
    // The loader takes spaces and colons for the end of a name.
    std::string path = library.value();
    if (path.find_first_of(": ") != std::string::npos) {
      path = server_->folder() + "/" + baseName(path);
      if (symlink(library->c_str(), path.c_str()) != 0) return Error{systemErrorText(errno), path};
    }
    const char* present = variableIn(spawn.environment, "LD_PRELOAD");
    setVariable(spawn.environment, "LD_PRELOAD", preloadValue(path, present));
    setVariable(spawn.environment, session::kFolderVariable, server_->folder());
  }
  started_ = monotonicNow();
  const auto program = running_.start(spawn);
  if (!program) return program.error();
  program_ = program.value();
  processes_->setProgram(program_, started_);
  return program;
}

void RunStrand::prepare() {
  loop_ = std::make_unique<Loop>();
  describeRun();
  openFolder();
  if (options_.keep_sources) {
    sources_.emplace(builder_.info().working_directory, builder_.info().start_unix_ns, plan_.root);
    if (!plan_.script.empty()) sources_->readAhead(plan_.script);
  }
  if (options_.native && !options_.outside) names_ = std::make_unique<NativeNames>();
  reader_ = openSampleStream(builder_, names_.get());
  for (const std::string& note : plan_.notes) log_.addNote(note);
  keep({stream::kStreamMagic, sizeof stream::kStreamMagic});
  pacer_ = std::make_unique<Pacer>(options_.mode, options_.rate_hz, log_);
  processes_ = std::make_unique<SampledProcesses>(
      SampledProcesses::Options{
          .mode = options_.mode,
          .outside = options_.outside,
          .memory = options_.memory,
          .keep_argv = options_.keep_argv,
          .late = options_.late,
          .chosen = options_.chosen,
          .blocking = options_.blocking,
          .children = options_.children && (options_.outside || !options_.late),
          .native = options_.native,
          .program_is_python = plan_.python.kind != PythonKind::kNone && plan_.python.looked_into},
      log_, *pacer_);
  beginning_ = builder_.snapshot();
}

Result<pid_t> RunStrand::start() {
  prepare();
  auto begun = startProgram();
  if (!begun && folder_) removeRecording(folder_->path());
  return begun;
}

RunOutcome RunStrand::finish() {
  RunOutcome outcome;
  outcome.profile = beginning_;
  try {
    pacer_->start();
    if (server_) server_->prepareBlock();
    running_.watch(loop_->io, [this] {
      over_ = true;
      loop_->io.stop();
    });
    watchTime();
    onTick();
    loop_->io.run();
  } catch (const std::exception&) {
    failed_ = true;
  }
  waitForEnd();
  pacer_->stop();
  try {
    if (options_.attach == 0) processes_->waitForOthers();
    takeTheLast();
    outcome.profile = builder_.snapshot();
    if (folder_) {
      outcome.recording = folder_->path();
      outcome.lock = folder_->lock();
    }
  } catch (const std::exception&) {
    disk_lost_ = true;
  }
  if (!reaped_) reap();
  outcome.recording_complete = !disk_lost_;
  outcome.sampled = processes_->any();
  outcome.wait_status = wait_status_;
  return outcome;
}

void RunStrand::watchTime() {
  loop_->timer.expires_after(kTick);
  loop_->timer.async_wait([this](const boost::system::error_code& error) {
    if (error || over_) return;
    onTick();
    watchTime();
  });
}

void RunStrand::onTick() {
  const std::int64_t now = monotonicNow();
  if (options_.attach != 0) {
    const std::int64_t cpu = processCpuTime(program_);
    if (cpu_before_ < 0) cpu_before_ = cpu;
    program_cpu_ = std::max(program_cpu_, cpu - cpu_before_);
  }
  processes_->tick(now);
  if (++ticks_ % kTicksPerBatch == 0) takeBatch(now);
}

void RunStrand::takeBatch(std::int64_t time) {
  processes_->followNativeCode();
  keep(log_.drain(time));
  if (sources_ && profile_whole_) {
    const auto kept = sources_->follow(builder_, folder_ && !disk_lost_ ? &*folder_ : nullptr, over_);
    if (!kept) lostDisk(kept.error());
  }
  if (!on_batch_ || over_) return;
  builder_.info().duration_ns = time - started_;
  on_batch_(builder_);
}

void RunStrand::keep(std::string_view batch) {
  std::exception_ptr failure;
  if (profile_whole_) {
    profile_whole_ = false;  // until it has all of the batch: an exception leaves rows half written
    try {
      const auto fed = reader_->feed(std::as_bytes(std::span(batch)));
      profile_whole_ = true;
      if (!fed) log_.addNote("What was sampled cannot be read: " + fed.error().text() + ".");
    } catch (const std::exception&) {
      failure = std::current_exception();
    }
  }
  if (folder_ && !disk_lost_) {
    // Names that reading the batch has asked for stand before it.
    const std::string names = names_ ? names_->takeBlocks() : std::string();
    const auto kept = folder_->append(names.empty() ? batch : names + std::string(batch));
    if (!kept) lostDisk(kept.error());
  }
  if (failure) std::rethrow_exception(failure);
}

void RunStrand::lostDisk(const Error& error) {
  if (disk_lost_) return;
  disk_lost_ = true;
  const std::string note = "The recording could not be kept on disk (" + error.text() +
                           "); from there on the run was kept in memory.";
  if (reader_finished_) {
    builder_.info().notes.push_back(note);
  } else {
    log_.addNote(note);
  }
}

void RunStrand::waitForEnd() {
  // Only after a failure: no loop any more, but the program is still to be attended to.
  while (!over_ && !running_.attend()) {
    const timespec pause{.tv_sec = 0, .tv_nsec = 10'000'000};
    nanosleep(&pause, nullptr);
  }
  over_ = true;
  ended_ = monotonicNow();
}

void RunStrand::reap() {
  reaped_ = true;
  if (options_.late) return;  // it is nobody's child here
  rusage usage{};
  while (wait4(program_, &wait_status_, 0, &usage) < 0 && errno == EINTR) {
  }
  program_cpu_ = cpuTime(usage);
}

/// What was said to the server and not heard before the program ended.
void RunStrand::hearTheLast() {
  if (!server_ || failed_) return;
  constexpr int kMost = 10'000;
  server_->takeNoMore();
  loop_->io.restart();
  for (int i = 0; i < kMost && loop_->io.poll_one() != 0; ++i) {
  }
}

void RunStrand::takeTheLast() {
  siginfo_t ended{};
  std::uint32_t status = Process::kUnknownStatus;
  if (options_.late) {
    if (const auto zombie = zombieStatus(program_)) status = static_cast<std::uint32_t>(*zombie);
  } else if (waitid(P_PID, static_cast<id_t>(program_), &ended, WEXITED | WNOWAIT) == 0) {
    status = static_cast<std::uint32_t>(
        ended.si_code == CLD_EXITED ? (ended.si_status & 0xff) << 8
                                    : (ended.si_status & 0x7f) | (ended.si_code == CLD_DUMPED ? 0x80 : 0));
  }
  hearTheLast();
  processes_->endAll(ended_, status);
  server_.reset();
  reap();
  noteUnsampled();
  RunInfo& info = builder_.info();
  if (failed_ || pacer_->failed()) {
    const char* note =
        "Sampling ended early for want of memory or descriptors; a limit (ulimit) may be too low.";
    log_.addNote(note);
    if (!profile_whole_) info.notes.emplace_back(note);
  }
  info.duration_ns = ended_ - started_;
  info.cpu_ns = program_cpu_;
  info.looks = log_.looks();
  info.finished = true;
  info.exit_status = wait_status_;
  // Late enough that no sample is held back for want of a later one.
  constexpr std::int64_t kPastEverything = 1'000'000'000;
  takeBatch(ended_ + kPastEverything);
  takeBatch(ended_ + kPastEverything);  // once more, for notes on what went wrong with the first
  reader_finished_ = true;
  if (profile_whole_) {
    if (const auto read = reader_->finish(); !read) info.notes.push_back(read.error().text());
  }
  if (folder_ && !disk_lost_) {
    if (const auto kept = folder_->writeManifest(bundle::manifestText(info)); !kept) lostDisk(kept.error());
  }
}

void RunStrand::noteUnsampled() {
  if (processes_->any() || processes_->toldWhy()) return;
  if (plan_.python.kind == PythonKind::kPyPy) {
    return log_.addNote("PyPy was not sampled: " + plan_.python_path +
                        " ended before sampling began, or was started with -S, -E or -I, which keep it from "
                        "reading what begins the sampling.");
  }
  if (options_.attach != 0)
    return log_.addNote("No Python was sampled: process " + std::to_string(program_) +
                        " ended, or became another program, before its stacks could be read.");
  log_.addNote("No Python was sampled: " + plan_.executable + " did not start CPython (" +
               supportedPythons() + "), or ended before it could be sampled.");
}

}  // namespace pyrometer
