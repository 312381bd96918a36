// Made by protocol/generate.py of protocol/schema.json and protocol/lsp.json. Change those, and run it again.
#include <nlohmann/json.hpp>

#include "protocol/json_definitions.h"
#include "protocol/messages.h"

namespace pyrometer::protocol {
namespace conversion {

template <>
struct Words<MessageType> {
  static constexpr bool kNumbers = true;
  static constexpr Word kWords[] = {
      {"error", static_cast<int>(MessageType::kError)},
      {"warning", static_cast<int>(MessageType::kWarning)},
      {"info", static_cast<int>(MessageType::kInfo)},
      {"log", static_cast<int>(MessageType::kLog)},
  };
};

template <>
struct Words<TextDocumentSyncKind> {
  static constexpr bool kNumbers = true;
  static constexpr Word kWords[] = {
      {"none", static_cast<int>(TextDocumentSyncKind::kNone)},
      {"full", static_cast<int>(TextDocumentSyncKind::kFull)},
      {"incremental", static_cast<int>(TextDocumentSyncKind::kIncremental)},
  };
};

template <>
struct Words<SymbolKind> {
  static constexpr bool kNumbers = true;
  static constexpr Word kWords[] = {
      {"file", static_cast<int>(SymbolKind::kFile)},
      {"module", static_cast<int>(SymbolKind::kModule)},
      {"class", static_cast<int>(SymbolKind::kClass)},
      {"method", static_cast<int>(SymbolKind::kMethod)},
      {"function", static_cast<int>(SymbolKind::kFunction)},
  };
};

template <>
struct Words<InlayHintKind> {
  static constexpr bool kNumbers = true;
  static constexpr Word kWords[] = {
      {"type", static_cast<int>(InlayHintKind::kType)},
      {"parameter", static_cast<int>(InlayHintKind::kParameter)},
  };
};

template <>
struct Words<MarkupKind> {
  static constexpr bool kNumbers = false;
  static constexpr Word kWords[] = {
      {"plaintext", static_cast<int>(MarkupKind::kPlaintext)},
      {"markdown", static_cast<int>(MarkupKind::kMarkdown)},
  };
};

template <>
struct Words<ProgressKind> {
  static constexpr bool kNumbers = false;
  static constexpr Word kWords[] = {
      {"begin", static_cast<int>(ProgressKind::kBegin)},
      {"report", static_cast<int>(ProgressKind::kReport)},
      {"end", static_cast<int>(ProgressKind::kEnd)},
  };
};

template <>
struct Shape<Settings> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("python", value.python);
    fields("rate", value.rate);
    fields("threshold", value.threshold);
    fields("myCode", value.myCode);
  }
};

template <>
struct Shape<InitializationOptions> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("paints", value.paints);
    fields("settings", value.settings);
  }
};

template <>
struct Shape<Position> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("line", value.line);
    fields("character", value.character);
  }
};

template <>
struct Shape<Range> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("start", value.start);
    fields("end", value.end);
  }
};

template <>
struct Shape<Location> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("range", value.range);
  }
};

template <>
struct Shape<WorkspaceFolder> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("name", value.name);
  }
};

template <>
struct Shape<WorkspaceFoldersChangeEvent> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("added", value.added);
    fields("removed", value.removed);
  }
};

template <>
struct Shape<DidChangeWorkspaceFoldersParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("event", value.event);
  }
};

template <>
struct Shape<WorkspaceFoldersServerCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("supported", value.supported);
    fields("changeNotifications", value.changeNotifications);
  }
};

template <>
struct Shape<WorkspaceServerCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("workspaceFolders", value.workspaceFolders);
  }
};

template <>
struct Shape<ProgramInfo> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("name", value.name);
    fields("version", value.version);
  }
};

template <>
struct Shape<RefreshCapability> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("refreshSupport", value.refreshSupport);
  }
};

template <>
struct Shape<DynamicCapability> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("dynamicRegistration", value.dynamicRegistration);
  }
};

template <>
struct Shape<WorkspaceClientCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("configuration", value.configuration);
    fields("didChangeConfiguration", value.didChangeConfiguration);
    fields("inlayHint", value.inlayHint);
    fields("codeLens", value.codeLens);
  }
};

template <>
struct Shape<WindowClientCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("workDoneProgress", value.workDoneProgress);
  }
};

template <>
struct Shape<GeneralClientCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("positionEncodings", value.positionEncodings);
  }
};

template <>
struct Shape<HoverClientCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("contentFormat", value.contentFormat);
  }
};

template <>
struct Shape<CodeActionClientCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("codeActionLiteralSupport", value.codeActionLiteralSupport);
  }
};

template <>
struct Shape<TextDocumentClientCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("hover", value.hover);
    fields("codeAction", value.codeAction);
  }
};

template <>
struct Shape<ClientCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("workspace", value.workspace);
    fields("textDocument", value.textDocument);
    fields("window", value.window);
    fields("general", value.general);
  }
};

template <>
struct Shape<InitializeParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("processId", value.processId);
    fields("clientInfo", value.clientInfo);
    fields("rootPath", value.rootPath);
    fields("rootUri", value.rootUri);
    fields("initializationOptions", value.initializationOptions);
    fields("capabilities", value.capabilities);
    fields("workspaceFolders", value.workspaceFolders);
    fields("workDoneToken", value.workDoneToken);
  }
};

template <>
struct Shape<SaveOptions> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("includeText", value.includeText);
  }
};

template <>
struct Shape<TextDocumentSyncOptions> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("openClose", value.openClose);
    fields("change", value.change);
    fields("save", value.save);
  }
};

template <>
struct Shape<CodeLensOptions> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("resolveProvider", value.resolveProvider);
  }
};

template <>
struct Shape<ExecuteCommandOptions> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("commands", value.commands);
  }
};

template <>
struct Shape<ServerCapabilities> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("positionEncoding", value.positionEncoding);
    fields("textDocumentSync", value.textDocumentSync);
    fields("hoverProvider", value.hoverProvider);
    fields("codeActionProvider", value.codeActionProvider);
    fields("codeLensProvider", value.codeLensProvider);
    fields("executeCommandProvider", value.executeCommandProvider);
    fields("callHierarchyProvider", value.callHierarchyProvider);
    fields("inlayHintProvider", value.inlayHintProvider);
    fields("workspace", value.workspace);
  }
};

template <>
struct Shape<InitializeResult> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("capabilities", value.capabilities);
    fields("serverInfo", value.serverInfo);
  }
};

template <>
struct Shape<TextDocumentItem> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("languageId", value.languageId);
    fields("version", value.version);
    fields("text", value.text);
  }
};

template <>
struct Shape<TextDocumentIdentifier> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
  }
};

template <>
struct Shape<VersionedTextDocumentIdentifier> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("uri", value.uri);
    fields("version", value.version);
  }
};

template <>
struct Shape<DidOpenTextDocumentParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
  }
};

template <>
struct Shape<TextDocumentContentChangeEvent> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("range", value.range);
    fields("rangeLength", value.rangeLength);
    fields("text", value.text);
  }
};

template <>
struct Shape<DidChangeTextDocumentParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
    fields("contentChanges", value.contentChanges);
  }
};

template <>
struct Shape<DidCloseTextDocumentParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
  }
};

template <>
struct Shape<DidSaveTextDocumentParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
    fields("text", value.text);
  }
};

template <>
struct Shape<InlayHintParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
    fields("range", value.range);
  }
};

template <>
struct Shape<MarkupContent> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("kind", value.kind);
    fields("value", value.value);
  }
};

template <>
struct Shape<InlayHint> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("position", value.position);
    fields("label", value.label);
    fields("kind", value.kind);
    fields("tooltip", value.tooltip);
    fields("paddingLeft", value.paddingLeft);
    fields("paddingRight", value.paddingRight);
  }
};

template <>
struct Shape<TextDocumentPositionParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
    fields("position", value.position);
  }
};

template <>
struct Shape<Hover> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("contents", value.contents);
    fields("range", value.range);
  }
};

template <>
struct Shape<CodeLensParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
  }
};

template <>
struct Shape<Command> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("title", value.title);
    fields("command", value.command);
    fields("arguments", value.arguments);
  }
};

template <>
struct Shape<CodeLens> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("range", value.range);
    fields("command", value.command);
    fields("data", value.data);
  }
};

template <>
struct Shape<CallHierarchyItem> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("name", value.name);
    fields("kind", value.kind);
    fields("detail", value.detail);
    fields("uri", value.uri);
    fields("range", value.range);
    fields("selectionRange", value.selectionRange);
    fields("data", value.data);
  }
};

template <>
struct Shape<CallHierarchyCallsParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("item", value.item);
  }
};

template <>
struct Shape<CallHierarchyIncomingCall> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("from", value.from);
    fields("fromRanges", value.fromRanges);
  }
};

template <>
struct Shape<CallHierarchyOutgoingCall> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("to", value.to);
    fields("fromRanges", value.fromRanges);
  }
};

template <>
struct Shape<CodeActionContext> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("only", value.only);
    fields("diagnostics", value.diagnostics);
  }
};

template <>
struct Shape<CodeActionParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("textDocument", value.textDocument);
    fields("range", value.range);
    fields("context", value.context);
  }
};

template <>
struct Shape<CodeAction> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("title", value.title);
    fields("kind", value.kind);
    fields("command", value.command);
  }
};

template <>
struct Shape<ExecuteCommandParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("command", value.command);
    fields("arguments", value.arguments);
    fields("workDoneToken", value.workDoneToken);
  }
};

template <>
struct Shape<DidChangeConfigurationParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("settings", value.settings);
  }
};

template <>
struct Shape<ConfigurationItem> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("scopeUri", value.scopeUri);
    fields("section", value.section);
  }
};

template <>
struct Shape<ConfigurationParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("items", value.items);
  }
};

template <>
struct Shape<Registration> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("id", value.id);
    fields("method", value.method);
    fields("registerOptions", value.registerOptions);
  }
};

template <>
struct Shape<RegistrationParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("registrations", value.registrations);
  }
};

template <>
struct Shape<WorkDoneProgressCreateParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("token", value.token);
  }
};

template <>
struct Shape<WorkDoneProgressCancelParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("token", value.token);
  }
};

template <>
struct Shape<WorkDoneProgress> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("kind", value.kind);
    fields("title", value.title);
    fields("cancellable", value.cancellable);
    fields("message", value.message);
    fields("percentage", value.percentage);
  }
};

template <>
struct Shape<ProgressParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("token", value.token);
    fields("value", value.value);
  }
};

template <>
struct Shape<CancelParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("id", value.id);
  }
};

template <>
struct Shape<SetTraceParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("value", value.value);
  }
};

template <>
struct Shape<MessageParams> {
  template <class Fields, class Value>
  static void visit(Fields& fields, Value& value) {
    fields("type", value.type);
    fields("message", value.message);
  }
};

template <>
struct Shape<InitializedParams> {
  template <class Fields, class Value>
  static void visit(Fields& /*fields*/, Value& /*value*/) {}
};

}  // namespace conversion

template Result<Position> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Position&);
template Result<Position> fromAny(const Any&, std::string_view);
template Any toAny(const Position&);
template Result<Range> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Range&);
template Result<Range> fromAny(const Any&, std::string_view);
template Any toAny(const Range&);
template Result<Location> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Location&);
template Result<Location> fromAny(const Any&, std::string_view);
template Any toAny(const Location&);
template Result<WorkspaceFoldersChangeEvent> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkspaceFoldersChangeEvent&);
template Result<WorkspaceFoldersChangeEvent> fromAny(const Any&, std::string_view);
template Any toAny(const WorkspaceFoldersChangeEvent&);
template Result<DidChangeWorkspaceFoldersParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DidChangeWorkspaceFoldersParams&);
template Result<DidChangeWorkspaceFoldersParams> fromAny(const Any&, std::string_view);
template Any toAny(const DidChangeWorkspaceFoldersParams&);
template Result<WorkspaceFoldersServerCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkspaceFoldersServerCapabilities&);
template Result<WorkspaceFoldersServerCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const WorkspaceFoldersServerCapabilities&);
template Result<WorkspaceServerCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkspaceServerCapabilities&);
template Result<WorkspaceServerCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const WorkspaceServerCapabilities&);
template Result<WorkspaceFolder> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkspaceFolder&);
template Result<WorkspaceFolder> fromAny(const Any&, std::string_view);
template Any toAny(const WorkspaceFolder&);
template Result<ProgramInfo> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ProgramInfo&);
template Result<ProgramInfo> fromAny(const Any&, std::string_view);
template Any toAny(const ProgramInfo&);
template Result<RefreshCapability> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const RefreshCapability&);
template Result<RefreshCapability> fromAny(const Any&, std::string_view);
template Any toAny(const RefreshCapability&);
template Result<DynamicCapability> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DynamicCapability&);
template Result<DynamicCapability> fromAny(const Any&, std::string_view);
template Any toAny(const DynamicCapability&);
template Result<WorkspaceClientCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkspaceClientCapabilities&);
template Result<WorkspaceClientCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const WorkspaceClientCapabilities&);
template Result<WindowClientCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WindowClientCapabilities&);
template Result<WindowClientCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const WindowClientCapabilities&);
template Result<GeneralClientCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const GeneralClientCapabilities&);
template Result<GeneralClientCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const GeneralClientCapabilities&);
template Result<HoverClientCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const HoverClientCapabilities&);
template Result<HoverClientCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const HoverClientCapabilities&);
template Result<CodeActionClientCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CodeActionClientCapabilities&);
template Result<CodeActionClientCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const CodeActionClientCapabilities&);
template Result<TextDocumentClientCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TextDocumentClientCapabilities&);
template Result<TextDocumentClientCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const TextDocumentClientCapabilities&);
template Result<ClientCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ClientCapabilities&);
template Result<ClientCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const ClientCapabilities&);
template Result<InitializeParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const InitializeParams&);
template Result<InitializeParams> fromAny(const Any&, std::string_view);
template Any toAny(const InitializeParams&);
template Result<SaveOptions> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const SaveOptions&);
template Result<SaveOptions> fromAny(const Any&, std::string_view);
template Any toAny(const SaveOptions&);
template Result<TextDocumentSyncOptions> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TextDocumentSyncOptions&);
template Result<TextDocumentSyncOptions> fromAny(const Any&, std::string_view);
template Any toAny(const TextDocumentSyncOptions&);
template Result<CodeLensOptions> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CodeLensOptions&);
template Result<CodeLensOptions> fromAny(const Any&, std::string_view);
template Any toAny(const CodeLensOptions&);
template Result<ExecuteCommandOptions> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ExecuteCommandOptions&);
template Result<ExecuteCommandOptions> fromAny(const Any&, std::string_view);
template Any toAny(const ExecuteCommandOptions&);
template Result<ServerCapabilities> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ServerCapabilities&);
template Result<ServerCapabilities> fromAny(const Any&, std::string_view);
template Any toAny(const ServerCapabilities&);
template Result<InitializeResult> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const InitializeResult&);
template Result<InitializeResult> fromAny(const Any&, std::string_view);
template Any toAny(const InitializeResult&);
template Result<TextDocumentItem> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TextDocumentItem&);
template Result<TextDocumentItem> fromAny(const Any&, std::string_view);
template Any toAny(const TextDocumentItem&);
template Result<TextDocumentIdentifier> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TextDocumentIdentifier&);
template Result<TextDocumentIdentifier> fromAny(const Any&, std::string_view);
template Any toAny(const TextDocumentIdentifier&);
template Result<VersionedTextDocumentIdentifier> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const VersionedTextDocumentIdentifier&);
template Result<VersionedTextDocumentIdentifier> fromAny(const Any&, std::string_view);
template Any toAny(const VersionedTextDocumentIdentifier&);
template Result<DidOpenTextDocumentParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DidOpenTextDocumentParams&);
template Result<DidOpenTextDocumentParams> fromAny(const Any&, std::string_view);
template Any toAny(const DidOpenTextDocumentParams&);
template Result<TextDocumentContentChangeEvent> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TextDocumentContentChangeEvent&);
template Result<TextDocumentContentChangeEvent> fromAny(const Any&, std::string_view);
template Any toAny(const TextDocumentContentChangeEvent&);
template Result<DidChangeTextDocumentParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DidChangeTextDocumentParams&);
template Result<DidChangeTextDocumentParams> fromAny(const Any&, std::string_view);
template Any toAny(const DidChangeTextDocumentParams&);
template Result<DidCloseTextDocumentParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DidCloseTextDocumentParams&);
template Result<DidCloseTextDocumentParams> fromAny(const Any&, std::string_view);
template Any toAny(const DidCloseTextDocumentParams&);
template Result<DidSaveTextDocumentParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DidSaveTextDocumentParams&);
template Result<DidSaveTextDocumentParams> fromAny(const Any&, std::string_view);
template Any toAny(const DidSaveTextDocumentParams&);
template Result<InlayHintParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const InlayHintParams&);
template Result<InlayHintParams> fromAny(const Any&, std::string_view);
template Any toAny(const InlayHintParams&);
template Result<InlayHint> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const InlayHint&);
template Result<InlayHint> fromAny(const Any&, std::string_view);
template Any toAny(const InlayHint&);
template Result<MarkupContent> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const MarkupContent&);
template Result<MarkupContent> fromAny(const Any&, std::string_view);
template Any toAny(const MarkupContent&);
template Result<TextDocumentPositionParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const TextDocumentPositionParams&);
template Result<TextDocumentPositionParams> fromAny(const Any&, std::string_view);
template Any toAny(const TextDocumentPositionParams&);
template Result<Hover> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Hover&);
template Result<Hover> fromAny(const Any&, std::string_view);
template Any toAny(const Hover&);
template Result<CodeLensParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CodeLensParams&);
template Result<CodeLensParams> fromAny(const Any&, std::string_view);
template Any toAny(const CodeLensParams&);
template Result<Command> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Command&);
template Result<Command> fromAny(const Any&, std::string_view);
template Any toAny(const Command&);
template Result<CodeLens> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CodeLens&);
template Result<CodeLens> fromAny(const Any&, std::string_view);
template Any toAny(const CodeLens&);
template Result<CallHierarchyItem> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CallHierarchyItem&);
template Result<CallHierarchyItem> fromAny(const Any&, std::string_view);
template Any toAny(const CallHierarchyItem&);
template Result<CallHierarchyCallsParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CallHierarchyCallsParams&);
template Result<CallHierarchyCallsParams> fromAny(const Any&, std::string_view);
template Any toAny(const CallHierarchyCallsParams&);
template Result<CallHierarchyIncomingCall> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CallHierarchyIncomingCall&);
template Result<CallHierarchyIncomingCall> fromAny(const Any&, std::string_view);
template Any toAny(const CallHierarchyIncomingCall&);
template Result<CallHierarchyOutgoingCall> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CallHierarchyOutgoingCall&);
template Result<CallHierarchyOutgoingCall> fromAny(const Any&, std::string_view);
template Any toAny(const CallHierarchyOutgoingCall&);
template Result<CodeActionContext> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CodeActionContext&);
template Result<CodeActionContext> fromAny(const Any&, std::string_view);
template Any toAny(const CodeActionContext&);
template Result<CodeActionParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CodeActionParams&);
template Result<CodeActionParams> fromAny(const Any&, std::string_view);
template Any toAny(const CodeActionParams&);
template Result<CodeAction> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CodeAction&);
template Result<CodeAction> fromAny(const Any&, std::string_view);
template Any toAny(const CodeAction&);
template Result<ExecuteCommandParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ExecuteCommandParams&);
template Result<ExecuteCommandParams> fromAny(const Any&, std::string_view);
template Any toAny(const ExecuteCommandParams&);
template Result<DidChangeConfigurationParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const DidChangeConfigurationParams&);
template Result<DidChangeConfigurationParams> fromAny(const Any&, std::string_view);
template Any toAny(const DidChangeConfigurationParams&);
template Result<ConfigurationItem> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ConfigurationItem&);
template Result<ConfigurationItem> fromAny(const Any&, std::string_view);
template Any toAny(const ConfigurationItem&);
template Result<ConfigurationParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ConfigurationParams&);
template Result<ConfigurationParams> fromAny(const Any&, std::string_view);
template Any toAny(const ConfigurationParams&);
template Result<Registration> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Registration&);
template Result<Registration> fromAny(const Any&, std::string_view);
template Any toAny(const Registration&);
template Result<RegistrationParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const RegistrationParams&);
template Result<RegistrationParams> fromAny(const Any&, std::string_view);
template Any toAny(const RegistrationParams&);
template Result<WorkDoneProgressCreateParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkDoneProgressCreateParams&);
template Result<WorkDoneProgressCreateParams> fromAny(const Any&, std::string_view);
template Any toAny(const WorkDoneProgressCreateParams&);
template Result<WorkDoneProgressCancelParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkDoneProgressCancelParams&);
template Result<WorkDoneProgressCancelParams> fromAny(const Any&, std::string_view);
template Any toAny(const WorkDoneProgressCancelParams&);
template Result<WorkDoneProgress> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const WorkDoneProgress&);
template Result<WorkDoneProgress> fromAny(const Any&, std::string_view);
template Any toAny(const WorkDoneProgress&);
template Result<ProgressParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const ProgressParams&);
template Result<ProgressParams> fromAny(const Any&, std::string_view);
template Any toAny(const ProgressParams&);
template Result<CancelParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const CancelParams&);
template Result<CancelParams> fromAny(const Any&, std::string_view);
template Any toAny(const CancelParams&);
template Result<SetTraceParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const SetTraceParams&);
template Result<SetTraceParams> fromAny(const Any&, std::string_view);
template Any toAny(const SetTraceParams&);
template Result<MessageParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const MessageParams&);
template Result<MessageParams> fromAny(const Any&, std::string_view);
template Any toAny(const MessageParams&);
template Result<InitializedParams> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const InitializedParams&);
template Result<InitializedParams> fromAny(const Any&, std::string_view);
template Any toAny(const InitializedParams&);
template Result<Null> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Null&);
template Result<Null> fromAny(const Any&, std::string_view);
template Any toAny(const Null&);
template Result<std::optional<std::vector<InlayHint>>> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const std::optional<std::vector<InlayHint>>&);
template Result<std::optional<std::vector<InlayHint>>> fromAny(const Any&, std::string_view);
template Any toAny(const std::optional<std::vector<InlayHint>>&);
template Result<std::optional<Hover>> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const std::optional<Hover>&);
template Result<std::optional<Hover>> fromAny(const Any&, std::string_view);
template Any toAny(const std::optional<Hover>&);
template Result<std::optional<std::vector<CodeLens>>> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const std::optional<std::vector<CodeLens>>&);
template Result<std::optional<std::vector<CodeLens>>> fromAny(const Any&, std::string_view);
template Any toAny(const std::optional<std::vector<CodeLens>>&);
template Result<std::optional<std::vector<CallHierarchyItem>>> fromJson(const nlohmann::json&,
                                                                        std::string_view);
template nlohmann::json toJson(const std::optional<std::vector<CallHierarchyItem>>&);
template Result<std::optional<std::vector<CallHierarchyItem>>> fromAny(const Any&, std::string_view);
template Any toAny(const std::optional<std::vector<CallHierarchyItem>>&);
template Result<std::optional<std::vector<CallHierarchyIncomingCall>>> fromJson(const nlohmann::json&,
                                                                                std::string_view);
template nlohmann::json toJson(const std::optional<std::vector<CallHierarchyIncomingCall>>&);
template Result<std::optional<std::vector<CallHierarchyIncomingCall>>> fromAny(const Any&, std::string_view);
template Any toAny(const std::optional<std::vector<CallHierarchyIncomingCall>>&);
template Result<std::optional<std::vector<CallHierarchyOutgoingCall>>> fromJson(const nlohmann::json&,
                                                                                std::string_view);
template nlohmann::json toJson(const std::optional<std::vector<CallHierarchyOutgoingCall>>&);
template Result<std::optional<std::vector<CallHierarchyOutgoingCall>>> fromAny(const Any&, std::string_view);
template Any toAny(const std::optional<std::vector<CallHierarchyOutgoingCall>>&);
template Result<std::optional<std::vector<CodeAction>>> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const std::optional<std::vector<CodeAction>>&);
template Result<std::optional<std::vector<CodeAction>>> fromAny(const Any&, std::string_view);
template Any toAny(const std::optional<std::vector<CodeAction>>&);
template Result<Any> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const Any&);
template Result<Any> fromAny(const Any&, std::string_view);
template Any toAny(const Any&);
template Result<std::vector<Any>> fromJson(const nlohmann::json&, std::string_view);
template nlohmann::json toJson(const std::vector<Any>&);
template Result<std::vector<Any>> fromAny(const Any&, std::string_view);
template Any toAny(const std::vector<Any>&);

}  // namespace pyrometer::protocol
