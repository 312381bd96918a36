#include "daemon/run/sampled_processes.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/run/outside_stacks.h"

namespace pyrometer {

namespace {

constexpr std::uint32_t kUnknownStatus = UINT32_MAX;
constexpr std::size_t kMostNamed = 5;
constexpr std::uint64_t kSearchEvery = 5;        ///< ticks, while no interpreter is found
constexpr std::uint64_t kLateSearchEvery = 100;  ///< the same where one should have made itself known
constexpr std::uint64_t kCompareEvery =
    10;  ///< ticks between two looks whether a process was replaced by exec

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

/// Whether two images are known to differ.
bool isAnother(const std::string& now, const std::string& then) {
  return !now.empty() && !then.empty() && now != then;
}

}  // namespace

SampledProcesses::SampledProcesses(Options options, SampleLog& log, Pacer& pacer)
    : options_(options), log_(log), pacer_(pacer) {}

void SampledProcesses::setProgram(std::int32_t pid, std::int64_t start) {
  program_ = pid;
  program_start_ = start;
}

SessionServer::Events SampledProcesses::sessionEvents() {
  return {
      .accepts = [this](std::int32_t pid) { return accepts(pid); },
      .registered =
          [this](const SessionServer::Registration& told, std::shared_ptr<SharedBlock> block) {
            add(told.pid, told.py_version, told.runtime, std::move(block));
          },
      .more =
          [this](std::int32_t pid, std::shared_ptr<SharedBlock> block) {
            Process* process = living(pid);
            if (!process) return;
            ++process->blocks;
            log_.addRing(process->number, block);
            pacer_.addRing(process->number, std::move(block));
          },
      .blocks =
          [this](std::int32_t pid) {
            const Process* process = living(pid);
            return process ? process->blocks : 0;
          },
      .note =
          [this](const std::string& text) {
            told_why_ = true;
            log_.addNote(text);
          },
  };
}

SampledProcesses::Process* SampledProcesses::living(std::int32_t pid) {
  const auto found = std::find_if(processes_.begin(), processes_.end(), [&](const Process& process) {
    return process.pid == pid && !process.ended;
  });
  return found == processes_.end() ? nullptr : &*found;
}

bool SampledProcesses::anyLiving() const {
  return std::any_of(processes_.begin(), processes_.end(),
                     [](const Process& process) { return !process.ended; });
}

bool SampledProcesses::accepts(std::int32_t pid) {
  if (pid == program_) return true;
  if (!options_.program_is_python && isDescendant(pid, program_)) {
    // A launcher's Python, or the next one of a shell script; or the same again after exec.
    const auto alive = std::find_if(processes_.begin(), processes_.end(), [](const Process& process) {
      return !process.ended && stateOf(process.pid) != 0 && stateOf(process.pid) != 'Z';
    });
    if (alive == processes_.end() || alive->pid == pid) return true;
  }
  ++unsampled_count_;
  if (unsampled_.size() < kMostNamed) {
    std::string command = commandOf(pid);
    if (!options_.keep_argv) command = command.substr(0, command.find(' '));
    if (std::find(unsampled_.begin(), unsampled_.end(), command) == unsampled_.end()) {
      unsampled_.push_back(std::move(command));
    }
  }
  return false;
}

void SampledProcesses::add(std::int32_t pid, std::uint32_t py_version, std::uint64_t runtime,
                           std::shared_ptr<SharedBlock> block) {
  const std::int64_t now = monotonicNow();
  std::uint32_t generation = 0;
  for (Process& process : processes_) {
    if (process.pid != pid) continue;
    generation = process.generation + 1;
    if (!process.ended) end(process, now, kUnknownStatus);
  }
  std::string command = commandOf(pid);
  const std::string interpreter = linkTarget(processPath(pid, "exe"));
  const std::string prefix = environmentOf(command);
  if (!options_.keep_argv) command = command.substr(0, command.find(' '));
  Process process;
  process.pid = pid;
  process.generation = generation;
  process.py_version = py_version;
  process.number = log_.addProcess({.number = 0,
                                    .pid = pid,
                                    .parent = parentOf(pid),
                                    .generation = generation,
                                    .py_version = py_version,
                                    .time = pid == program_ && generation == 0 ? program_start_ : now,
                                    .command = std::move(command),
                                    .interpreter = interpreter,
                                    .working_directory = linkTarget(processPath(pid, "cwd")),
                                    .prefix = prefix});
  process.image = imageOf(pid);
  if (options_.memory) process.memory = std::make_unique<ResidentMemory>(pid);

  PacedTarget target{.number = process.number,
                     .pid = pid,
                     .rings = {},
                     .late = options_.late,
                     .chosen = options_.chosen,
                     .outside = nullptr};
  if (block) {
    process.blocks = 1;
    log_.addRing(process.number, block);
    target.rings.push_back(std::move(block));
  }
  auto outside = openOutsideReader(pid, {.address = runtime, .py_version = py_version, .file = interpreter});
  if (outside) {
    target.outside = std::move(outside).value();
  } else if (options_.mode == Mode::kWall) {
    log_.addNote("Threads that sleep are shown where they were last sampled: " + outside.error().text() +
                 ".");
  }
  processes_.push_back(std::move(process));
  pacer_.addProcess(std::move(target));
}

void SampledProcesses::end(Process& process, std::int64_t now, std::uint32_t wait_status) {
  pacer_.removeProcess(process.number);
  log_.endProcess(process.number, now, wait_status);
  process.ended = true;
  process.memory.reset();
}

void SampledProcesses::tick(std::int64_t now) {
  ++ticks_;
  for (Process& process : processes_) {
    if (process.ended) continue;
    if (process.pid != program_) {
      const char state = stateOf(process.pid);
      if (state == 0 || state == 'Z') {
        end(process, now, kUnknownStatus);
        continue;
      }
    }
    // After exec it is another program: it registers anew or is found again, if it is Python.
    if (ticks_ % kCompareEvery == 0 && isAnother(imageOf(process.pid), process.image)) {
      end(process, now, kUnknownStatus);
      continue;
    }
    if (!process.memory) continue;
    if (const auto resident = process.memory->read()) log_.addMemory(process.number, now, *resident);
  }
  if (options_.outside && !anyLiving() && (ticks_ % kSearchEvery == 1 || ticks_ < kSearchEvery))
    searchOutside();
  // A program that loads an interpreter when it has long begun cannot make itself known.
  if (!options_.outside && processes_.empty() && !told_why_ && ticks_ % kLateSearchEvery == 0) {
    searchOutside();
    if (any()) {
      log_.addNote(
          "The program's interpreter did not make itself known (it may have been loaded when the program had "
          "long begun): "
          "it is read from outside.");
    }
  }
}

void SampledProcesses::searchOutside() {
  if (attachOutside(program_)) return;
  if (options_.program_is_python) return;
  std::vector<std::int32_t> waiting = childrenOf(program_);
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (attachOutside(waiting[i])) return;
    const auto children = childrenOf(waiting[i]);
    waiting.insert(waiting.end(), children.begin(), children.end());
  }
}

bool SampledProcesses::attachOutside(std::int32_t pid) {
  const auto place = findRuntime(pid);
  if (!place) return false;
  const auto reader = openOutsideReader(pid, *place);
  if (!reader) {
    // It may just have begun, or ended; what stays is told at the end.
    refused_note_ =
        "Process " + std::to_string(pid) + " could not be read from outside: " + reader.error().text() + ".";
    return false;
  }
  refused_note_.clear();
  add(pid, place->py_version, place->address, nullptr);
  return true;
}

void SampledProcesses::endAll(std::int64_t now, std::uint32_t wait_status) {
  for (Process& process : processes_) {
    if (!process.ended) end(process, now, process.pid == program_ ? wait_status : kUnknownStatus);
  }
  if (!refused_note_.empty()) log_.addNote(refused_note_);
  noteUnsampled();
}

void SampledProcesses::noteUnsampled() {
  if (unsampled_count_ == 0) return;
  std::string text = unsampled_count_ == 1
                         ? "A Python process that the program started was not sampled: "
                         : std::to_string(unsampled_count_) +
                               " Python processes that the program started were not sampled: ";
  for (std::size_t i = 0; i < unsampled_.size(); ++i) text += (i == 0 ? "" : "; ") + unsampled_[i];
  if (unsampled_count_ > unsampled_.size()) text += "; ...";
  log_.addNote(text + ".");
}

}  // namespace pyrometer
