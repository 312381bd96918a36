#include "daemon/server/editor_documents.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "daemon/server/commands.h"
#include "daemon/server/convert.h"
#include "daemon/server/hover_text.h"
#include "daemon/support/file_uri.h"

namespace pyrometer {
namespace {

constexpr std::string_view kActionKind = "source";

/// Kinds are paths: "source" is wanted by who asks for "source" or for everything, "source.organizeImports"
/// is another.
bool wantsActions(const protocol::CodeActionContext& context) {
  return !context.only || std::ranges::find(*context.only, kActionKind) != context.only->end();
}

bool isWithin(const protocol::Position& position, const protocol::Range& range) {
  const auto place = [](const protocol::Position& p) { return std::pair(p.line, p.character); };
  return place(range.start) <= place(position) && place(position) <= place(range.end);
}

protocol::CodeAction action(const char* title, const char* command, const std::string& uri) {
  return {.title = title,
          .kind = std::string(kActionKind),
          .command = protocol::Command{
              .title = title, .command = command, .arguments = {{protocol::Any::ofString(uri)}}}};
}

}  // namespace

EditorDocuments::EditorDocuments(Server& server, Client& client, const EditorLifecycle& lifecycle)
    : server_(server), client_(client), lifecycle_(lifecycle) {}

void EditorDocuments::didOpen(const protocol::DidOpenTextDocumentParams& params) {
  const protocol::TextDocumentItem& document = params.textDocument;
  server_.didOpen(document.uri, document.version, document.text);
}

void EditorDocuments::didChange(const protocol::DidChangeTextDocumentParams& params) {
  const Result<void> changed = server_.didChange(params.textDocument.uri, params.textDocument.version,
                                                 changesOf(params.contentChanges));
  if (!changed.ok()) client_.log(protocol::MessageType::kWarning, changed.error().text());
}

void EditorDocuments::didClose(const protocol::DidCloseTextDocumentParams& params) {
  server_.didClose(params.textDocument.uri);
}

EditorDocuments::Work<protocol::LineHeatResult> EditorDocuments::lineHeat(
    const protocol::LineHeatParams& params, std::stop_token stop) {
  const Result<std::optional<HeldId>> id = heldIdOf(params.profile);
  if (!id.ok()) return id.error();
  Result<DocumentView> document = server_.document(params.uri, *id);
  if (!document.ok()) return document.error();
  Filter filter;
  if (const ProfileView* view = document->profileView()) {
    Result<Filter> read = filterOf(params.filter, view->profile());
    if (!read.ok()) return read.error();
    filter = std::move(*read);
  }
  return std::function([document = std::move(*document), filter = std::move(filter),
                        stop]() -> Result<protocol::LineHeatResult> {
    const DocumentHeat heat = document.heat(filter, stop);
    protocol::LineHeatResult result;
    if (const std::optional<HeldId> profile = document.profileId()) result.profile = numberOf(*profile);
    result.version = document.version();
    for (const DocumentLine& line : heat.lines) result.lines.push_back(protocolOf(line));
    result.fileShare = heat.file_share;
    result.lost = heat.lost;
    result.memory = heat.memory;
    return result;
  });
}

EditorDocuments::Work<std::optional<std::vector<protocol::InlayHint>>> EditorDocuments::inlayHint(
    const protocol::InlayHintParams& params, std::stop_token stop) {
  using Answer = std::optional<std::vector<protocol::InlayHint>>;
  if (lifecycle_.features().paints_heat) {
    return std::function([]() -> Result<Answer> { return Answer(); });
  }
  Result<DocumentView> document = server_.document(params.textDocument.uri);
  if (!document.ok()) return document.error();
  return std::function([document = std::move(*document), range = params.range,
                        threshold = server_.settings().threshold / 100, stop]() -> Result<Answer> {
    std::vector<protocol::InlayHint> hints;
    for (const DocumentLine& line : document.heat({}, stop).lines) {
      if (line.heat.share < threshold || line.text.empty()) continue;
      if (!isWithin({.line = line.line, .character = line.end}, range)) continue;
      hints.push_back(
          {.position = {.line = line.line, .character = line.end}, .label = line.text, .paddingLeft = true});
    }
    return Answer(std::move(hints));
  });
}

Result<std::optional<protocol::Hover>> EditorDocuments::hover(
    const protocol::TextDocumentPositionParams& params, std::stop_token) {
  using Answer = std::optional<protocol::Hover>;
  const Result<DocumentView> document = server_.document(params.textDocument.uri);
  if (!document.ok()) return document.error();
  const ProfileView* view = document.value().profileView();
  if (view == nullptr || params.position.line >= UINT32_MAX) return Answer();
  const auto place = static_cast<std::uint32_t>(params.position.line);
  const std::optional<DocumentLine> line = document.value().heatAt(place);
  const auto in_text = server_.placeInText(params.textDocument.uri, positionOf(params.position));
  const auto function = in_text ? document.value().functionAt(*in_text) : std::optional<DocumentFunction>();
  // Lines without samples have nothing to say, but for a function's first, where the function is.
  if (!line && !(function && function->first == place && !function->anonymous)) return Answer();
  const bool markdown = lifecycle_.features().reads_markdown;
  return Answer(
      {.contents = {.kind = markdown ? protocol::MarkupKind::kMarkdown : protocol::MarkupKind::kPlaintext,
                    .value = hoverText(*view, line, function, markdown)},
       .range = wholeLine(place)});
}

Result<std::optional<std::vector<protocol::CodeLens>>> EditorDocuments::codeLens(
    const protocol::CodeLensParams& params, std::stop_token) {
  const Result<DocumentView> document = server_.document(params.textDocument.uri);
  if (!document.ok()) return document.error();
  std::vector<protocol::CodeLens> lenses;
  for (const DocumentFunction& function : document.value().functions()) {
    if (function.anonymous) continue;
    // A command without a name is a text that cannot be clicked.
    lenses.push_back({.range = {.start = {.line = function.first, .character = 0},
                                .end = {.line = function.first, .character = function.first_end}},
                      .command = protocol::Command{.title = lensText(function), .command = ""}});
  }
  return std::optional(std::move(lenses));
}

Result<std::optional<std::vector<protocol::CodeAction>>> EditorDocuments::codeAction(
    const protocol::CodeActionParams& params, std::stop_token) {
  std::vector<protocol::CodeAction> actions;
  if (!lifecycle_.features().takes_code_actions || !wantsActions(params.context)) {
    return std::optional(std::move(actions));
  }
  const std::string& uri = params.textDocument.uri;
  if (pathOfUri(uri)) actions.push_back(action("Profile this file", kProfileFileCommand, uri));
  if (server_.anyRunning()) actions.push_back(action("Stop the profiled program", kStopCommand, uri));
  if (server_.selected()) actions.push_back(action("Clear heat", kClearCommand, uri));
  return std::optional(std::move(actions));
}

}  // namespace pyrometer
