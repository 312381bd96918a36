#pragma once

#include "daemon/cli/command_line.h"

/// What the commands do: each writes to standard output (run: to standard error, since the program has the
/// other) and returns the exit status. Failures are one line on standard error, "pyrometer: where: message".
namespace pyrometer {

int run(const RunCommand& command);
/// Beside a program that runs, and goes on afterwards.
int attach(const AttachCommand& command);
/// What works on this machine; the status tells whether something that is needed does not.
int doctor(const DoctorCommand& command);
/// Beside a program that runs; says nothing to the terminal.
int record(const RecordCommand& command);
int show(const ShowCommand& command);
int lines(const LinesCommand& command);
int info(const InfoCommand& command);
int jitTraces(const JitCommand& command);
int exportProfile(const ExportCommand& command);
/// Speaks the protocol of editors on standard output, and nothing else there.
int serve(const ServeCommand& command);

}  // namespace pyrometer
