#include "daemon/server/open_documents.h"

#include <fmt/format.h>

#include <utility>

#include "daemon/support/file_uri.h"

namespace pyrometer {
namespace {

std::string keyOf(const std::string& uri) { return pathOfUri(uri).value_or(uri); }

}  // namespace

Result<void> Document::change(std::int64_t version, const std::vector<TextChange>& changes) {
  const auto outOfStep = [&](const std::string& why) {
    in_step_ = false;
    return Error{why + "; the document has no heat until it is opened again or sent whole", uri_};
  };
  if (version < version_) {
    return outOfStep(fmt::format("version {} comes after version {}", version, version_));
  }
  version_ = version;
  for (const TextChange& change : changes) {
    if (!in_step_ && change.range) continue;
    if (const Result<void> applied = text_.apply(change); !applied.ok()) {
      return outOfStep(applied.error().message);
    }
    in_step_ = true;
  }
  if (!in_step_) return outOfStep("a change of a document that is out of step");
  return {};
}

std::shared_ptr<const LineMap> Document::mapTo(HeldId profile, FileId file,
                                               std::shared_ptr<const RunText> run) {
  Mapped& mapped = maps_[profile];
  const bool known = mapped.matcher && mapped.file == file &&
                     (!run || mapped.matcher->isOf(text_, run.get())) &&
                     (run || mapped.matcher->isOf(text_, mapped.run.get()));
  if (!known) {
    if (!run) run = makeRunText(text_.base(), *text_.base());
    mapped = {.file = file,
              .run = run,
              .matcher = std::make_shared<const LineMatcher>(text_.base(), run),
              .map = nullptr,
              .edits = 0};
  }
  if (!mapped.map || mapped.edits != text_.edits()) {
    mapped.map = mapped.matcher->match(text_);
    mapped.edits = text_.edits();
  }
  return mapped.map;
}

const std::vector<Definition>& Document::definitions() {
  if (defined_at_ != text_.edits()) {
    std::vector<std::string_view> lines;
    lines.reserve(text_.lines().size());
    text_.lines().forEach([&lines](const TextLine& line) { lines.push_back(line.text); });
    definitions_ = definitionsIn(lines);
    defined_at_ = text_.edits();
  }
  return definitions_;
}

void OpenDocuments::open(const std::string& uri, std::int64_t version, std::string text) {
  documents_.insert_or_assign(keyOf(uri), Document(uri, version, std::move(text), encoding_));
}

Result<void> OpenDocuments::change(const std::string& uri, std::int64_t version,
                                   const std::vector<TextChange>& changes) {
  Document* document = find(uri);
  if (document == nullptr) return Error{"a change of a document that is not open", uri};
  return document->change(version, changes);
}

void OpenDocuments::close(const std::string& uri) { documents_.erase(keyOf(uri)); }

Document* OpenDocuments::find(const std::string& uri) {
  const auto found = documents_.find(keyOf(uri));
  return found == documents_.end() ? nullptr : &found->second;
}

void OpenDocuments::forget(HeldId profile) {
  for (auto& [key, document] : documents_) document.forget(profile);
}

}  // namespace pyrometer
