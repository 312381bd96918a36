#include "daemon/server/editor_calls.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>
#include <utility>

#include "daemon/server/convert.h"
#include "daemon/server/hover_text.h"
#include "daemon/support/figures.h"

namespace pyrometer {
namespace {

protocol::SymbolKind kindOf(const std::string& name) {
  if (name == "<module>") return protocol::SymbolKind::kModule;
  const std::size_t dot = name.rfind('.');
  // "outer.<locals>.inner" is a function, "Class.method" a method.
  const bool is_method = dot != std::string::npos && dot != 0 && name[dot - 1] != '>';
  return is_method ? protocol::SymbolKind::kMethod : protocol::SymbolKind::kFunction;
}

protocol::Any dataOf(HeldId profile, FunctionId function) {
  return protocol::Any::ofString(fmt::format("{}:{}", numberOf(profile), index(function)));
}

struct Data {
  std::uint64_t profile = 0, function = 0;
};
std::optional<Data> readData(const std::optional<protocol::Any>& any) {
  const std::optional<std::string> text = any ? any->asString() : std::nullopt;
  if (!text) return std::nullopt;
  Data data;
  const char* end = text->data() + text->size();
  const auto profile = std::from_chars(text->data(), end, data.profile);
  if (profile.ec != std::errc() || profile.ptr == end || *profile.ptr != ':') return std::nullopt;
  const auto function = std::from_chars(profile.ptr + 1, end, data.function);
  if (function.ec != std::errc() || function.ptr != end) return std::nullopt;
  return data;
}

/// A caller or callee. What has no place in a file (native code) is shown where it is called.
protocol::CallHierarchyItem itemOf(const ProfileView& view, const CallPartner& partner,
                                   const protocol::CallHierarchyItem& asked) {
  const FunctionPlace& place = partner.place;
  protocol::CallHierarchyItem item;
  item.name = place.name;
  item.kind = kindOf(place.name);
  item.detail =
      fmt::format("{} of its time, {} samples", percentText(partner.share), countText(partner.samples));
  if (place.native) item.detail = *item.detail + ", native";
  item.data = dataOf(view.id(), place.function);
  if (place.uri) {
    item.uri = *place.uri;
    item.range = wholeLine(place.line.value_or(0));
  } else {
    item.uri = asked.uri;
    item.range = partner.sites.empty() ? asked.selectionRange : wholeLine(partner.sites.front());
  }
  item.selectionRange = item.range;
  return item;
}

std::vector<protocol::Range> rangesOf(const std::vector<std::uint32_t>& sites) {
  std::vector<protocol::Range> ranges;
  for (const std::uint32_t site : sites) ranges.push_back(wholeLine(site));
  return ranges;
}

}  // namespace

Result<std::optional<std::vector<protocol::CallHierarchyItem>>> EditorCalls::prepare(
    const protocol::TextDocumentPositionParams& params, std::stop_token) {
  using Answer = std::optional<std::vector<protocol::CallHierarchyItem>>;
  const Result<DocumentView> document = server_.document(params.textDocument.uri);
  if (!document.ok()) return document.error();
  const ProfileView* view = document.value().profileView();
  const auto place = server_.placeInText(params.textDocument.uri, positionOf(params.position));
  if (view == nullptr || !place) return Answer();
  const auto function = document.value().functionAt(*place);
  if (!function) return Answer();
  protocol::CallHierarchyItem item;
  item.name = function->name;
  item.kind = kindOf(function->name);
  item.detail = lensText(*function);
  item.uri = params.textDocument.uri;
  item.range = {.start = {.line = function->first, .character = 0},
                .end = {.line = std::uint64_t{function->last} + 1, .character = 0}};
  item.selectionRange = {.start = {.line = function->first, .character = 0},
                         .end = {.line = function->first, .character = function->first_end}};
  item.data = dataOf(view->id(), function->function);
  return Answer({std::move(item)});
}

Result<EditorCalls::Asked> EditorCalls::find(const protocol::CallHierarchyItem& item) const {
  if (const std::optional<Data> data = readData(item.data)) {
    const Result<HeldId> id = heldIdOf(data->profile, "params.item.data");
    if (!id.ok()) return id.error();
    Result<ProfileView> view = server_.view(*id);
    if (!view.ok()) return view.error();
    const Result<FunctionId> function = view->functionOf(data->function);
    if (!function.ok()) return function.error();
    return Asked{std::move(*view), *function};
  }
  const Result<DocumentView> document = server_.document(item.uri);
  if (!document.ok()) return document.error();
  const TextPosition start = positionOf(item.selectionRange.start);
  auto function = document.value().functionNamed(item.name, start.line);
  if (const auto place = server_.placeInText(item.uri, start); !function && place) {
    function = document.value().functionAt(*place);
  }
  const ProfileView* view = document.value().profileView();
  if (view == nullptr || !function) return Error{"no function with samples is there", "params.item"};
  return Asked{*view, function->function};
}

EditorCalls::Work<protocol::CallHierarchyIncomingCall> EditorCalls::incoming(
    const protocol::CallHierarchyCallsParams& params, std::stop_token stop) {
  using Answer = std::optional<std::vector<protocol::CallHierarchyIncomingCall>>;
  Result<Asked> asked = find(params.item);
  if (!asked.ok()) return asked.error();
  return std::function([asked = std::move(*asked), item = params.item, stop]() -> Result<Answer> {
    std::vector<protocol::CallHierarchyIncomingCall> calls;
    for (const CallPartner& partner : asked.view.callers(asked.function, stop)) {
      calls.push_back({.from = itemOf(asked.view, partner, item), .fromRanges = rangesOf(partner.sites)});
    }
    return Answer(std::move(calls));
  });
}

EditorCalls::Work<protocol::CallHierarchyOutgoingCall> EditorCalls::outgoing(
    const protocol::CallHierarchyCallsParams& params, std::stop_token stop) {
  using Answer = std::optional<std::vector<protocol::CallHierarchyOutgoingCall>>;
  Result<Asked> asked = find(params.item);
  if (!asked.ok()) return asked.error();
  return std::function([asked = std::move(*asked), item = params.item, stop]() -> Result<Answer> {
    std::vector<protocol::CallHierarchyOutgoingCall> calls;
    for (const CallPartner& partner : asked.view.callees(asked.function, stop)) {
      calls.push_back({.to = itemOf(asked.view, partner, item), .fromRanges = rangesOf(partner.sites)});
    }
    return Answer(std::move(calls));
  });
}

}  // namespace pyrometer
