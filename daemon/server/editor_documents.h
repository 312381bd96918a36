#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

#include "daemon/server/client.h"
#include "daemon/server/editor_lifecycle.h"
#include "daemon/server/server.h"
#include "protocol/messages.h"

namespace pyrometer {

/// Documents: kept in step, and what the selected profile says about them. Handlers run on the strand; what
/// they return as work runs on the pool.
class EditorDocuments {
 public:
  template <class T>
  using Work = Result<std::function<Result<T>()>>;
  template <class T>
  using Maybe = std::optional<T>;

  EditorDocuments(Server& server, Client& client, const EditorLifecycle& lifecycle);

  void didOpen(const protocol::DidOpenTextDocumentParams& params);
  void didChange(const protocol::DidChangeTextDocumentParams& params);
  void didClose(const protocol::DidCloseTextDocumentParams& params);
  /// What is on disk is looked at whenever it is asked about.
  void didSave(const protocol::DidSaveTextDocumentParams&) {}

  Work<protocol::LineHeatResult> lineHeat(const protocol::LineHeatParams& params, std::stop_token stop);
  Work<Maybe<std::vector<protocol::InlayHint>>> inlayHint(const protocol::InlayHintParams& params,
                                                          std::stop_token stop);
  Result<Maybe<protocol::Hover>> hover(const protocol::TextDocumentPositionParams& params, std::stop_token);
  Result<Maybe<std::vector<protocol::CodeLens>>> codeLens(const protocol::CodeLensParams& params,
                                                          std::stop_token);
  Result<Maybe<std::vector<protocol::CodeAction>>> codeAction(const protocol::CodeActionParams& params,
                                                              std::stop_token);

 private:
  Server& server_;
  Client& client_;
  const EditorLifecycle& lifecycle_;
};

}  // namespace pyrometer
