#include "daemon/server/editor_lifecycle.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/server/commands.h"
#include "daemon/server/convert.h"
#include "daemon/server/refresher.h"
#include "daemon/server/work_progress.h"
#include "daemon/support/file_uri.h"

namespace pyrometer {
namespace {

constexpr const char* kSection = "pyrometer";

bool contains(const std::optional<std::vector<std::string>>& list, std::string_view word) {
  return list && std::ranges::find(*list, word) != list->end();
}

ClientFeatures featuresOf(const protocol::InitializeParams& params) {
  ClientFeatures features;
  if (params.initializationOptions) {
    features.paints_heat = contains(params.initializationOptions->paints, "heat");
  }
  if (const auto& workspace = params.capabilities.workspace) {
    const auto refreshes = [](const std::optional<protocol::RefreshCapability>& capability) {
      return capability && capability->refreshSupport.value_or(false);
    };
    features.refreshes_hints = refreshes(workspace->inlayHint);
    features.refreshes_lenses = refreshes(workspace->codeLens);
    features.answers_configuration = workspace->configuration.value_or(false);
    features.registers_configuration = workspace->didChangeConfiguration &&
                                       workspace->didChangeConfiguration->dynamicRegistration.value_or(false);
  }
  if (const auto& window = params.capabilities.window) {
    features.shows_progress = window->workDoneProgress.value_or(false);
  }
  if (const auto& document = params.capabilities.textDocument) {
    if (document->hover && document->hover->contentFormat) {
      features.reads_markdown = contains(document->hover->contentFormat, "markdown");
    }
    features.takes_code_actions = document->codeAction && document->codeAction->codeActionLiteralSupport;
  }
  return features;
}

/// Folders that are files' folders; others (a remote workspace) are of no use to programs that run here.
std::vector<std::string> foldersOf(const protocol::InitializeParams& params) {
  std::vector<std::string> folders;
  const auto add = [&](const std::optional<std::string>& path) {
    if (path && path->starts_with('/')) folders.push_back(*path);
  };
  if (params.workspaceFolders) {
    for (const protocol::WorkspaceFolder& folder : *params.workspaceFolders) add(pathOfUri(folder.uri));
  }
  if (folders.empty() && params.rootUri) add(pathOfUri(*params.rootUri));
  if (folders.empty()) add(params.rootPath);
  return folders;
}

}  // namespace

EditorLifecycle::EditorLifecycle(Server& server, Client& client, Refresher& refresher, WorkProgress& progress,
                                 Hooks hooks)
    : server_(server),
      client_(client),
      refresher_(refresher),
      progress_(progress),
      hooks_(std::move(hooks)) {}

std::optional<EditorLifecycle::Refusal> EditorLifecycle::refuse(const std::string& method) const {
  const bool begins = method == protocol::InitializeRequest::kMethod;
  switch (state_) {
    case State::kNew:
      if (begins) return std::nullopt;
      return Refusal{rpc::ErrorCode::kServerNotInitialized, "the first request must be initialize"};
    case State::kInitialized:
      if (!begins) return std::nullopt;
      return Refusal{rpc::ErrorCode::kInvalidRequest, "initialize was answered already; it comes once"};
    case State::kShutDown:
      return Refusal{rpc::ErrorCode::kInvalidRequest, "after shutdown only exit may come"};
  }
  return std::nullopt;
}

bool EditorLifecycle::heeds(const std::string& notification) const {
  return state_ == State::kInitialized || notification == protocol::ExitNotification::kMethod;
}

Result<protocol::InitializeResult> EditorLifecycle::initialize(const protocol::InitializeParams& params,
                                                               std::stop_token) {
  features_ = featuresOf(params);
  refresher_.setFeatures(features_);
  progress_.setFeatures(features_);
  server_.setWorkspaceFolders(foldersOf(params));
  if (params.initializationOptions && params.initializationOptions->settings) {
    static_cast<void>(applySettings(*params.initializationOptions->settings));
    was_told_settings_ = true;
  }
  if (params.processId) hooks_.watch_process(*params.processId);

  protocol::InitializeResult result;
  protocol::ServerCapabilities& to = result.capabilities;
  to.positionEncoding = chooseEncoding(params.capabilities);
  to.textDocumentSync =
      protocol::TextDocumentSyncOptions{.openClose = true,
                                        .change = protocol::TextDocumentSyncKind::kIncremental,
                                        .save = protocol::SaveOptions{.includeText = false}};
  to.hoverProvider = true;
  to.codeActionProvider = true;
  to.codeLensProvider = protocol::CodeLensOptions{.resolveProvider = false};
  to.executeCommandProvider =
      protocol::ExecuteCommandOptions{.commands = {kProfileFileCommand, kStopCommand, kClearCommand}};
  to.callHierarchyProvider = true;
  to.inlayHintProvider = true;
  to.workspace =
      protocol::WorkspaceServerCapabilities{.workspaceFolders = protocol::WorkspaceFoldersServerCapabilities{
                                                .supported = true, .changeNotifications = true}};
  result.serverInfo = protocol::ProgramInfo{.name = "pyrometer", .version = PYROMETER_VERSION};
  state_ = State::kInitialized;
  return result;
}

std::string EditorLifecycle::chooseEncoding(const protocol::ClientCapabilities& capabilities) {
  struct Choice {
    const char* name;
    PositionEncoding encoding;
  };
  // What we hold is UTF-8, so that costs the least; UTF-16 is what every client must know.
  for (const Choice& choice :
       {Choice{"utf-8", PositionEncoding::kUtf8}, Choice{"utf-32", PositionEncoding::kUtf32}}) {
    if (!capabilities.general || !contains(capabilities.general->positionEncodings, choice.name)) continue;
    server_.setEncoding(choice.encoding);
    return choice.name;
  }
  server_.setEncoding(PositionEncoding::kUtf16);
  return "utf-16";
}

void EditorLifecycle::initialized(const protocol::InitializedParams&) {
  server_.recoverLeft([this](const std::optional<std::string>& name) { tellRecovery(name); });
  if (features_.registers_configuration) {
    client_.ask<protocol::RegisterCapabilityRequest>(
        {.registrations = {{.id = "pyrometer.settings",
                            .method = protocol::DidChangeConfigurationNotification::kMethod,
                            .registerOptions = protocol::Any(R"({"section":"pyrometer"})")}}},
        [](const Result<protocol::Null>&) {});
  }
  // Who has told its settings in initialize will tell when they change.
  if (!was_told_settings_) pullSettings();
}

Result<protocol::Null> EditorLifecycle::shutdown(const protocol::Null&, std::stop_token) {
  state_ = State::kShutDown;
  // Stopping begins now and goes on while the answer travels; `exit` waits for its end.
  for (const HeldProfile& held : server_.list()) {
    if (held.state == HeldState::kRunning) static_cast<void>(server_.stop(held.id).ok());
  }
  return protocol::Null{};
}

void EditorLifecycle::exit(const protocol::Null&) { hooks_.end(shutDown()); }

void EditorLifecycle::didChangeConfiguration(const protocol::DidChangeConfigurationParams& params) {
  if (!params.settings || params.settings->isNull()) return pullSettings();
  const auto settings = protocol::fromAny<protocol::SettingsSection>(*params.settings, "settings");
  if (!settings.ok()) return client_.log(protocol::MessageType::kWarning, settings.error().text());
  if (settings->pyrometer) {
    if (applySettings(*settings->pyrometer)) refresher_.refresh();
  } else if (!was_told_settings_) {
    // Clients that know of no section tell only that something has changed.
    pullSettings();
  }
}

void EditorLifecycle::didChangeWorkspaceFolders(const protocol::DidChangeWorkspaceFoldersParams& params) {
  std::vector<std::string> folders = server_.workspaceFolders();
  for (const protocol::WorkspaceFolder& removed : params.event.removed) {
    if (const auto path = pathOfUri(removed.uri)) std::erase(folders, *path);
  }
  for (const protocol::WorkspaceFolder& added : params.event.added) {
    const auto path = pathOfUri(added.uri);
    if (path && std::ranges::find(folders, *path) == folders.end()) folders.push_back(*path);
  }
  server_.setWorkspaceFolders(std::move(folders));
}

/// Rare, and it may take a while: a daemon died during long runs.
void EditorLifecycle::tellRecovery(const std::optional<std::string>& name) {
  if (!name) {
    progress_.end(std::exchange(recovery_, 0), {});
    return;
  }
  if (recovery_ == 0) {
    recovery_ = progress_.begin({.title = "Recovering recordings that were left behind",
                                 .cancel = [this] { server_.stopRecovery(); }});
  }
  progress_.report(recovery_, *name);
}

void EditorLifecycle::pullSettings() {
  if (!features_.answers_configuration) return;
  client_.ask<protocol::ConfigurationRequest>(
      {.items = {{.scopeUri = {}, .section = kSection}}},
      [this](const Result<std::vector<protocol::Any>>& answer) {
        if (!answer.ok() || answer.value().empty() || answer.value().front().isNull()) return;
        const auto settings = protocol::fromAny<protocol::Settings>(answer.value().front(), kSection);
        if (!settings.ok()) return client_.log(protocol::MessageType::kWarning, settings.error().text());
        if (applySettings(settings.value())) refresher_.refresh();
      });
}

bool EditorLifecycle::applySettings(const protocol::Settings& settings) {
  Result<ServerSettings> changed = settingsOf(settings, server_.settings());
  if (!changed.ok()) {
    client_.log(protocol::MessageType::kWarning, changed.error().text());
    return false;
  }
  server_.setSettings(std::move(*changed));
  return true;
}

}  // namespace pyrometer
