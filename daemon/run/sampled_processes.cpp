#include "daemon/run/sampled_processes.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/run/process_rights.h"

namespace pyrometer {

namespace {

constexpr std::uint32_t kUnknownStatus = UINT32_MAX;
/// Turns of one tick: processes that are looked at. A look takes some 20 us.
constexpr std::size_t kTurns = 32;
constexpr std::uint32_t kCompareEvery = 10;  ///< turns between two looks whether it was replaced by exec
/// How often descendants that never registered are searched for; with --outside that is how all are found,
/// and as long as there is none it may be one that cannot register.
constexpr std::int64_t kSearchEvery = 1'000'000'000, kSearchFirstEvery = 50'000'000;
constexpr std::uint64_t kSearchAtOnce = 5;  ///< ticks
/// So late a registration may be heard of a process that has ended meanwhile.
constexpr std::int64_t kHeardLate = 5'000'000'000;
constexpr std::size_t kMostSearched = 256;
constexpr std::size_t kMostPassedOver = 4096;

std::string processPath(std::int32_t pid, std::string_view rest) {
  return "/proc/" + std::to_string(pid) + "/" + std::string(rest);
}

/// The folder of the virtual environment that an interpreter belongs to; empty if it is in none.
std::string environmentOf(const std::string& command) {
  const std::string program = command.substr(0, command.find(' '));
  const std::size_t slash = program.rfind('/');
  if (slash == std::string::npos) return {};
  const std::string folder = program.substr(0, slash);
  const std::string above = folder.substr(0, std::min(folder.rfind('/'), folder.size()));
  return access((above + "/pyvenv.cfg").c_str(), F_OK) == 0 ? above : std::string();
}

/// A process that multiprocessing keeps for itself, and that ends by itself when the program has.
bool isHelper(const std::string& command) {
  return command.find("from multiprocessing.resource_tracker import") != std::string::npos ||
         command.find("from multiprocessing.forkserver import") != std::string::npos;
}

/// Another user's process, or one that has changed its rights.
bool isOthers(std::int32_t pid) {
  struct stat status {};
  return stat(processPath(pid, "").c_str(), &status) == 0 && status.st_uid != geteuid();
}

/// Has the process been told to use CPython's own JIT (3.13 and later, where it is built in)?
bool asksForJit(std::int32_t pid, std::uint32_t py_version) {
  constexpr std::size_t kMostEnvironment = 2 * 1024 * 1024;
  constexpr std::string_view kName("\0PYTHON_JIT=", 12);
  if (py_version < 0x030d0000) return false;
  const auto environment = readSmallFile(processPath(pid, "environ"), kMostEnvironment);
  if (!environment) return false;
  const std::string whole = '\0' + *environment;
  const std::size_t at = whole.find(kName);
  if (at == std::string::npos || at + kName.size() == whole.size()) return false;
  const char value = whole[at + kName.size()];
  return value != '0' && value != '\0';
}

/// Whether two images are known to differ.
bool isAnother(const std::string& now, const std::string& then) {
  return !now.empty() && !then.empty() && now != then;
}

}  // namespace

SampledProcesses::SampledProcesses(const Options& options, SampleLog& log, Pacer& pacer)
    : options_(options), log_(log), pacer_(pacer) {
  if (!options.native || options.outside) return;
  auto native = NativeWatch::start(log);
  if (native) {
    native_ = std::move(native).value();
  } else {
    log_.addNote("Native code is not shown: " + native.error().text() + ".");
  }
}

void SampledProcesses::setProgram(std::int32_t pid, std::int64_t start) {
  program_ = pid;
  program_start_ = start;
}

SessionServer::Events SampledProcesses::sessionEvents() {
  return {
      .accepts = [this](std::int32_t pid) { return accepts(pid); },
      .registered = [this](const SessionServer::Registration& told,
                           std::shared_ptr<SharedBlock> block) { registered(told, std::move(block)); },
      .more =
          [this](std::int32_t pid, std::shared_ptr<SharedBlock> block) {
            if (Process* process = living(pid)) addRing(*process, std::move(block));
          },
      .order = [this](std::int32_t pid, bool next) { return order(pid, next); },
      .unsampled = [this](std::int32_t pid, const std::string& path,
                          const std::string& why) { unsampled(pid, path, why); },
      .note =
          [this](const std::string& text) {
            told_why_ = true;
            log_.addNote(text);
          },
  };
}

SampledProcesses::Process* SampledProcesses::living(std::int32_t pid) {
  const auto found = by_pid_.find(pid);
  return found == by_pid_.end() ? nullptr : found->second;
}

bool SampledProcesses::accepts(std::int32_t pid) {
  if (pid == program_ || options_.children) return true;
  if (options_.program_is_python || !isDescendant(pid, program_)) return false;
  // A launcher's Python, or the next one of a shell script; or the same again after exec.
  const auto alive = std::find_if(living_.begin(), living_.end(), [](const auto& process) {
    const char state = stateOf(process->pid);
    return state != 0 && state != 'Z';
  });
  return alive == living_.end() || (*alive)->pid == pid;
}

std::optional<SessionServer::BlockOrder> SampledProcesses::order(std::int32_t pid, bool next) {
  if (!next) {
    // Who comes first is the program, most likely, and may have many threads; there may be many others.
    const bool first = count_ == 0;
    return SessionServer::BlockOrder{.number = 0,
                                     .segments = first ? ring::kSegmentsPerBlock : ring::kSegmentsOfChild,
                                     .unwind = native_ ? native_->promise(pid) : 0,
                                     .unwind_descriptor = native_ ? native_->descriptor() : -1};
  }
  const Process* process = living(pid);
  if (!process || process->blocks == 0) return std::nullopt;
  std::uint32_t segments = process->segments_of_first;
  for (std::uint32_t i = 0; i < process->blocks && segments < ring::kSegmentsPerBlock; ++i) segments *= 4;
  return SessionServer::BlockOrder{.number = process->blocks,
                                   .segments = std::min(segments, ring::kSegmentsPerBlock)};
}

void SampledProcesses::followNativeCode() {
  if (native_) native_->follow();
}

void SampledProcesses::watchNativeCode(const Process& process) {
  if (!native_) return;
  native_->add({.number = process.number,
                .pid = process.pid,
                .py_version = process.py_version,
                .image = process.image,
                .block = process.first});
}

void SampledProcesses::registered(const SessionServer::Registration& told,
                                  std::shared_ptr<SharedBlock> block) {
  if (stateOf(told.pid) == 0) return;  // it has ended meanwhile, and nobody had asked it for a sample
  // It may have been found from outside before it came to register.
  Process* process = living(told.pid);
  if (process && process->blocks == 0 && !isAnother(imageOf(told.pid), process->image))
    return addRing(*process, std::move(block));
  add({.pid = told.pid,
       .py_version = told.py_version,
       .pypy_version = told.pypy_version,
       .runtime = told.runtime,
       .forked = told.forked},
      std::move(block));
}

void SampledProcesses::addRing(Process& process, std::shared_ptr<SharedBlock> block) {
  if (process.blocks++ == 0) {
    process.first = block;
    process.segments_of_first = static_cast<std::uint32_t>(block->segments().size());
    watchNativeCode(process);
  }
  log_.addRing(process.number, block);
  pacer_.addRing(process.number, std::move(block));
}

std::string SampledProcesses::shownCommand(std::int32_t pid) const {
  std::string command = commandOf(pid);
  if (!options_.keep_argv) command = command.substr(0, command.find(' '));
  return command;
}

void SampledProcesses::unsampled(std::int32_t pid, const std::string& path, const std::string& why) {
  if (!path.empty()) {
    if (unsampled_.isPython(path)) unsampled_.add(path, why);
    return;
  }
  passed_over_[pid] = imageOf(pid);
  if (pid != program_ && any()) return unsampled_.add(shownCommand(pid), why);
  told_why_ = true;
  log_.addNote("Process " + std::to_string(pid) + " is not sampled: " + why + ".");
}

void SampledProcesses::add(const Arrival& arrival, std::shared_ptr<SharedBlock> block) {
  const std::int64_t now = monotonicNow();
  const std::int32_t pid = arrival.pid;
  if (Process* before = living(pid)) end(*before, now, kUnknownStatus);
  std::erase_if(ended_forks_, [&](const EndedFork& fork) { return fork.pid == pid; });
  auto process = std::make_unique<Process>();
  process->start_ticks = startTicks(pid);
  if (const auto before = replaced_.find(pid); before != replaced_.end()) {
    // The same pid is the same process only if it began at the same time.
    if (before->second.start_ticks == process->start_ticks)
      process->generation = before->second.generation + 1;
    replaced_.erase(before);
  }
  const std::string command = commandOf(pid);
  process->pid = pid;
  process->py_version = arrival.py_version;
  process->pypy_version = arrival.pypy_version;
  process->runtime = arrival.runtime;
  process->interpreter =
      arrival.interpreter.empty() ? linkTarget(processPath(pid, "exe")) : arrival.interpreter;
  process->image = imageOf(pid);
  std::int64_t start = now;
  // The time of a program that is attached to counts from then on, that of what it starts wholly.
  const std::int64_t began = threadStartTime(pid, pid);
  const bool ran_before = process->generation == 0 && began < program_start_;
  if (pid == program_ && process->generation == 0) {
    start = program_start_;
  } else if (process->generation == 0) {
    // Ticks are coarse: not before the run, nor after now.
    start = std::clamp(began, program_start_, now);
  }
  process->number = log_.addProcess({.number = 0,
                                     .pid = pid,
                                     .parent = parentOf(pid),
                                     .generation = process->generation,
                                     .py_version = arrival.py_version,
                                     .pypy_version = arrival.pypy_version,
                                     .forked = arrival.forked,
                                     .time = start,
                                     .command = shownCommand(pid),
                                     .interpreter = process->interpreter,
                                     .working_directory = linkTarget(processPath(pid, "cwd")),
                                     .prefix = environmentOf(command)});
  if (options_.memory) process->memory = std::make_unique<ResidentMemory>(pid);
  PacedTarget target{.number = process->number,
                     .pid = pid,
                     .rings = {},
                     .late = options_.late && (block || ran_before),
                     .chosen = options_.chosen,
                     .own_ids = isInAnotherNamespace(pid, "pid"),
                     .blocking = options_.blocking,
                     .children = options_.children,
                     .outside = nullptr};
  if (block) {
    process->blocks = 1;
    process->first = block;
    process->segments_of_first = static_cast<std::uint32_t>(block->segments().size());
    watchNativeCode(*process);
    log_.addRing(process->number, block);
    target.rings.push_back(std::move(block));
  }
  using Outside = std::unique_ptr<interpreters::OutsideReader>;
  auto outside = arrival.pypy_version != 0
                     ? Result<Outside>(Error{"stacks of PyPy cannot be read from outside", {}})
                     : openOutsideReader(pid, {.address = arrival.runtime,
                                               .py_version = arrival.py_version,
                                               .file = process->interpreter});
  if (outside) {
    target.outside = std::move(outside).value();
  } else if (options_.mode == Mode::kWall && count_ == 0) {
    log_.addNote("Threads that sleep are shown where they were last sampled: " + outside.error().text() +
                 ".");
  }
  if (!jit_noted_ && asksForJit(pid, arrival.py_version)) {
    jit_noted_ = true;
    log_.addNote(
        "PYTHON_JIT is set: where CPython's JIT has compiled a loop, samples are in the right function, but "
        "may "
        "be on another line of it.");
  }
  if (count_++ == 0) first_version_ = arrival.py_version;
  passed_over_.erase(pid);
  by_pid_[pid] = process.get();
  living_.push_back(std::move(process));
  pacer_.addProcess(std::move(target));
}

std::uint32_t SampledProcesses::statusOf(const Process& process) const {
  // A zombie's status is the kernel's word; what the process told goes for those that were reaped at once.
  if (const auto status = zombieStatus(process.pid)) return static_cast<std::uint32_t>(*status);
  if (!process.first) return kUnknownStatus;
  const std::uint32_t told = process.first->control().exit_status.load(std::memory_order_relaxed);
  return told == 0 || told > 256 ? kUnknownStatus : (told - 1) << 8;
}

/// `process` is gone afterwards.
void SampledProcesses::end(Process& process, std::int64_t now, std::uint32_t wait_status) {
  pacer_.removeProcess(process.number);
  if (native_) native_->remove(process.number);
  log_.endProcess(process.number, now, wait_status);
  by_pid_.erase(process.pid);
  const auto place = std::find_if(living_.begin(), living_.end(),
                                  [&](const auto& other) { return other.get() == &process; });
  if (startTicks(process.pid) == process.start_ticks)
    replaced_[process.pid] = {.start_ticks = process.start_ticks, .generation = process.generation};
  std::swap(*place, living_.back());
  living_.pop_back();
}

bool SampledProcesses::check(Process& process) {
  if (process.pid != program_) {
    const char state = stateOf(process.pid);
    if (state == 0 || state == 'Z') return false;
  }
  // After exec it is another program: it registers anew or is found again, if it is Python.
  return ++process.turns % kCompareEvery != 0 || !isAnother(imageOf(process.pid), process.image);
}

void SampledProcesses::tick(std::int64_t now) {
  ++ticks_;
  for (std::size_t turn = std::min(kTurns, living_.size()); turn-- > 0 && !living_.empty(); ++next_) {
    if (next_ >= living_.size()) next_ = 0;
    Process& process = *living_[next_];
    if (!check(process)) {
      end(process, now, statusOf(process));
      continue;
    }
    if (!process.memory) continue;
    if (const auto resident = process.memory->read()) log_.addMemory(process.number, now, *resident);
  }
  takeForks();
  takeEndedForks(now, false);
  searchOutside(now);
}

void SampledProcesses::takeForks() {
  for (const ForkWatch::Fork& fork : pacer_.takeDeafForks()) {
    if (living(fork.pid) || addFork(fork)) continue;
    const char state = stateOf(fork.pid);
    if (state == 0 || state == 'Z') {
      ended_forks_.push_back({.pid = fork.pid, .seen = monotonicNow()});
    } else {
      unsampled(fork.pid, {}, "it was forked, answers no signal, and cannot be read from outside");
    }
  }
  for (const ForkWatch::Fork& fork : pacer_.takeSleepingForks()) addFork(fork);
}

void SampledProcesses::takeEndedForks(std::int64_t now, bool last) {
  for (const std::int32_t pid : pacer_.takeEndedForks(last)) {
    if (!living(pid)) ended_forks_.push_back({.pid = pid, .seen = now});
  }
  if (last) takeForks();
  std::erase_if(ended_forks_, [&](const EndedFork& fork) {
    const bool certain = last || now - fork.seen > kHeardLate;
    if (certain) unsampled_.addEnded(fork.pid);
    return certain;
  });
}

/// To be read from outside, as its parent would be.
bool SampledProcesses::addFork(const ForkWatch::Fork& fork) {
  const auto parent = std::find_if(living_.begin(), living_.end(),
                                   [&](const auto& process) { return process->number == fork.parent; });
  // Of PyPy nothing can be read from outside.
  if (parent == living_.end() || living(fork.pid) || (*parent)->pypy_version != 0) return false;
  const Arrival arrival{.pid = fork.pid,
                        .py_version = (*parent)->py_version,
                        .runtime = (*parent)->runtime,
                        .forked = true,
                        .interpreter = (*parent)->interpreter};
  const RuntimePlace place{
      .address = arrival.runtime, .py_version = arrival.py_version, .file = arrival.interpreter};
  if (!openOutsideReader(fork.pid, place)) return false;
  add(arrival, nullptr);
  return true;
}

void SampledProcesses::searchOutside(std::int64_t now) {
  const bool begins = options_.outside && living_.empty() && ticks_ < kSearchAtOnce;
  if (!begins && now - searched_ < (options_.outside || !any() ? kSearchFirstEvery : kSearchEvery)) return;
  // Inside, the program registers itself: only what it starts may be missing.
  const bool too_early = !options_.outside && searched_ == 0;
  searched_ = now;
  if (too_early || told_why_) return;
  if (!options_.children && !living_.empty()) return;
  std::vector<std::int32_t> waiting{program_};
  for (std::size_t i = 0; i < waiting.size() && i < kMostSearched; ++i) {
    const std::int32_t pid = waiting[i];
    if (!living(pid) && attachOutside(pid) && !options_.children) return;
    if (!options_.children && options_.program_is_python) return;
    const auto children = childrenOf(pid);
    waiting.insert(waiting.end(), children.begin(), children.end());
  }
}

bool SampledProcesses::attachOutside(std::int32_t pid) {
  const bool others = isOthers(pid);
  if (!options_.outside) {
    // It has had a second to register, or it waits to be asked. Another user's cannot reach the session.
    if ((pid == program_ && any()) || pacer_.awaitsFork(pid) ||
        (!others && monotonicNow() - threadStartTime(pid, pid) < kSearchEvery))
      return false;
  }
  std::string image = imageOf(pid);
  const auto known = passed_over_.find(pid);
  if (known != passed_over_.end() && known->second == image) return false;
  const auto place = findRuntime(pid);
  if (!place) {
    // A young one may be about to load it.
    if (passed_over_.size() >= kMostPassedOver) passed_over_.clear();
    if (monotonicNow() - threadStartTime(pid, pid) > kSearchEvery) passed_over_[pid] = std::move(image);
    return false;
  }
  const auto reader = openOutsideReader(pid, *place);
  if (!reader) {
    // It may just have begun, or ended; what stays is told at the end.
    if (options_.outside && !any()) {
      refused_note_ = "Process " + std::to_string(pid) +
                      " could not be read from outside: " + reader.error().text() + ".";
    } else if (!options_.outside) {
      unsampled(pid, {}, "the sampler was not loaded, and " + reader.error().message);
    }
    return false;
  }
  refused_note_.clear();
  if (!options_.outside && !any()) {
    log_.addNote(others ? "The program runs as another user, who cannot reach the session: it is read from "
                          "outside."
                        : "The program's interpreter did not make itself known (it may have been loaded when "
                          "the program had long begun): it is read from outside.");
  }
  add({.pid = pid, .py_version = place->py_version, .runtime = place->address, .interpreter = place->file},
      nullptr);
  return true;
}

void SampledProcesses::waitForOthers() const {
  constexpr int kLooks = 40;
  constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 5'000'000};
  for (int look = 0; look < kLooks; ++look) {
    const bool all_ended = std::all_of(living_.begin(), living_.end(), [&](const auto& process) {
      const char state = process->pid == program_ ? 'Z' : stateOf(process->pid);
      return state == 0 || state == 'Z';
    });
    if (all_ended) return;
    nanosleep(&kPause, nullptr);
  }
}

void SampledProcesses::endAll(std::int64_t now, std::uint32_t wait_status) {
  std::size_t running = 0;
  while (!living_.empty()) {
    Process& process = *living_.back();
    const bool is_program = process.pid == program_;
    const char state = is_program && !options_.late ? 0 : stateOf(process.pid);
    const bool ended = state == 0 || state == 'Z';
    if (!is_program && !ended && !isHelper(commandOf(process.pid))) ++running;
    // Of one that was attached to, the end is known and not how: it is told from going on by its time.
    if (is_program && options_.late && ended && wait_status == kUnknownStatus) now -= 1;
    end(process, now, is_program ? wait_status : ended ? statusOf(process) : kUnknownStatus);
  }
  if (options_.late) running = 0;  // the program itself goes on
  if (running == 1) {
    log_.addNote(
        "A process that the program started was still running when the program ended; the recording ends "
        "there.");
  } else if (running > 1) {
    log_.addNote(
        std::to_string(running) +
        " processes that the program started were still running when the program ended; the recording "
        "ends there.");
  }
  if (!refused_note_.empty()) log_.addNote(refused_note_);
  takeEndedForks(now, true);
  if (unsampled_.any()) log_.addNote(unsampled_.note());
  if (const std::string ended = unsampled_.noteOfEnded(); !ended.empty()) log_.addNote(ended);
}

}  // namespace pyrometer
