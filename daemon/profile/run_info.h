#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pyrometer {

/// Which clock weights count.
enum class Mode : std::uint8_t { kCpu, kWall };

/// Why samples were not taken or not kept.
enum class DropReason : std::uint8_t {
  kRingFull,       ///< the thread's segment had no room: the daemon did not drain in time
  kNoSegment,      ///< more threads at once than segments
  kTornStack,      ///< the chain of frames did not hold together
  kUnanswered,     ///< signalled, no sample came
  kUnreadable,     ///< reading from outside was refused or failed
  kDamagedRecord,  ///< bytes that are no record
  kCount
};

/// What an importer could not read. `offset` is in the (decompressed) file.
struct Damage {
  std::uint64_t offset = 0;
  std::string what;
};

/// How reading stacks from outside went.
struct OutsideLooks {
  std::uint64_t stacks = 0;      ///< written, those without a Python frame among them
  std::uint64_t again = 0;       ///< looked once more: not even the leaf could be told
  std::uint64_t completed = 0;   ///< it moved: the leaf as read, its callers as last seen with that leaf
  std::uint64_t torn = 0;        ///< written without all of its callers, and marked so
  std::uint64_t unreadable = 0;  ///< given up, and counted as dropped
};

/// Everything that is known of a run besides its samples. Unknown text is empty, unknown numbers are 0.
struct RunInfo {
  std::string format;       ///< the file format it was read from, "pyrometer" for our own
  std::string interpreter;  ///< "CPython 3.11.2", "PyPy", as far as the source says
  std::vector<std::string> argv;
  std::string working_directory;
  std::string host;
  std::string command;  ///< as typed, for titles
  Mode mode = Mode::kCpu;
  bool outside = false;   ///< all stacks were read from outside the process
  bool attached = false;  ///< the program ran before; how it ended is not known
  bool blocking = false;  ///< threads were stopped for looks from outside
  OutsideLooks looks;
  bool has_lines = true;     ///< false: frames are functions only
  bool has_times = true;     ///< false: samples have no time of their own
  bool true_weights = true;  ///< false: every sample counts for one period (files without weights)
  double rate_asked_hz = 0;  ///< 0 with rate_auto
  bool rate_auto = false;
  std::int64_t start_unix_ns = 0;  ///< wall clock at start
  std::int64_t duration_ns = 0;    ///< start to end, wall
  std::int64_t cpu_ns = 0;         ///< CPU time of the target over the run, user and system
  std::uint64_t drops[static_cast<int>(DropReason::kCount)] = {};
  std::uint64_t unknown_code_samples = 0;  ///< samples with at least one frame whose code was never described
  std::vector<std::string> notes;          ///< sentences the user should read: what did not work and why
  std::vector<Damage> damage;              ///< what of the file could not be read
  std::map<std::string, std::string> meta;  ///< foreign key/value pairs, kept as they are
  bool finished = false;                    ///< the run's end was recorded (or the file's trailer read)
  int exit_status = 0;                      ///< as waitpid gives it, when `finished`
  int part = 0, parts = 1;  ///< which profile of a file with several this is (from 0), and how many
};

}  // namespace pyrometer
