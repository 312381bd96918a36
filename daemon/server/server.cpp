#include "daemon/server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include "daemon/importers/registry.h"
#include "daemon/server/documents/encoding.h"
#include "daemon/server/open_documents.h"
#include "daemon/server/profile_store.h"
#include "daemon/server/source_file.h"
#include "daemon/server/utf8_stream.h"
#include "daemon/support/file_stamp.h"
#include "daemon/support/file_uri.h"

namespace pyrometer {
namespace {

std::string fileNameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string folderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

bool isBelow(const std::string& folder, const std::string& path) {
  return path.starts_with(folder.ends_with('/') ? folder : folder + "/");
}

Error notHeld(HeldId id) {
  return {
      fmt::format("there is no profile {}; it was closed or never opened", static_cast<std::uint32_t>(id)),
      {}};
}

Error isAway(HeldId id) {
  return {fmt::format("profile {} is not in memory; select it, and it is read again from its file",
                      static_cast<std::uint32_t>(id)),
          {}};
}

std::string_view wordAt(std::string_view line, std::size_t byte) {
  const auto belongs = [](char c) {
    return c == '_' || (c & 0x80) != 0 || std::isalnum(static_cast<unsigned char>(c));
  };
  std::size_t begin = std::min(byte, line.size()), end = begin;
  while (begin > 0 && belongs(line[begin - 1])) --begin;
  while (end < line.size() && belongs(line[end])) ++end;
  return line.substr(begin, end - begin);
}

/// Runs that have ended, on their way from their threads to the strand.
class RunEnds {
 public:
  void add(HeldId id, RunEnd end) {
    const std::scoped_lock lock(mutex_);
    ended_.emplace_back(id, std::move(end));
    changed_.notify_all();
  }
  std::vector<std::pair<HeldId, RunEnd>> take() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(ended_, {});
  }
  void waitForOne() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ended_.empty(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<HeldId, RunEnd>> ended_;
};

/// A document that is not open, as it is on disk: kept until the file is another.
struct FileOnDisk {
  FileStamp stamp;
  std::unique_ptr<Document> document;
};

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  explicit State(ServerEvents told) : events(std::move(told)) {}

  Result<StartedRun> begin(LiveRun::Options options);
  void postIfAlive(std::function<void(State&)> work) {
    events.post([weak = weak_from_this(), work = std::move(work)] {
      if (const auto alive = weak.lock()) work(*alive);
    });
  }
  bool takeEnds();
  Document* documentOf(const std::string& uri, const std::string& path);
  std::shared_ptr<const OpenFiles> openFiles(HeldId id, HeldEntry& entry,
                                             const std::shared_ptr<const Profile>& profile);
  Result<ProfileView> view(HeldId id);
  void forget(HeldId id);
  void tidy();
  void select(std::optional<HeldId> id);

  ServerEvents events;
  ServerSettings settings;
  std::vector<std::string> folders;
  OpenDocuments documents;
  std::map<std::string, FileOnDisk> on_disk;  ///< by path
  RunSaver saver;
  RunEnds ends;
  ProfileStore store;  ///< its runs' threads use what is above
  std::jthread recovery;
};

Server::Server(ServerEvents events) : state_(std::make_shared<State>(std::move(events))) {}

Server::~Server() { stopAll(); }

void Server::setSettings(ServerSettings settings) { state_->settings = std::move(settings); }
const ServerSettings& Server::settings() const { return state_->settings; }
void Server::setWorkspaceFolders(std::vector<std::string> folders) { state_->folders = std::move(folders); }
const std::vector<std::string>& Server::workspaceFolders() const { return state_->folders; }
void Server::setEncoding(PositionEncoding encoding) { state_->documents.setEncoding(encoding); }
PositionEncoding Server::encoding() const { return state_->documents.encoding(); }

void Server::recoverLeft(std::function<void(std::optional<std::string>)> recovering) {
  if (state_->recovery.joinable()) return;
  state_->recovery = std::jthread([state = state_.get(), recovering](const std::stop_token& stop) {
    bool begun = false;
    const auto tell = [&](const std::optional<std::string>& name) {
      begun = true;
      if (recovering) state->postIfAlive([recovering, name](State&) { recovering(name); });
    };
    for (const std::string& path : state->saver.recoverLeft(stop, tell)) {
      state->postIfAlive([path](State& alive) {
        alive.events.remark(fmt::format("recovered a recording that was left behind: {}", path));
      });
    }
    if (begun) tell(std::nullopt);
  });
}

void Server::stopRecovery() { state_->recovery.request_stop(); }

// ---- Programs ----

namespace {

Result<double> rateOf(const std::optional<double>& asked, const ServerSettings& settings) {
  const double rate = asked.value_or(settings.rate_hz);
  // Written so that a number that is none is refused too.
  if (rate != 0 && !(rate >= 1 && rate <= 10'000)) {
    return Error{fmt::format("{} samples a second are not possible: 1 to 10000, or 0 for auto", rate),
                 "rate"};
  }
  return rate;
}

Result<RunOptions> optionsOf(const RunRequest& request, const ServerSettings& settings) {
  if (request.program.empty() == request.command.empty()) {
    return Error{"name either a program or a command", "program"};
  }
  RunOptions options;
  if (request.program.empty()) {
    options.command = request.command;
  } else {
    std::error_code error;
    if (!std::filesystem::exists(request.program, error)) {
      return Error{"there is no such file; save the document first", request.program};
    }
    options.command = {request.program};
  }
  options.command.insert(options.command.end(), request.args.begin(), request.args.end());
  options.python = request.python.empty() ? settings.python : request.python;
  options.mode = request.mode;
  const Result<double> rate = rateOf(request.rate_hz, settings);
  if (!rate.ok()) return rate.error();
  options.rate_hz = *rate;
  options.memory = request.memory;
  options.outside = request.outside;
  options.children = request.children;
  options.python_option = "the setting pyrometer.python";
  options.outside_option = "the run's option \"outside\"";
  return options;
}

Result<std::string> folderFor(const RunRequest& request, const std::vector<std::string>& workspace) {
  if (!request.cwd.empty()) {
    std::error_code error;
    if (std::filesystem::is_directory(request.cwd, error)) return request.cwd;
    return Error{"is no folder to run in", request.cwd};
  }
  if (!request.program.empty()) {
    for (const std::string& folder : workspace) {
      if (isBelow(folder, request.program)) return folder;
    }
    return folderOf(request.program);
  }
  return workspace.empty() ? std::string() : workspace.front();
}

std::string titleOf(const std::vector<std::string>& command) {
  std::string title;
  for (const std::string& word : command) {
    title += (title.empty() ? "" : " ") + (&word == &command.front() ? fileNameOf(word) : word);
  }
  return title;
}

}  // namespace

Result<StartedRun> Server::attach(const AttachRequest& request) {
  const Result<double> rate = rateOf(request.rate_hz, state_->settings);
  if (!rate.ok()) return rate.error();
  LiveRun::Options options;
  options.run.attach = request.pid;
  options.run.mode = request.mode;
  options.run.rate_hz = *rate;
  options.run.memory = request.memory;
  options.run.children = request.children;
  options.run.blocking = request.blocking;
  options.run.duration_ns = static_cast<std::int64_t>(request.duration_s * 1e9);
  return state_->begin(std::move(options));
}

Result<StartedRun> Server::start(const RunRequest& request) {
  Result<RunOptions> asked = optionsOf(request, state_->settings);
  if (!asked.ok()) return asked.error();
  Result<std::string> folder = folderFor(request, state_->folders);
  if (!folder.ok()) return folder.error();

  LiveRun::Options options;
  options.run = std::move(asked).value();
  options.working_directory = *folder;
  options.environment.assign(request.env.begin(), request.env.end());
  options.columns = request.columns;
  options.rows = request.rows;
  return state_->begin(std::move(options));
}

Result<StartedRun> Server::State::begin(LiveRun::Options options) {
  options.run.my_code = folders;
  HeldEntry entry;
  const Result<std::string> recordings = saver.recordings();
  if (recordings.ok()) {
    options.run.folder = *recordings;
  } else {
    entry.notes.push_back(fmt::format("the run will not be kept: {}", recordings.error().text()));
  }
  entry.state = HeldState::kRunning;

  const HeldId id = store.next();
  LiveRun::Events heard;
  // The run is destroyed before the state is, so its threads may name it.
  State* const state = this;
  const auto stream = std::make_shared<Utf8Stream>();
  heard.output = [state, id, stream](std::string_view bytes) {
    if (std::string text = stream->feed(bytes); !text.empty()) state->events.output(id, std::move(text));
  };
  heard.changed = [state, id] {
    state->postIfAlive([id](State& alive) {
      if (alive.store.find(id) != nullptr) alive.events.changed(id);
    });
  };
  heard.ended = [state, id, stream, cache = entry.cache](const LiveRun::Ended& ended) {
    if (std::string text = stream->finish(); !text.empty()) state->events.output(id, std::move(text));
    RunEnd end;
    try {
      end = state->saver.finish(ended.outcome);
      cache->growth(*end.profile, true);
    } catch (const std::exception& error) {
      // The recording's folder stays, and is packed by the next daemon.
      end = {.profile = ended.outcome.profile,
             .file = {},
             .notes = {},
             .message = std::string("The run could not be kept: ") + error.what(),
             .exit_status = exitStatusOf(ended.outcome)};
    }
    state->ends.add(id, std::move(end));
    state->postIfAlive([](State& alive) { alive.takeEnds(); });
  };
  Result<std::unique_ptr<LiveRun>> run = LiveRun::start(std::move(options), std::move(heard));
  if (!run.ok()) {
    store.skip();
    return run.error();
  }
  StartedRun started{id, (*run)->pid(), (*run)->command()};
  entry.title = titleOf(started.command);
  entry.file = (*run)->recording();
  entry.run = std::move(run).value();
  store.add(std::move(entry));
  select(id);
  return started;
}

Result<void> Server::stop(HeldId run) {
  HeldEntry* entry = state_->store.find(run);
  if (entry == nullptr) return notHeld(run);
  if (entry->run) entry->run->stop();
  return {};
}

Result<void> Server::input(HeldId run, std::string_view text) {
  HeldEntry* entry = state_->store.find(run);
  if (entry == nullptr) return notHeld(run);
  if (!entry->run) return Error{"the program has ended; nothing reads what is typed", {}};
  return entry->run->input(text);
}

Result<void> Server::resize(HeldId run, std::uint32_t columns, std::uint32_t rows) {
  HeldEntry* entry = state_->store.find(run);
  if (entry == nullptr) return notHeld(run);
  return entry->run ? entry->run->resize(columns, rows) : Result<void>();
}

bool Server::anyRunning() const {
  const auto& entries = state_->store.entries();
  return std::any_of(entries.begin(), entries.end(),
                     [](const auto& each) { return each.second.run != nullptr; });
}

void Server::stopAll() {
  stopRecovery();
  for (const auto& [id, entry] : state_->store.entries()) {
    if (entry.run) entry.run->stop();
  }
  while (anyRunning()) {
    state_->ends.waitForOne();
    state_->takeEnds();
  }
}

bool Server::State::takeEnds() {
  auto ended = ends.take();
  for (auto& [id, end] : ended) {
    HeldEntry* entry = store.find(id);
    if (entry == nullptr) continue;
    entry->state = HeldState::kFinished;
    entry->profile = std::move(end.profile);
    entry->file = std::move(end.file);
    entry->stamp = FileStamp::of(entry->file);
    entry->message = std::move(end.message);
    entry->notes.insert(entry->notes.end(), end.notes.begin(), end.notes.end());
    entry->exit_status = end.exit_status;
    entry->run.reset();
    events.ended(id);
  }
  tidy();
  return !ended.empty();
}

// ---- Profiles ----

Result<PreparedFile> Server::readFile(const std::string& path, int part, std::stop_token stop,
                                      const std::function<void(ReadProgress)>& progress) {
  const std::string now = afterRecovery(path, stop);
  if (part < 1) return Error{"parts of a file count from 1", path};
  const FileStamp stamp = FileStamp::of(now);
  // The logs that lie beside it have views in a terminal only.
  Result<OpenedFile> read =
      openFile(now, {.import = {.part = part - 1, .stop = stop, .progress = progress}, .join = false});
  if (!read.ok()) return read.error();
  if (!read->profile) {
    return Error{read->kind == FileKind::kJitlog
                     ? "is the log of PyPy's JIT and has no samples that could be shown in an editor; name "
                       "the profile that it lies beside, or see `pyrometer jit FILE` in a terminal"
                     : "is PyPy's text log and has no samples that could be shown in an editor; name the "
                       "profile that it lies beside, or see `pyrometer show FILE` in a terminal",
                 now};
  }
  PreparedFile opened{now, std::move(read->profile), std::make_shared<ProfileCache>(), part, stamp};
  opened.cache->growth(*opened.profile, true, std::move(stop));
  return opened;
}

HeldId Server::hold(PreparedFile opened) {
  if (const auto same = state_->store.findSame(opened.stamp, opened.part)) {
    if (takeBack(*same, std::move(opened)).ok()) state_->select(*same);
    return *same;
  }
  HeldEntry entry;
  entry.profile = std::move(opened.profile);
  entry.cache = std::move(opened.cache);
  entry.title = fileNameOf(opened.path);
  entry.file = std::move(opened.path);
  entry.part = opened.part;
  entry.stamp = opened.stamp;
  const HeldId id = state_->store.add(std::move(entry));
  state_->select(id);
  return id;
}

std::optional<HeldId> Server::selectHeld(const FilePart& file) {
  const auto same = state_->store.findSame(FileStamp::of(file.path), file.part);
  if (!same || state_->store.find(*same)->away) return std::nullopt;
  state_->select(*same);
  return same;
}

Result<void> Server::close(HeldId id) {
  HeldEntry* entry = state_->store.find(id);
  if (entry == nullptr) return notHeld(id);
  if (entry->run) return Error{"the program still runs; stop it first", {}};
  state_->store.erase(id);
  state_->forget(id);
  if (state_->store.selected() == id) state_->select(std::nullopt);
  return {};
}

std::vector<HeldProfile> Server::list() const {
  std::vector<HeldProfile> list;
  const auto& entries = state_->store.entries();
  for (auto each = entries.rbegin(); each != entries.rend(); ++each) {
    list.push_back(describe(each->first, each->second, state_->store.selected() == each->first));
  }
  return list;
}

Result<HeldProfile> Server::find(HeldId id) const {
  const HeldEntry* entry = state_->store.find(id);
  if (entry == nullptr) return notHeld(id);
  return describe(id, *entry, state_->store.selected() == id);
}

Result<void> Server::select(std::optional<HeldId> id) {
  if (id) {
    const HeldEntry* entry = state_->store.find(*id);
    if (entry == nullptr) return notHeld(*id);
    if (entry->away) return isAway(*id);
  }
  state_->select(id);
  return {};
}

std::optional<FilePart> Server::putAway(HeldId id) const {
  const HeldEntry* entry = state_->store.find(id);
  if (entry == nullptr || !entry->away) return std::nullopt;
  return FilePart{entry->file, entry->part};
}

Result<void> Server::takeBack(HeldId id, PreparedFile opened) {
  HeldEntry* entry = state_->store.find(id);
  if (entry == nullptr) return notHeld(id);
  if (!entry->away) return {};
  if (entry->stamp != opened.stamp) {
    return Error{"the file has changed since it was read; open it again", entry->file};
  }
  entry->profile = std::move(opened.profile);
  entry->cache = std::move(opened.cache);
  entry->away.reset();
  return {};
}

void Server::setMostIdleBytes(std::size_t bytes) {
  state_->store.setMostIdleBytes(bytes);
  state_->tidy();
}

std::optional<HeldId> Server::selected() const { return state_->store.selected(); }

// ---- Documents ----

void Server::didOpen(const std::string& uri, std::int64_t version, std::string text) {
  state_->documents.open(uri, version, std::move(text));
}

Result<void> Server::didChange(const std::string& uri, std::int64_t version,
                               const std::vector<TextChange>& changes) {
  return state_->documents.change(uri, version, changes);
}

void Server::didClose(const std::string& uri) { state_->documents.close(uri); }

std::vector<std::string> Server::openDocuments() const {
  std::vector<std::string> uris;
  for (const auto& [key, document] : state_->documents.all()) uris.push_back(document.uri());
  return uris;
}

// ---- Questions ----

/// What documents know of a profile.
void Server::State::forget(HeldId id) {
  documents.forget(id);
  for (auto& [path, file] : on_disk) file.document->forget(id);
}

void Server::State::tidy() {
  for (const HeldId id : store.tidy()) forget(id);
}

void Server::State::select(std::optional<HeldId> id) {
  store.select(id);
  if (HeldEntry* entry = id ? store.find(*id) : nullptr) store.use(*entry);
  tidy();
}

/// Open, or from disk. Null if there is neither.
Document* Server::State::documentOf(const std::string& uri, const std::string& path) {
  if (Document* open = documents.find(uri)) return open;
  constexpr std::size_t kMostOnDisk = 16;
  const FileStamp stamp = FileStamp::of(path);
  const auto found = on_disk.find(path);
  if (found != on_disk.end() && found->second.stamp == stamp && stamp.settled()) {
    return found->second.document.get();
  }
  on_disk.erase(path);
  auto bytes = bytesOnDisk(path);
  if (!bytes) return nullptr;
  if (on_disk.size() >= kMostOnDisk) on_disk.erase(on_disk.begin());
  FileOnDisk& file = on_disk[path];
  file = {stamp, std::make_unique<Document>(uri, 0, textOf(std::move(*bytes)), documents.encoding())};
  return file.document.get();
}

std::shared_ptr<const OpenFiles> Server::State::openFiles(HeldId id, HeldEntry& entry,
                                                          const std::shared_ptr<const Profile>& profile) {
  auto open = std::make_shared<OpenFiles>();
  for (auto& [key, document] : documents.all()) {
    if (!document.inStep() || !key.starts_with('/')) continue;
    const auto file = fileOf(entry, *profile, key);
    if (file) (*open)[*file] = {document.uri(), document.mapTo(id, *file, entry.cache->text(profile, *file))};
  }
  return open;
}

Result<ProfileView> Server::State::view(HeldId id) {
  HeldEntry* entry = store.find(id);
  if (entry == nullptr) return notHeld(id);
  if (entry->away) return isAway(id);
  store.use(*entry);
  ProfileView view;
  view.held_ = describe(id, *entry, store.selected() == id);
  view.cache_ = entry->cache;
  view.open_ = openFiles(id, *entry, view.held_.profile);
  view.my_code_ = settings.my_code;
  return view;
}

Result<ProfileView> Server::view(std::optional<HeldId> id) const {
  if (!id) id = state_->store.selected();
  if (!id) return Error{"no profile is selected; run a program or open a file first", "profile"};
  return state_->view(*id);
}

Result<DocumentView> Server::document(const std::string& uri, std::optional<HeldId> id) const {
  DocumentView view;
  view.encoding_ = encoding();
  Document* open = state_->documents.find(uri);
  if (open != nullptr) view.version_ = open->version();
  if (!id) id = state_->store.selected();
  if (!id) return view;
  Result<ProfileView> profile = state_->view(*id);
  if (!profile.ok()) return profile.error();
  view.view_ = std::move(profile).value();
  const auto path = pathOfUri(uri);
  if (!path || (open != nullptr && !open->inStep())) return view;
  HeldEntry& entry = *state_->store.find(*id);
  const std::shared_ptr<const Profile>& held = view.view_->held().profile;
  view.file_ = fileOf(entry, *held, *path);
  if (!view.file_) return view;
  Document* document = state_->documentOf(uri, *path);
  if (document == nullptr) {
    view.file_.reset();
    return view;
  }
  view.map_ = document->mapTo(*id, *view.file_, entry.cache->text(held, *view.file_));
  return view;
}

std::optional<PlaceInText> Server::placeInText(const std::string& uri, const TextPosition& cursor) const {
  const auto path = pathOfUri(uri);
  Document* document = path ? state_->documentOf(uri, *path) : state_->documents.find(uri);
  if (document == nullptr || !document->inStep() || cursor.line >= document->text().lines().size()) {
    return std::nullopt;
  }
  PlaceInText place{.line = cursor.line};
  if (const Definition* around = innermostAt(document->definitions(), cursor.line))
    place.definition = *around;
  const std::string& line = document->text().lines().at(cursor.line).text;
  place.on_lambda = wordAt(line, byteAt(line, cursor.character, encoding())) == "lambda";
  return place;
}

}  // namespace pyrometer
