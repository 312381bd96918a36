#include "daemon/run/live_run.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "daemon/run/attach_target.h"
#include "daemon/run/attached_program.h"
#include "daemon/run/interpreter.h"
#include "daemon/run/process_files.h"
#include "daemon/run/pseudo_terminal.h"
#include "daemon/run/run_strand.h"
#include "daemon/run/terminal_program.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

constexpr std::int64_t kBetweenSnapshots = 100'000'000;

/// Signals are for this process's other threads: what it does with them is not ours to say. SIGXFSZ is
/// blocked too: a file limit must not end us.
void takeNoSignals() {
  sigset_t signals;
  sigfillset(&signals);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS}) sigdelset(&signals, fault);
  pthread_sigmask(SIG_SETMASK, &signals, nullptr);
}

Result<void> checkSize(unsigned columns, unsigned rows) {
  if (columns >= 1 && columns <= LiveRun::kMostCells && rows >= 1 && rows <= LiveRun::kMostCells) return {};
  return Error{"a terminal has 1 to " + std::to_string(LiveRun::kMostCells) + " columns and rows, not " +
                   std::to_string(columns) + " x " + std::to_string(rows),
               {}};
}

Result<void> checkFolder(const std::string& folder) {
  if (folder.empty()) return {};
  struct stat status {};
  if (!folder.starts_with('/')) return Error{"the working folder must be an absolute path", folder};
  if (stat(folder.c_str(), &status) != 0)
    return Error{systemErrorText(errno) + "; name another working folder", folder};
  if (!S_ISDIR(status.st_mode)) return Error{"is no folder; name another working folder", folder};
  if (access(folder.c_str(), X_OK) != 0)
    return Error{systemErrorText(errno) + "; name another working folder", folder};
  return {};
}

/// No way to write one of these to an environment.
Result<void> checkEnvironment(const std::vector<std::pair<std::string, std::string>>& environment) {
  for (const auto& [name, value] : environment) {
    if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos ||
        value.find('\0') != std::string::npos) {
      return Error{"cannot be a variable of the environment: a name has no \"=\", and neither has a NUL",
                   name};
    }
  }
  return {};
}

Result<void> checkCommand(const std::vector<std::string>& command) {
  for (const std::string& word : command) {
    if (word.find('\0') != std::string::npos) return Error{"a command cannot hold a NUL", word.c_str()};
  }
  return {};
}

}  // namespace

struct LiveRun::State {
  State(Options asked, Events to_tell) : options(std::move(asked)), events(std::move(to_tell)) {}

  Result<void> check() const;
  Result<LaunchPlan> plan();
  void run(std::promise<Result<void>> started);
  Result<void> begin();
  void publish(std::shared_ptr<const Profile> profile);
  void onBatch(ProfileBuilder& builder);

  Options options;
  const Events events;
  std::unique_ptr<PseudoTerminal> terminal;
  std::optional<TerminalProgram> program;
  std::optional<AttachedProgram> attached;  ///< in place of it
  std::optional<RunStrand> strand;
  pid_t pid = 0;
  std::string recording;

  mutable std::mutex mutex;
  std::shared_ptr<const Profile> latest;

  // The run's thread alone.
  std::int64_t published_at = 0;
  std::size_t published_samples = 0, published_notes = 0;

  std::thread thread;
};

Result<void> LiveRun::State::check() const {
  if (auto fine = checkSize(options.columns, options.rows); !fine) return fine;
  if (auto fine = checkFolder(options.working_directory); !fine) return fine;
  if (auto fine = checkEnvironment(options.environment); !fine) return fine;
  return checkCommand(options.run.command);
}

Result<LaunchPlan> LiveRun::State::plan() {
  if (options.run.attach != 0) return planAttach(options.run);
  Surroundings around = Surroundings::ofThisProcess();
  if (const char* path = variableIn(options.environment, "PATH")) around.path = path;
  if (const char* folder = variableIn(options.environment, "VIRTUAL_ENV")) around.virtual_env = folder;
  around.working_directory = options.working_directory;
  auto plan = planLaunch({.command = options.run.command,
                          .python = options.run.python,
                          .outside = options.run.outside,
                          .python_option = options.run.python_option,
                          .outside_option = options.run.outside_option},
                         around);
  if (!plan) return plan;
  // As a shell does on cd.
  if (!options.working_directory.empty()) plan->environment = {{"PWD", options.working_directory}};
  for (const auto& [name, value] : options.environment) setVariable(plan->environment, name, value);
  return plan;
}

Result<void> LiveRun::State::begin() {
  // Library exceptions (memory, descriptors) before the program runs; later ones are the strand's.
  try {
    auto planned = plan();
    if (!planned) return planned.error();
    takeNoSignals();
    RunningProgram* running = nullptr;
    if (options.run.attach != 0) {
      running = &attached.emplace(options.run.attach,
                                  AttachedProgram::Until{.duration_ns = options.run.duration_ns});
    } else {
      auto opened = PseudoTerminal::open(options.columns, options.rows, events.output);
      if (!opened) return opened.error();
      terminal = std::move(opened).value();
      running = &program.emplace(*terminal, options.working_directory);
    }
    strand.emplace(options.run, std::move(planned).value(), *running,
                   [this](ProfileBuilder& builder) { onBatch(builder); });
    const auto begun = strand->start();
    if (!begun) return begun.error();
    pid = begun.value();
    recording = strand->recording();
    publish(strand->beginning());
    return {};
  } catch (const std::exception& error) {
    return Error{std::string("the run could not be started (") + error.what() +
                     "); a limit on memory or open files (ulimit) may be too low",
                 {}};
  }
}

void LiveRun::State::run(std::promise<Result<void>> started) {
  const auto begun = begin();
  started.set_value(begun);
  if (!begun) return;
  Ended end;
  end.outcome = strand->finish();
  end.stopped = attached ? attached->stopRequested() : program->stopRequested();
  strand.reset();
  publish(end.outcome.profile);
  if (terminal) terminal->finish();
  if (events.ended) events.ended(end);
}

void LiveRun::State::publish(std::shared_ptr<const Profile> profile) {
  const std::lock_guard lock(mutex);
  latest.swap(profile);
}

void LiveRun::State::onBatch(ProfileBuilder& builder) {
  const std::size_t samples = builder.sampleCount(), notes = builder.info().notes.size();
  if (samples == published_samples && notes == published_notes) return;
  const std::int64_t now = monotonicNow();
  const bool first = published_samples == 0;
  if (!first && now - published_at < kBetweenSnapshots) return;
  publish(builder.snapshot());
  published_samples = samples;
  published_notes = notes;
  published_at = now;
  if (events.changed) events.changed();
}

LiveRun::LiveRun(std::unique_ptr<State> state) : state_(std::move(state)) {}

LiveRun::~LiveRun() {
  if (!state_->thread.joinable()) return;
  if (state_->attached) {
    state_->attached->requestStop();
  } else {
    state_->program->requestKill();
    state_->terminal->hide();
  }
  state_->thread.join();
}

Result<std::unique_ptr<LiveRun>> LiveRun::start(Options options, Events events) {
  try {
    auto state = std::make_unique<State>(std::move(options), std::move(events));
    if (const auto fine = state->check(); !fine) return fine.error();
    std::promise<Result<void>> promise;
    std::future<Result<void>> started = promise.get_future();
    state->thread =
        std::thread([s = state.get(), p = std::move(promise)]() mutable { s->run(std::move(p)); });
    const auto begun = started.get();
    if (!begun) {
      state->thread.join();
      return begun.error();
    }
    return std::unique_ptr<LiveRun>(new LiveRun(std::move(state)));
  } catch (const std::exception& error) {
    return Error{std::string("the run could not be started (") + error.what() +
                     "); a limit on memory or threads (ulimit) may be too low",
                 {}};
  }
}

pid_t LiveRun::pid() const { return state_->pid; }

const std::vector<std::string>& LiveRun::command() const { return state_->options.run.command; }

const std::string& LiveRun::recording() const { return state_->recording; }

Result<void> LiveRun::input(std::string_view bytes) {
  if (!state_->terminal)
    return Error{"was attached to, not started: type where it was started",
                 "process " + std::to_string(pid())};
  if (state_->terminal->type(bytes, kMostInput)) return {};
  return Error{"the program does not read what is typed, and no more than " + std::to_string(kMostInput) +
                   " bytes can wait; type less, or stop it",
               {}};
}

Result<void> LiveRun::resize(unsigned columns, unsigned rows) {
  if (auto fine = checkSize(columns, rows); !fine) return fine;
  if (state_->terminal) state_->terminal->resize(columns, rows);
  return {};
}

void LiveRun::stop() {
  if (state_->attached) return state_->attached->requestStop();
  state_->program->requestStop();
}

std::shared_ptr<const Profile> LiveRun::snapshot() const {
  const std::lock_guard lock(state_->mutex);
  return state_->latest;
}

}  // namespace pyrometer
