#include "daemon/server/editor_runs.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "daemon/doctor/doctor.h"
#include "daemon/server/commands.h"
#include "daemon/server/convert.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

/// "1 234 samples, hottest: line 12 of app.py with 34.5 %"
std::string progressText(const Profile& profile, const std::optional<HotPlace>& hottest) {
  std::string text = countText(profile.sampleCount()) + " samples";
  if (hottest) {
    const std::string file = hottest->uri.substr(hottest->uri.rfind('/') + 1);
    text +=
        fmt::format(", hottest: line {} of {} with {}", hottest->line + 1, file, percentText(hottest->share));
  }
  return text;
}

std::string uriArgument(const protocol::ExecuteCommandParams& params) {
  if (!params.arguments || params.arguments->empty()) return {};
  return params.arguments->front().asString().value_or("");
}

}  // namespace

EditorRuns::EditorRuns(Server& server, Client& client, Refresher& refresher, WorkProgress& progress)
    : server_(server), client_(client), refresher_(refresher), progress_(progress) {}

Result<protocol::RunResult> EditorRuns::run(const protocol::RunParams& params, std::stop_token) {
  const Result<RunRequest> request = runRequestOf(params);
  if (!request.ok()) return request.error();
  return begun(server_.start(*request), {.program = params.program.value_or("")}, params.workDoneToken);
}

Result<protocol::RunResult> EditorRuns::attach(const protocol::AttachParams& params, std::stop_token) {
  const Result<AttachRequest> request = attachRequestOf(params);
  if (!request.ok()) return request.error();
  return begun(server_.attach(*request), {}, params.workDoneToken);
}

Result<std::function<Result<protocol::DoctorResult>()>> EditorRuns::doctor(
    const protocol::DoctorParams& params, std::stop_token) {
  return std::function<Result<protocol::DoctorResult>()>(
      [python = params.python.value_or(server_.settings().python)]() -> Result<protocol::DoctorResult> {
        protocol::DoctorResult result;
        for (const Finding& finding : examineMachine(python)) result.findings.push_back(protocolOf(finding));
        return result;
      });
}

Result<protocol::RunResult> EditorRuns::begun(const Result<StartedRun>& started, Running running,
                                              const std::optional<protocol::Any>& token) {
  if (!started.ok()) return started.error();
  const HeldId id = started.value().id;
  const Result<HeldProfile> held = server_.find(id);
  running.progress =
      progress_.begin({.title = "Profiling " + (held.ok() ? held.value().title : std::string()),
                       .token = token,
                       .asks = running.by_command,
                       .cancel = [this, id] { static_cast<void>(server_.stop(id).ok()); }});
  running_[id] = std::move(running);
  return protocol::RunResult{
      .run = numberOf(id), .pid = started.value().pid, .command = started.value().command};
}

Result<protocol::Empty> EditorRuns::stop(const protocol::RunIdParams& params, std::stop_token) {
  const Result<HeldId> id = heldIdOf(params.run, "params.run");
  if (!id.ok()) return id.error();
  const Result<void> stopped = server_.stop(*id);
  if (!stopped.ok()) return stopped.error();
  return protocol::Empty{};
}

Result<protocol::Empty> EditorRuns::input(const protocol::InputParams& params, std::stop_token) {
  const Result<HeldId> id = heldIdOf(params.run, "params.run");
  if (!id.ok()) return id.error();
  if (params.columns.has_value() != params.rows.has_value()) {
    return Error{"a size has both `columns` and `rows`", "params"};
  }
  if (params.columns) {
    constexpr std::uint64_t kMost = 10'000;
    if (*params.columns == 0 || *params.columns > kMost || *params.rows == 0 || *params.rows > kMost) {
      return Error{"a terminal has 1 to 10000 columns and rows", "params"};
    }
    const Result<void> resized = server_.resize(*id, static_cast<std::uint32_t>(*params.columns),
                                                static_cast<std::uint32_t>(*params.rows));
    if (!resized.ok()) return resized.error();
  }
  if (params.text) {
    const Result<void> typed = server_.input(*id, *params.text);
    if (!typed.ok()) return typed.error();
  }
  return protocol::Empty{};
}

Result<protocol::Any> EditorRuns::executeCommand(const protocol::ExecuteCommandParams& params,
                                                 std::stop_token) {
  const std::string uri = uriArgument(params);
  if (params.command == kProfileFileCommand) return profileFile(params, uri);
  if (params.command == kStopCommand) {
    stopAllOf(uri);
    return protocol::Any();
  }
  if (params.command == kClearCommand) {
    clear();
    return protocol::Any();
  }
  return Error{fmt::format("there is no command '{}'", params.command), "params.command"};
}

Result<protocol::Any> EditorRuns::profileFile(const protocol::ExecuteCommandParams& params,
                                              const std::string& uri) {
  if (uri.empty()) return Error{"the first argument must be the URI of a Python file", "params.arguments[0]"};
  Result<std::string> path = filePathOf(uri, "params.arguments[0]");
  if (!path.ok()) return path.error();
  RunRequest request;
  request.program = std::move(*path);
  const auto started =
      begun(server_.start(request), {.program = uri, .by_command = true}, params.workDoneToken);
  if (!started.ok()) return started.error();
  return protocol::toAny(started.value());
}

/// Clients that draw by themselves hear of it too: the profile is not the selected one any more.
void EditorRuns::clear() {
  const std::optional<HeldId> shown = server_.selected();
  if (!shown || !server_.select(std::nullopt).ok()) return;
  if (const Result<ProfileView> view = server_.view(shown); view.ok()) {
    tellChanged(view.value().held(), view.value());
  }
  refresher_.refresh();
}

/// Without a URI, all that run.
void EditorRuns::stopAllOf(const std::string& uri) {
  for (const auto& [id, running] : running_) {
    if (uri.empty() || running.program == uri) static_cast<void>(server_.stop(id).ok());
  }
}

void EditorRuns::changed(HeldId id) {
  const Result<ProfileView> view = server_.view(id);
  if (!view.ok()) return;
  tellChanged(view.value().held(), view.value());
  if (view.value().held().selected) refresher_.mayRefresh();
}

void EditorRuns::ended(HeldId id) {
  const auto found = running_.find(id);
  const Running running = found == running_.end() ? Running() : std::move(found->second);
  if (found != running_.end()) running_.erase(found);
  const Result<ProfileView> view = server_.view(id);
  if (!view.ok()) return;
  const HeldProfile& held = view.value().held();
  tellChanged(held, view.value());
  progress_.end(running.progress, held.message);
  if (running.by_command && !held.message.empty()) {
    client_.notify<protocol::ShowMessageNotification>(
        {.type = protocol::MessageType::kInfo, .message = held.message});
  }
  if (held.selected) refresher_.refresh();
}

void EditorRuns::tellChanged(const HeldProfile& held, const ProfileView& view) {
  const std::optional<HotPlace> hottest = view.hottestLine();
  protocol::ProfileChangedParams params;
  params.profile = numberOf(held.id);
  params.state = protocolOf(held.state);
  params.selected = held.selected;
  params.samples = held.profile->sampleCount();
  params.exitStatus = held.exit_status;
  if (hottest) {
    params.hotLine = protocol::HotLine{
        .uri = hottest->uri, .line = hottest->line, .share = hottest->share, .text = hottest->text};
  }
  if (!held.message.empty()) params.message = held.message;
  client_.notifyLatest<protocol::ProfileChangedNotification>(
      "profileChanged " + std::to_string(params.profile), params);
  const auto running = running_.find(held.id);
  if (running != running_.end())
    progress_.report(running->second.progress, progressText(*held.profile, hottest));
}

}  // namespace pyrometer
