#include "daemon/server/editor_profiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <memory>
#include <utility>

#include "daemon/rpc/binder.h"
#include "daemon/server/convert.h"
#include "daemon/support/file_uri.h"

namespace pyrometer {
namespace {

Result<std::vector<FunctionId>> pathOf(const ProfileView& view,
                                       const std::optional<std::vector<std::uint64_t>>& path) {
  std::vector<FunctionId> functions;
  for (std::size_t i = 0; path && i < path->size(); ++i) {
    const Result<FunctionId> function = view.functionOf((*path)[i]);
    if (!function.ok()) return Error{function.error().message, fmt::format("params.path[{}]", i)};
    functions.push_back(*function);
  }
  return functions;
}

Result<std::uint32_t> sizeOf(std::optional<std::uint64_t> size, std::uint32_t usual, std::uint32_t most,
                             const char* field) {
  if (!size) return usual;
  if (*size == 0 || *size > most) return Error{fmt::format("must be 1 to {}", most), field};
  return static_cast<std::uint32_t>(*size);
}

constexpr std::uint32_t kMostPixels = 100'000, kMostLevels = 10'000;

}  // namespace

EditorProfiles::EditorProfiles(Server& server, Refresher& refresher, WorkProgress& progress,
                               rpc::TaskQueue& strand, rpc::Pool& pool)
    : server_(server), refresher_(refresher), progress_(progress), strand_(strand), pool_(pool) {}

Result<ProfileView> EditorProfiles::view(std::optional<std::uint64_t> number) const {
  const Result<std::optional<HeldId>> id = heldIdOf(number);
  if (!id.ok()) return id.error();
  return server_.view(*id);
}

void EditorProfiles::open(const protocol::OpenParams& params, std::stop_token stop,
                          std::function<void(const Result<protocol::Profile>&)> answer) {
  Result<std::string> path = filePathOf(params.uri, "params.uri");
  if (!path.ok()) return answer(path.error());
  const std::uint64_t part = params.part.value_or(1);
  if (part == 0 || part > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) {
    return answer(Error{"must be 1 or more", "params.part"});
  }
  const FilePart file{std::move(*path), static_cast<int>(part)};
  if (const std::optional<HeldId> held = server_.selectHeld(file)) return answer(shown(*held));
  read(file, params.workDoneToken, stop, [this, answer = std::move(answer)](Result<PreparedFile> opened) {
    if (!opened.ok()) return answer(opened.error());
    answer(shown(server_.hold(std::move(opened).value())));
  });
}

/// A file that is being read. Cancelled with the request or by the button of its progress.
struct EditorProfiles::Reading {
  explicit Reading(const std::stop_token& request) : with_request(request, [this] { stop.request_stop(); }) {}

  std::stop_source stop;
  std::stop_callback<std::function<void()>> with_request;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
  std::atomic<bool> told = false;  ///< news of it are on their way to the strand
  // On the strand:
  WorkProgress::Id progress = 0;  ///< 0: none yet
  bool over = false;
};

void EditorProfiles::read(const FilePart& file, const std::optional<protocol::Any>& token,
                          const std::stop_token& stop, std::function<void(Result<PreparedFile>)> then) {
  const auto reading = std::make_shared<Reading>(stop);
  if (token) show(reading, file, token);
  pool_.post([this, file, reading, then = std::move(then)] {
    const auto progress = [&](ReadProgress far) {
      if (far.size == 0 || reading->told.exchange(true)) return;
      strand_.post([this, reading, file, percent = far.read * 100 / far.size] {
        reading->told = false;
        report(reading, file, percent);
      });
    };
    auto opened = std::make_shared<Result<PreparedFile>>(
        Server::readFile(file.path, file.part, reading->stop.get_token(), progress));
    strand_.post([this, reading, then, opened] {
      reading->over = true;
      if (reading->progress != 0)
        progress_.end(reading->progress, opened->ok() ? "" : opened->error().message);
      then(reading->stop.stop_requested() ? rpc::cancelledByUser() : std::move(*opened));
    });
  });
}

void EditorProfiles::show(const std::shared_ptr<Reading>& reading, const FilePart& file,
                          const std::optional<protocol::Any>& token) {
  reading->progress = progress_.begin({.title = "Reading " + file.path.substr(file.path.rfind('/') + 1),
                                       .token = token,
                                       .cancel = [weak = std::weak_ptr(reading)] {
                                         if (const auto alive = weak.lock()) alive->stop.request_stop();
                                       }});
}

void EditorProfiles::report(const std::shared_ptr<Reading>& reading, const FilePart& file,
                            std::uint64_t percent) {
  constexpr std::chrono::milliseconds kPatience{500};  // what is over by then needs no progress
  if (reading->over) return;
  if (reading->progress == 0) {
    if (std::chrono::steady_clock::now() - reading->begun < kPatience) return;
    show(reading, file, std::nullopt);
  }
  progress_.report(reading->progress, {}, percent);
}

Result<protocol::Profile> EditorProfiles::shown(HeldId id) {
  refresher_.refresh();
  const Result<HeldProfile> held = server_.find(id);
  if (!held.ok()) return held.error();
  return protocolOf(held.value());
}

Result<protocol::Empty> EditorProfiles::close(const protocol::ProfileParams& params, std::stop_token) {
  const Result<std::optional<HeldId>> named = heldIdOf(params.profile);
  if (!named.ok()) return named.error();
  const std::optional<HeldId> id = *named ? *named : server_.selected();
  if (!id) return Error{"no profile is selected; say which", "params.profile"};
  const Result<void> closed = server_.close(*id);
  if (!closed.ok()) return closed.error();
  refresher_.refresh();
  return protocol::Empty{};
}

Result<protocol::ProfilesResult> EditorProfiles::profiles(const protocol::Empty&, std::stop_token) {
  protocol::ProfilesResult result;
  for (const HeldProfile& held : server_.list()) result.profiles.push_back(protocolOf(held));
  return result;
}

void EditorProfiles::select(const protocol::SelectParams& params, std::stop_token stop,
                            std::function<void(const Result<protocol::ProfilesResult>&)> answer) {
  const Result<std::optional<HeldId>> id = heldIdOf(params.profile);
  if (!id.ok()) return answer(id.error());
  const std::optional<FilePart> away = *id ? server_.putAway(**id) : std::nullopt;
  if (!away) return answer(selectHeld(*id));
  read(*away, params.workDoneToken, stop,
       [this, id = *id, answer = std::move(answer)](Result<PreparedFile> opened) {
         if (!opened.ok()) return answer(opened.error());
         const Result<void> back = server_.takeBack(*id, std::move(opened).value());
         if (!back.ok()) return answer(back.error());
         answer(selectHeld(id));
       });
}

Result<protocol::ProfilesResult> EditorProfiles::selectHeld(std::optional<HeldId> id) {
  const Result<void> selected = server_.select(id);
  if (!selected.ok()) return selected.error();
  refresher_.refresh();
  return profiles({}, {});
}

EditorProfiles::Work<protocol::FunctionsResult> EditorProfiles::functions(
    const protocol::FunctionsParams& params, std::stop_token stop) {
  Result<ProfileView> view = this->view(params.profile);
  if (!view.ok()) return view.error();
  Result<Filter> filter = filterOf(params.filter, view->profile());
  if (!filter.ok()) return filter.error();
  const Result<std::size_t> limit = pageLimitOf(params.limit);
  if (!limit.ok()) return limit.error();
  FunctionsQuestion question;
  question.filter = std::move(*filter);
  question.order = params.order == protocol::TableOrder::kTotal ? TableOrder::kTotal : TableOrder::kSelf;
  question.search = params.search.value_or("");
  question.offset = params.offset.value_or(0);
  question.limit = *limit;
  return std::function([view = std::move(*view), question, stop]() -> Result<protocol::FunctionsResult> {
    const FunctionPage page = view.functions(question, stop);
    protocol::FunctionsResult result;
    result.profile = numberOf(view.id());
    result.count = page.count;
    result.samples = page.all.count;
    result.time = page.all.weight;
    for (const FunctionPage::Row& row : page.rows) result.rows.push_back(protocolOf(row));
    return result;
  });
}

EditorProfiles::Work<protocol::CallTreeResult> EditorProfiles::callTree(
    const protocol::CallTreeParams& params, std::stop_token stop) {
  Result<ProfileView> view = this->view(params.profile);
  if (!view.ok()) return view.error();
  Result<Filter> filter = filterOf(params.filter, view->profile());
  if (!filter.ok()) return filter.error();
  Result<std::vector<FunctionId>> path = pathOf(*view, params.path);
  if (!path.ok()) return path.error();
  const Result<std::size_t> limit = pageLimitOf(params.limit);
  if (!limit.ok()) return limit.error();
  TreeQuestion question;
  question.filter = std::move(*filter);
  question.inverted = params.inverted.value_or(false);
  question.path = std::move(*path);
  question.offset = params.offset.value_or(0);
  question.limit = *limit;
  return std::function([view = std::move(*view), question, stop]() -> Result<protocol::CallTreeResult> {
    const Result<TreePage> page = view.callTree(question, stop);
    if (!page.ok()) return page.error();
    protocol::CallTreeResult result;
    result.profile = numberOf(view.id());
    result.count = page.value().count;
    result.samples = page.value().all.count;
    result.time = page.value().all.weight;
    for (const TreePage::Row& row : page.value().rows) result.nodes.push_back(protocolOf(row));
    return result;
  });
}

EditorProfiles::Work<protocol::FlameResult> EditorProfiles::flame(const protocol::FlameParams& params,
                                                                  std::stop_token stop) {
  Result<ProfileView> view = this->view(params.profile);
  if (!view.ok()) return view.error();
  Result<Filter> filter = filterOf(params.filter, view->profile());
  if (!filter.ok()) return filter.error();
  Result<std::vector<FunctionId>> path = pathOf(*view, params.path);
  if (!path.ok()) return path.error();
  FlameQuestion question;
  const Result<std::uint32_t> width = sizeOf(params.width, question.width, kMostPixels, "params.width");
  if (!width.ok()) return width.error();
  const Result<std::uint32_t> depth = sizeOf(params.depth, question.depth, kMostLevels, "params.depth");
  if (!depth.ok()) return depth.error();
  question.filter = std::move(*filter);
  question.inverted = params.inverted.value_or(false);
  question.path = std::move(*path);
  question.width = *width;
  question.depth = *depth;
  return std::function([view = std::move(*view), question, stop]() -> Result<protocol::FlameResult> {
    const Result<FlamePicture> picture = view.flame(question, stop);
    if (!picture.ok()) return picture.error();
    return protocolOf(view.id(), picture.value());
  });
}

EditorProfiles::Work<protocol::TimelineResult> EditorProfiles::timeline(
    const protocol::TimelineParams& params, std::stop_token stop) {
  Result<ProfileView> view = this->view(params.profile);
  if (!view.ok()) return view.error();
  constexpr std::uint32_t kUsual = 200;
  const Result<std::uint32_t> slots =
      sizeOf(params.slots, kUsual, static_cast<std::uint32_t>(kMostSlots), "params.slots");
  if (!slots.ok()) return slots.error();
  return std::function([view = std::move(*view), from = params.from, to = params.to, slots = *slots,
                        stop]() -> Result<protocol::TimelineResult> {
    return protocolOf(view, view.timeline(from, to, slots, stop));
  });
}

void EditorProfiles::exportTo(const protocol::ExportParams& params, std::stop_token,
                              std::function<void(const Result<protocol::ExportResult>&)> answer) {
  Result<ProfileView> view = this->view(params.profile);
  if (!view.ok()) return answer(view.error());
  Result<std::string> path = filePathOf(params.uri, "params.uri");
  if (!path.ok()) return answer(path.error());
  pool_.post([answer = std::move(answer), view = std::move(*view), format = params.format,
              path = std::move(*path)]() -> void {
    const Result<ExportedFile> written = view.exportTo(format, path);
    if (!written.ok()) return answer(written.error());
    answer(protocol::ExportResult{.uri = fileUri(written.value().path), .notes = written.value().notes});
  });
}

}  // namespace pyrometer
