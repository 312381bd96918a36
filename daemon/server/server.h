#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/importers/reading.h"
#include "daemon/profile/run_info.h"
#include "daemon/server/document_view.h"
#include "daemon/server/documents/text_change.h"
#include "daemon/server/held_profile.h"
#include "daemon/server/profile_view.h"
#include "daemon/support/file_stamp.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What a user chose in his editor.
struct ServerSettings {
  std::string python = {};  ///< interpreter to run programs with; empty: the one `pyrometer run` would find
  double rate_hz = 0;       ///< 0: auto
  double threshold = 0.5;   ///< percent under which a line gets no hint at its end
  bool my_code = true;      ///< lines of the user's files are coloured by charged time; false: by self time
};

/// What the server tells. `post` and `output` are called on threads of runs, the others inside work that was
/// posted, so on the strand. None may be empty, none may throw.
struct ServerEvents {
  /// Puts work on the strand, in order; from any thread. Work may outlive the Server: it then does nothing.
  std::function<void(std::function<void()>)> post;
  /// The program wrote something: UTF-8, bytes that are none replaced. In order, before its run's `ended`.
  std::function<void(HeldId, std::string)> output;
  /// There is more to see of a run: at once the first time, then at most ten times a second.
  std::function<void(HeldId)> changed;
  /// A run is over, packed and listed as finished: HeldProfile::message says what was recorded and where.
  std::function<void(HeldId)> ended;
  /// A sentence for the log, about nothing that was asked for ("recovered a recording...").
  std::function<void(std::string)> remark;
};

/// What to start. Either `program` or `command`.
struct RunRequest {
  std::string program = {};               ///< path of a Python file
  std::vector<std::string> command = {};  ///< what would stand behind `pyrometer run`
  std::vector<std::string> args = {};     ///< behind either
  std::string cwd = {};  ///< empty: the workspace folder that holds the program, else the program's folder,
                         ///< else the first workspace folder
  std::map<std::string, std::string> env = {};  ///< set on top of ours
  std::string python = {};                      ///< empty: ServerSettings::python
  Mode mode = Mode::kCpu;
  std::optional<double> rate_hz = {};  ///< 0: auto; left out: ServerSettings::rate_hz
  bool memory = true;
  bool outside = false;
  bool children = true;
  std::uint32_t columns = 80, rows = 24;  ///< of the pseudo-terminal
};
/// What to attach to.
struct AttachRequest {
  std::int32_t pid = 0;
  Mode mode = Mode::kCpu;
  std::optional<double> rate_hz = {};  ///< 0: auto; left out: ServerSettings::rate_hz
  bool memory = true;
  bool children = true;
  bool blocking = false;  ///< threads that run are stopped for each look
  double duration_s = 0;  ///< 0: until it ends or is stopped
};
struct StartedRun {
  HeldId id{};
  std::int64_t pid = 0;
  std::vector<std::string> command;  ///< what was started, word by word
};

/// A file that was read for being held. See Server::readFile.
struct PreparedFile {
  std::string path;
  std::shared_ptr<const Profile> profile;
  std::shared_ptr<ProfileCache> cache;
  int part = 1;
  FileStamp stamp = {};  ///< of the file, as it was before it was read
};

/// A part of a file, from 1.
struct FilePart {
  std::string path;
  int part = 1;
};

/// The daemon: programs that run, profiles that are held, documents as they stand in the editor, and what the
/// ones say about the others. Knows nothing of JSON or of the protocol that carries the questions; the
/// editor's handlers are the other half.
///
/// Threads: all members are for one strand. What may take long is taken off it as a value: view() and
/// document() give questions that can be asked anywhere, readFile() is static. Programs run on threads of
/// their own and come back through ServerEvents::post.
class Server {
 public:
  explicit Server(ServerEvents events);
  /// Stops what runs and saves it, as stopAll().
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void setSettings(ServerSettings settings);
  const ServerSettings& settings() const;
  /// Absolute paths: where programs run that are in none of their own.
  void setWorkspaceFolders(std::vector<std::string> folders);
  const std::vector<std::string>& workspaceFolders() const;
  /// What `character` counts in didChange and in DocumentLine::end; UTF-16 until told otherwise.
  void setEncoding(PositionEncoding encoding);
  PositionEncoding encoding() const;

  /// Finishes recordings that a daemon which died left behind, on a thread of its own; tells by `remark`, and
  /// by `recovering` the one it begins with next; nothing: it is over (told once one was begun).
  void recoverLeft(std::function<void(std::optional<std::string>)> recovering = {});
  /// What is left then waits for the next daemon.
  void stopRecovery();

  // ---- Programs ----

  /// Starts a program and selects its profile. An Error means that nothing was started.
  Result<StartedRun> start(const RunRequest& request);
  /// Samples a program that runs already, and selects its profile. An Error says why it cannot be.
  Result<StartedRun> attach(const AttachRequest& request);
  /// Of one that was attached to: ends the sampling, and the program goes on. Else: Ctrl-C, after a while
  /// SIGTERM, at last SIGKILL; returns at once. A run that is over is no error.
  Result<void> stop(HeldId run);
  /// Characters as typed. An Error if the run is over.
  Result<void> input(HeldId run, std::string_view text);
  Result<void> resize(HeldId run, std::uint32_t columns, std::uint32_t rows);
  bool anyRunning() const;
  /// Stops all runs, waits for them and saves them: before the daemon ends. Blocks for seconds at most, if
  /// programs do not heed SIGTERM.
  void stopAll();

  // ---- Profiles ----

  /// What is long about opening; for any thread. `part` from 1. Whose code is whose the file says, or its
  /// paths.
  static Result<PreparedFile> readFile(const std::string& path, int part = 1, std::stop_token stop = {},
                                       const std::function<void(ReadProgress)>& progress = {});
  /// Holds what was read, selects it, and says its id: that of the profile already held, where that is of the
  /// same file and the file has not changed.
  HeldId hold(PreparedFile opened);
  /// Selects the profile of this file that is held and in memory, if there is one.
  std::optional<HeldId> selectHeld(const FilePart& file);
  /// Lets go of a profile. One that is running is an Error. If it was the selected one, none is.
  Result<void> close(HeldId id);
  /// The newest first.
  std::vector<HeldProfile> list() const;
  Result<HeldProfile> find(HeldId id) const;
  /// What is shown; nullopt: nothing. An Error also for a profile that is put away (HeldProfile::profile).
  Result<void> select(std::optional<HeldId> id);
  /// What readFile must read before this profile can be selected; nullopt: nothing.
  std::optional<FilePart> putAway(HeldId id) const;
  /// Gives a profile that was put away its memory again. An Error if it is not held any more, or its file has
  /// changed since.
  Result<void> takeBack(HeldId id, PreparedFile opened);
  /// How much idle profiles may need together before they are put away (ProfileStore::kMostIdleBytes if never
  /// said).
  void setMostIdleBytes(std::size_t bytes);
  std::optional<HeldId> selected() const;

  // ---- Documents: any URI; those that are no files are kept in step and have no heat ----

  void didOpen(const std::string& uri, std::int64_t version, std::string text);
  /// All changes of one notification, in order. An Error for the log, after which the document has no heat
  /// until it is opened again or replaced whole: a change of a document that is not open, a version that goes
  /// back, a range that begins behind the text's end or behind its own end.
  Result<void> didChange(const std::string& uri, std::int64_t version,
                         const std::vector<TextChange>& changes);
  void didClose(const std::string& uri);
  /// URIs of open documents.
  std::vector<std::string> openDocuments() const;

  // ---- Questions ----

  /// A profile, the selected one by default. An Error if it is not held or none is selected.
  Result<ProfileView> view(std::optional<HeldId> id = {}) const;
  /// A document beside a profile, the selected one by default. Without one selected a view whose answers are
  /// empty. An Error if the profile is not held. One that is not open is read from disk.
  Result<DocumentView> document(const std::string& uri, std::optional<HeldId> id = {}) const;
  /// What a cursor in a document stands in; nullopt where its text is not known.
  std::optional<PlaceInText> placeInText(const std::string& uri, const TextPosition& cursor) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pyrometer
