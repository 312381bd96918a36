#include "daemon/server/editor_handlers.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/rpc/binder.h"
#include "daemon/server/editor_calls.h"
#include "daemon/server/editor_documents.h"
#include "daemon/server/editor_profiles.h"
#include "daemon/server/editor_runs.h"
#include "daemon/server/refresher.h"
#include "daemon/server/work_progress.h"
#include "protocol/json.h"
#include "protocol/messages.h"

namespace pyrometer {
namespace {

struct Wire {
  template <class T>
  static Result<T> read(const nlohmann::json& json) {
    return protocol::fromJson<T>(json);
  }
  template <class T>
  static nlohmann::json write(const T& value) {
    return protocol::toJson(value);
  }
};

}  // namespace

struct EditorHandlers::Parts {
  Parts(Server& server, Client& to, rpc::TaskQueue& strand, rpc::Pool& pool, EditorLifecycle::Hooks hooks)
      : client(to),
        refresher(client),
        progress(client),
        lifecycle(server, client, refresher, progress, std::move(hooks)),
        runs(server, client, refresher, progress),
        profiles(server, refresher, progress, strand, pool),
        documents(server, client, lifecycle),
        calls(server),
        binder(pool) {
    bind();
  }

  /// All methods there are, but `$/cancelRequest`, which the connection deals with.
  void bind() {
    binder.onAct<protocol::InitializeRequest>(lifecycle, &EditorLifecycle::initialize);
    binder.onNotification<protocol::InitializedNotification>(lifecycle, &EditorLifecycle::initialized);
    binder.onAct<protocol::ShutdownRequest>(lifecycle, &EditorLifecycle::shutdown);
    binder.onNotification<protocol::ExitNotification>(lifecycle, &EditorLifecycle::exit);
    binder.onNotification<protocol::SetTraceNotification>(lifecycle, &EditorLifecycle::setTrace);
    binder.onNotification<protocol::DidChangeConfigurationNotification>(
        lifecycle, &EditorLifecycle::didChangeConfiguration);
    binder.onNotification<protocol::DidChangeWorkspaceFoldersNotification>(
        lifecycle, &EditorLifecycle::didChangeWorkspaceFolders);

    binder.onAct<protocol::RunRequest>(runs, &EditorRuns::run);
    binder.onAct<protocol::AttachRequest>(runs, &EditorRuns::attach);
    binder.onPool<protocol::DoctorRequest>(runs, &EditorRuns::doctor);
    binder.onAct<protocol::StopRequest>(runs, &EditorRuns::stop);
    binder.onAct<protocol::InputRequest>(runs, &EditorRuns::input);
    binder.onAct<protocol::ExecuteCommandRequest>(runs, &EditorRuns::executeCommand);
    binder.onNotification<protocol::WorkDoneProgressCancelNotification>(progress, &WorkProgress::cancel);

    binder.onSteps<protocol::OpenRequest>(profiles, &EditorProfiles::open);
    binder.onAct<protocol::CloseRequest>(profiles, &EditorProfiles::close);
    binder.on<protocol::ProfilesRequest>(profiles, &EditorProfiles::profiles);
    binder.onSteps<protocol::SelectRequest>(profiles, &EditorProfiles::select);
    binder.onPool<protocol::FunctionsRequest>(profiles, &EditorProfiles::functions);
    binder.onPool<protocol::CallTreeRequest>(profiles, &EditorProfiles::callTree);
    binder.onPool<protocol::FlameRequest>(profiles, &EditorProfiles::flame);
    binder.onPool<protocol::TimelineRequest>(profiles, &EditorProfiles::timeline);
    binder.onSteps<protocol::ExportRequest>(profiles, &EditorProfiles::exportTo);

    binder.onNotification<protocol::DidOpenNotification>(documents, &EditorDocuments::didOpen);
    binder.onNotification<protocol::DidChangeNotification>(documents, &EditorDocuments::didChange);
    binder.onNotification<protocol::DidCloseNotification>(documents, &EditorDocuments::didClose);
    binder.onNotification<protocol::DidSaveNotification>(documents, &EditorDocuments::didSave);
    binder.onPool<protocol::LineHeatRequest>(documents, &EditorDocuments::lineHeat);
    binder.onPool<protocol::InlayHintRequest>(documents, &EditorDocuments::inlayHint);
    binder.on<protocol::HoverRequest>(documents, &EditorDocuments::hover);
    binder.on<protocol::CodeLensRequest>(documents, &EditorDocuments::codeLens);
    binder.on<protocol::CodeActionRequest>(documents, &EditorDocuments::codeAction);

    binder.on<protocol::PrepareCallHierarchyRequest>(calls, &EditorCalls::prepare);
    binder.onPool<protocol::IncomingCallsRequest>(calls, &EditorCalls::incoming);
    binder.onPool<protocol::OutgoingCallsRequest>(calls, &EditorCalls::outgoing);
  }

  Client& client;
  Refresher refresher;
  WorkProgress progress;
  EditorLifecycle lifecycle;
  EditorRuns runs;
  EditorProfiles profiles;
  EditorDocuments documents;
  EditorCalls calls;
  rpc::Binder<Wire> binder;
};

EditorHandlers::EditorHandlers(Server& server, Client& client, rpc::TaskQueue& strand, rpc::Pool& pool,
                               EditorLifecycle::Hooks hooks)
    : parts_(std::make_unique<Parts>(server, client, strand, pool, std::move(hooks))) {}

EditorHandlers::~EditorHandlers() = default;

void EditorHandlers::request(const std::string& method, const nlohmann::json& params, rpc::ReplyOnce reply) {
  if (const auto refusal = parts_->lifecycle.refuse(method))
    return reply.fail(refusal->code, refusal->message);
  parts_->binder.request(method, params, std::move(reply));
}

void EditorHandlers::notification(const std::string& method, const nlohmann::json& params) {
  if (!parts_->lifecycle.heeds(method)) return;
  const Result<void> taken = parts_->binder.notification(method, params);
  if (!taken.ok()) {
    parts_->client.log(protocol::MessageType::kWarning, method + ": " + taken.error().text());
  }
}

void EditorHandlers::changed(HeldId id) { parts_->runs.changed(id); }

void EditorHandlers::ended(HeldId id) { parts_->runs.ended(id); }

bool EditorHandlers::shutDown() const { return parts_->lifecycle.shutDown(); }

}  // namespace pyrometer
