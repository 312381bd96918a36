#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/files.h"

namespace {

using namespace pyrometer;

struct Execute {
  int operator()(const Answer& answer) const {
    const int descriptor = answer.status == 0 ? STDOUT_FILENO : STDERR_FILENO;
    const Result<void> written = writeAll(descriptor, answer.text);
    return written.ok() || answer.status != 0 ? answer.status : complain(written.error(), kFailed);
  }
  int operator()(const RunCommand& command) const { return run(command); }
  int operator()(const AttachCommand& command) const { return attach(command); }
  int operator()(const DoctorCommand& command) const { return doctor(command); }
  int operator()(const RecordCommand& command) const { return record(command); }
  int operator()(const ShowCommand& command) const { return show(command); }
  int operator()(const LinesCommand& command) const { return lines(command); }
  int operator()(const InfoCommand& command) const { return info(command); }
  int operator()(const JitCommand& command) const { return jitTraces(command); }
  int operator()(const ExportCommand& command) const { return exportProfile(command); }
  int operator()(const ServeCommand& command) const { return serve(command); }
};

}  // namespace

int main(int argc, char** argv) {
  const bool runs = argc > 1 && std::string_view(argv[1]) == "run";
  // A limit on file sizes is an error to be told, not an end. What `run` starts must not inherit this: it
  // does so itself.
  if (!runs) signal(SIGXFSZ, SIG_IGN);
  const int failed = runs ? kRunFailed : kFailed;
  try {
    const CommandLine line =
        parseCommandLine(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    return std::visit(Execute(), line);
  } catch (const std::bad_alloc&) {
    // Nothing that allocates: there is no memory.
    std::fputs(
        "pyrometer: out of memory: the recording is larger than what this machine, or ulimit -v, allows\n",
        stderr);
    return failed;
  } catch (const std::exception& error) {
    return complain({error.what(), "internal error"}, failed);
  }
}
