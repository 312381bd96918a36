#include "daemon/server/profile_view.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <utility>

#include "daemon/analysis/line_heat.h"
#include "daemon/exporters/export_file.h"
#include "daemon/exporters/exporter.h"
#include "daemon/server/profile_cache.h"
#include "daemon/server/shares.h"
#include "daemon/server/source_file.h"

namespace pyrometer {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains(std::string_view text, std::string_view part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

template <class Row>
void keepPage(std::vector<Row>& rows, std::size_t offset, std::size_t limit) {
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(std::min(offset, rows.size())));
  rows.resize(std::min(limit, rows.size()));
}

Result<std::uint32_t> nodeAt(const CallTree& tree, const std::vector<FunctionId>& path) {
  if (const auto node = findNode(tree, path)) return *node;
  return Error{
      fmt::format("the call tree has no such node: no stack goes through these {} functions", path.size()),
      "path"};
}

bool sameFile(const std::string& a, const std::string& b) {
  struct stat first {
  }, second{};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/// Lines of calls from one function into another, by the far end of the pair.
using Sites = std::map<FunctionId, std::set<std::uint32_t>>;

template <class Far>
Sites callSites(const Profile& profile, std::stop_token stop, Far far) {
  Sites sites;
  for (std::size_t i = 0; i < profile.stacks().size(); ++i) {
    if ((i & 0xffff) == 0 && stop.stop_requested()) return sites;
    const StackNode& node = profile.stacks()[i];
    if (node.parent == StackNode::kNoParent) continue;
    const Frame& callee = profile.frame(node.frame);
    const Frame& caller = profile.frame(profile.stacks()[node.parent].frame);
    if (const std::optional<FunctionId> other = far(caller.function, callee.function)) {
      sites[*other].insert(profile.line(caller.line).line);
    }
  }
  return sites;
}

}  // namespace

Result<FunctionId> ProfileView::functionOf(std::uint64_t number) const {
  if (number < profile().functions().size()) return FunctionId{static_cast<std::uint32_t>(number)};
  return Error{
      fmt::format("there is no function {}; this profile has {}", number, profile().functions().size()),
      "function"};
}

FunctionPlace ProfileView::placeOf(FunctionId function) const {
  const Function& row = profile().function(function);
  FunctionPlace place{.function = function,
                      .name = std::string(profile().string(row.name)),
                      .uri = {},
                      .line = {},
                      .user = profile().file(row.file).owner == Owner::kUser,
                      .native = row.kind == FunctionKind::kNative};
  const FileNow now = nowOf(row.file);
  place.uri = now.uri;
  if (now.uri) place.line = now.line(row.first_line);
  return place;
}

ProfileView::FileNow ProfileView::nowOf(FileId file) const {
  if (const auto open = open_->find(file); open != open_->end()) return {open->second.uri, open->second.map};
  FileNow now{uriOf(profile(), file), nullptr};
  if (now.uri) now.map = cache_->onDisk(held_.profile, file);
  return now;
}

std::optional<std::uint32_t> ProfileView::FileNow::line(std::uint32_t run_line) const {
  if (run_line == 0) return std::nullopt;
  if (!map) return run_line - 1;
  const auto place = map->find(run_line);
  return place ? std::optional(place->line) : std::nullopt;
}

FunctionPage ProfileView::functions(const FunctionsQuestion& question, std::stop_token stop) const {
  std::vector<FunctionHeat> rows = functionHeat(profile(), question.filter, stop);
  if (!question.search.empty()) {
    std::erase_if(rows, [&](const FunctionHeat& heat) {
      const Function& function = profile().function(heat.function);
      return !contains(profile().string(function.name), question.search) &&
             !contains(profile().string(profile().file(function.file).path), question.search);
    });
  }
  if (question.order == TableOrder::kTotal) {
    std::stable_sort(rows.begin(), rows.end(), [](const FunctionHeat& a, const FunctionHeat& b) {
      return a.counters.total_time > b.counters.total_time;
    });
  }
  FunctionPage page;
  page.count = rows.size();
  page.all = viewSums(profile(), question.filter, stop).all;
  const ViewScale scale = scaleOf(profile(), page.all);
  keepPage(rows, question.offset, question.limit);
  for (const FunctionHeat& heat : rows) {
    page.rows.push_back({placeOf(heat.function), heat.counters, scale.interval(heat.counters.self_time),
                         scale.interval(heat.counters.total_time)});
  }
  return page;
}

Result<TreePage> ProfileView::callTree(const TreeQuestion& question, std::stop_token stop) const {
  const auto tree = cache_->tree(profile(), question.filter, question.inverted, stop);
  const Result<std::uint32_t> node = nodeAt(*tree, question.path);
  if (!node.ok()) return node.error();
  std::vector<std::uint32_t> children;
  const auto next = [&tree](std::uint32_t child) { return tree->nodes[child].next_sibling; };
  for (std::uint32_t child = tree->nodes[*node].first_child; child != UINT32_MAX; child = next(child)) {
    children.push_back(child);
  }
  TreePage page;
  page.count = children.size();
  page.all = {tree->nodes[0].total, tree->nodes[0].total_time};
  keepPage(children, question.offset, question.limit);
  for (const std::uint32_t child : children) {
    const CallTree::Node& row = tree->nodes[child];
    std::size_t below = 0;
    for (std::uint32_t each = row.first_child; each != UINT32_MAX; each = next(each)) ++below;
    page.rows.push_back({.place = placeOf(row.function),
                         .self = row.self,
                         .total = row.total,
                         .self_time = row.self_time,
                         .total_time = row.total_time,
                         .children = below});
  }
  return page;
}

Result<FlamePicture> ProfileView::flame(const FlameQuestion& question, std::stop_token stop) const {
  const auto tree = cache_->tree(profile(), question.filter, question.inverted, stop);
  const Result<std::uint32_t> node = nodeAt(*tree, question.path);
  if (!node.ok()) return node.error();
  FlamePicture picture{pyrometer::flame(*tree, *node, question.width, question.depth), {}};
  for (const FunctionId function : picture.flame.functions) picture.places.push_back(placeOf(function));
  return picture;
}

Timeline ProfileView::timeline(std::optional<std::int64_t> from, std::optional<std::int64_t> to,
                               std::size_t slots, std::stop_token stop) const {
  return pyrometer::timeline(profile(), from, to, slots, stop);
}

std::vector<CallPartner> ProfileView::callers(FunctionId function, std::stop_token stop) const {
  const auto far = [&](FunctionId caller, FunctionId callee) {
    return callee == function ? std::optional(caller) : std::nullopt;
  };
  return partners(function, pyrometer::callers(profile(), function, {}, stop),
                  callSites(profile(), stop, far), true);
}

std::vector<CallPartner> ProfileView::callees(FunctionId function, std::stop_token stop) const {
  const auto far = [&](FunctionId caller, FunctionId callee) {
    return caller == function ? std::optional(callee) : std::nullopt;
  };
  return partners(function, pyrometer::callees(profile(), function, {}, stop),
                  callSites(profile(), stop, far), false);
}

std::vector<CallPartner> ProfileView::partners(FunctionId function, const std::vector<CallEdge>& edges,
                                               const Sites& sites, bool callers) const {
  const std::uint64_t whole = profile().functionCounters(function).total_time;
  std::vector<CallPartner> list;
  for (const CallEdge& edge : edges) {
    CallPartner partner{.place = placeOf(edge.function),
                        .samples = edge.samples,
                        .time = edge.time,
                        .share = whole == 0 ? 0 : static_cast<double>(edge.time) / static_cast<double>(whole),
                        .sites = {}};
    const FileNow now = nowOf(profile().function(callers ? edge.function : function).file);
    if (const auto lines = sites.find(edge.function); lines != sites.end()) {
      for (const std::uint32_t run_line : lines->second) {
        if (const auto line = now.line(run_line)) partner.sites.push_back(*line);
      }
    }
    list.push_back(std::move(partner));
  }
  return list;
}

std::optional<HotPlace> ProfileView::hottestLine() const {
  // By self time any number of library lines may come before the first of the user's.
  const std::size_t most = my_code_ ? 16 : 0;
  for (const LineHeat& heat : hotLines(profile(), my_code_ ? Charge::kMyCode : Charge::kSelf, most)) {
    const FileId file = profile().line(heat.id).file;
    if (heat.line == 0 || profile().file(file).owner != Owner::kUser) continue;
    const FileNow now = nowOf(file);
    const auto line = now.line(heat.line);
    if (!now.uri || !line) continue;
    HotPlace place{.uri = *now.uri, .line = *line, .share = heat.share, .text = {}};
    if (const auto text = cache_->text(held_.profile, file); text && heat.line <= text->lines.size()) {
      const std::string_view ran = text->lines[heat.line - 1];
      place.text = ran.substr(std::min(ran.find_first_not_of(" \t\f"), ran.size()));
    }
    return place;
  }
  return std::nullopt;
}

Result<ExportedFile> ProfileView::exportTo(const std::string& format, const std::string& path) const {
  const Exporter* exporter = findExporter(format);
  if (exporter == nullptr) {
    std::string known;
    for (const Exporter* each : exporters())
      known += fmt::format("{}{}", known.empty() ? "" : ", ", each->name());
    return Error{fmt::format("there is no format '{}'; known are {}", format, known), "format"};
  }
  if (!path.starts_with('/')) return Error{"is not an absolute path", path};
  if (!held_.file.empty() && sameFile(held_.file, path)) {
    return Error{"is the recording itself; name another file", path};
  }
  const ExportOptions options;
  if (const Result<void> written = exportToFile(profile(), *exporter, options, path); !written.ok()) {
    return written.error();
  }
  ExportedFile file{path, {}};
  for (const std::string& loss : exporter->losses(profile(), options)) {
    file.notes.push_back(fmt::format("{} cannot hold {}", exporter->name(), loss));
  }
  return file;
}

}  // namespace pyrometer
