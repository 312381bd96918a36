#include "daemon/run/record.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/exporters/vmprof/live_writer.h"
#include "daemon/run/attached_program.h"
#include "daemon/run/descriptor_sink.h"
#include "daemon/run/process_files.h"
#include "daemon/run/recorded_program.h"
#include "daemon/run/run_strand.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

constexpr std::int64_t kBetweenWrites = 200'000'000;
/// More than this waits in no text, but in the profile, which is smaller.
constexpr std::size_t kMostWaiting = 4 << 20;
/// How long one who reads nothing is waited for before the program is told, and altogether.
constexpr std::int64_t kPatience = 5'000'000'000, kLongestPatience = 60'000'000'000;

/// Whatever the program had set.
void takeOwnSignals() {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) signal(number, SIG_DFL);
  const sigset_t ending = EndingSignals::all();
  sigprocmask(SIG_SETMASK, &ending, nullptr);
}

/// A copy beyond the standard ones, and whatever else the program had open is none of ours: its pipes must
/// end when it ends.
struct Inherited {
  FileDescriptor output, report;
};
Inherited keepOnly(int output, int report) {
  constexpr int kBeyondStandard = 3;
  Inherited kept{.output = FileDescriptor(fcntl(output, F_DUPFD_CLOEXEC, kBeyondStandard)),
                 .report = FileDescriptor(fcntl(report, F_DUPFD_CLOEXEC, kBeyondStandard))};
  std::vector<int> others;
  if (DIR* const folder = opendir("/proc/self/fd")) {
    while (const dirent* entry = readdir(folder)) {
      int fd = -1;
      const char* const name = entry->d_name;
      std::from_chars(name, name + std::strlen(name), fd);
      if (fd >= kBeyondStandard && fd != kept.output.get() && fd != kept.report.get() && fd != dirfd(folder))
        others.push_back(fd);
    }
    closedir(folder);
  }
  for (const int fd : others) close(fd);
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < kBeyondStandard && nowhere >= 0; ++fd) dup2(nowhere, fd);
  if (nowhere >= kBeyondStandard) close(nowhere);
  return kept;
}

Result<void> checkOutput(const FileDescriptor& output) {
  if (!output) return Error{"is not open", "the descriptor"};
  const int flags = fcntl(output.get(), F_GETFL);
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) return Error{"is not open for writing", "the descriptor"};
  return {};
}

/// The profile on its way to the descriptor.
class Delivery {
 public:
  Delivery(FileDescriptor output, vmprof::LiveWriter::Options options)
      : sink_(std::move(output)), writer_(std::move(options)) {}

  void onBatch(const ProfileBuilder& builder) {
    const std::int64_t now = monotonicNow();
    if (now - written_at_ < kBetweenWrites) return;
    written_at_ = now;
    write(*builder.snapshot());
    sink_.pass();
  }

  /// All of it. `tell` is called once, if nobody takes it for a while. 0, or an errno.
  template <class Tell>
  int finish(const Profile& profile, Tell tell) {
    bool done = write(profile), told = false, ended = false;
    std::int64_t moved_at = monotonicNow();
    while (sink_.failure() == 0 && (!ended || sink_.waiting() > 0)) {
      if (done && !ended) {
        std::string end;
        vmprof::LiveWriter::end(end, profile.info().start_unix_ns + profile.info().duration_ns);
        sink_.put(end);
        ended = true;
      }
      const std::int64_t now = monotonicNow();
      if (sink_.pass()) {
        moved_at = now;
      } else if (sink_.failure() == 0 && sink_.waiting() > 0) {
        if (now - moved_at > kLongestPatience) return EAGAIN;
        if (now - moved_at > kPatience && !std::exchange(told, true)) tell();
        constexpr int kMilliseconds = 100;
        sink_.wait(kMilliseconds);
      }
      if (!done) done = write(profile);
    }
    return sink_.failure();
  }

 private:
  bool write(const Profile& profile) {
    if (sink_.failure() != 0) return true;
    if (sink_.waiting() > kMostWaiting) return false;
    std::string text;
    if (!std::exchange(begun_, true)) writer_.begin(text, profile.info());
    const bool all = writer_.append(text, profile, kMostWaiting);
    sink_.put(text);
    return all;
  }

  DescriptorSink sink_;
  vmprof::LiveWriter writer_;
  bool begun_ = false;
  std::int64_t written_at_ = 0;
};

std::string metaText(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

Result<void> recordProgram(const RecordOptions& options) {
  takeOwnSignals();
  setsid();
  Inherited inherited = keepOnly(options.output, options.report);
  // Not to keep a folder of the program's in use.
  if (chdir("/") != 0) return Error{systemErrorText(errno), "/"};

  const auto chosen = options.thread == 0 ? nullptr : std::make_shared<ChosenThreads>();
  if (chosen) chosen->add(options.thread);
  const auto choices = chosen ? chosen : std::make_shared<ChosenThreads>();
  RecordedProgram program(options.program, std::move(inherited.report), choices);
  const auto failed = [&](const Error& error) {
    program.report("failed " + error.text());
    return error;
  };
  if (const auto fine = checkOutput(inherited.output); !fine) return failed(fine.error());
  try {
    const std::string folder = "/proc/" + std::to_string(options.program);
    RunOptions run;
    run.command = wordsOf(options.program);
    run.mode = options.mode;
    run.rate_hz = options.rate_hz;
    run.memory = options.memory;
    run.keep_sources = false;
    run.keep_argv = options.keep_argv;
    run.late = true;
    run.chosen = chosen;
    LaunchPlan plan;
    plan.executable = linkTarget(folder + "/exe");
    plan.working_directory = linkTarget(folder + "/cwd");
    plan.python.kind = PythonKind::kCPython;
    plan.my_code = {plan.working_directory};

    vmprof::LiveWriter::Options shape{
        .period_ns = static_cast<std::uint64_t>(std::llround(1e9 / options.rate_hz)),
        .lines = options.lines,
        .memory = options.memory,
        .wall = options.mode == Mode::kWall};
    if (options.keep_argv) shape.meta["argv"] = metaText(run.command);
    Delivery delivery(std::move(inherited.output), std::move(shape));
    RunStrand strand(run, std::move(plan), program,
                     [&](ProfileBuilder& builder) { delivery.onBatch(builder); });
    if (const auto begun = strand.start(); !begun) return failed(begun.error());
    const RunOutcome outcome = strand.finish();
    const int error = delivery.finish(*outcome.profile, [&] { program.answer("waits"); });
    if (error == 0) {
      program.answer("done");
      return {};
    }
    program.answer("failed " + std::to_string(error));
    return Error{systemErrorText(error), "the descriptor"};
  } catch (const std::exception& error) {
    return failed({std::string("the recorder could not go on (") + error.what() + ")", {}});
  }
}

}  // namespace pyrometer
