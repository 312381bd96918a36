#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/terminal.h"
#include "daemon/profile/profile.h"

namespace pyrometer {

/// What a tree begins with.
enum class Grouping { kNone, kProcess, kThread };

struct ViewOptions {
  bool all = false;       ///< library files as everybody's: nothing charged to callers, nothing folded
  std::size_t limit = 0;  ///< rows of each table; 0: the view's own choice
  Grouping by = Grouping::kNone;
};

/// Hottest lines with their code, then functions. `brief`: as `run` ends, a screen's half at most.
std::string flatView(const Profile& profile, const ViewOptions& options, const Terminal& terminal,
                     bool brief = false);
/// Calls from the root, small branches folded.
std::string treeView(const Profile& profile, const ViewOptions& options, const Terminal& terminal);
/// A whole source file with its heat in a gutter. `text`: what to show where the profile has no text of its
/// own.
std::string sourceView(const Profile& profile, FileId file, std::string_view text, const ViewOptions& options,
                       const Terminal& terminal);
/// Memory over time as a curve, and the lines where it grew.
std::string memoryView(const Profile& profile, const ViewOptions& options, const Terminal& terminal);
/// Shares by state of the virtual machine and the thread.
std::string statesView(const Profile& profile, const Terminal& terminal);
/// What was run, when, how, how much, how well.
std::string infoView(const Profile& profile, const Terminal& terminal);

/// "2.52 s (2.41 s CPU), 2 214 samples at 917 Hz, none dropped": one sentence of what was measured.
std::string summaryText(const Profile& profile);
/// Sentences the reader should know: the run's notes, and what of the file could not be read.
std::string notesText(const Profile& profile, const Terminal& terminal);
/// What of a file could not be read, of damage that there is.
std::string damageText(const std::vector<Damage>& damage);
/// What to do where there are too few samples; empty if there are enough.
std::string tooFewText(const Profile& profile);

std::uint64_t dropCount(const RunInfo& info);
/// Whether it is a recording of ours. Other tools write down neither what was dropped, nor a program's name,
/// nor how it ended.
bool isOurs(const RunInfo& info);
/// "cpu", "kInterpreter" and so on as words, for people and for JSON.
std::string_view modeText(Mode mode);
std::string_view vmStateText(VmState state);
std::string_view threadStateText(ThreadState state);
std::string_view dropReasonText(DropReason reason);
/// "exit status 1", "ended by signal 9 (Killed)"
std::string endText(int wait_status);
/// The same of a program that was attached to.
std::string attachedEndText(const Profile& profile);
/// The program's name for titles: the command as typed, or the file it was read from.
std::string titleOf(const RunInfo& info);

}  // namespace pyrometer
