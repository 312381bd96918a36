#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/server/documents/definitions.h"
#include "daemon/server/documents/document_text.h"
#include "daemon/server/documents/line_map.h"
#include "daemon/server/held_profile.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// One document, and where each run's lines are in it. For one thread.
class Document {
 public:
  Document(std::string uri, std::int64_t version, std::string text, PositionEncoding encoding)
      : uri_(std::move(uri)), version_(version), text_(std::move(text), encoding) {}

  const std::string& uri() const { return uri_; }
  std::int64_t version() const { return version_; }
  /// False after a change that could not be followed, until the text is replaced whole.
  bool inStep() const { return in_step_; }
  const DocumentText& text() const { return text_; }

  Result<void> change(std::int64_t version, const std::vector<TextChange>& changes);

  /// Made once for each text: asking again costs nothing until the next edit. `run` null: the document as it
  /// was opened stands for what ran.
  std::shared_ptr<const LineMap> mapTo(HeldId profile, FileId file, std::shared_ptr<const RunText> run);
  void forget(HeldId profile) { maps_.erase(profile); }

  /// Of the text as it stands; looked for when they are asked for. True until the next edit.
  const std::vector<Definition>& definitions();

 private:
  struct Mapped {
    FileId file;
    std::shared_ptr<const RunText> run;
    std::shared_ptr<const LineMatcher> matcher;
    std::shared_ptr<const LineMap> map;
    std::uint64_t edits = 0;
  };

  std::string uri_;
  std::int64_t version_;
  DocumentText text_;
  bool in_step_ = true;
  std::map<HeldId, Mapped> maps_;
  std::vector<Definition> definitions_;
  std::uint64_t defined_at_ = 0;  ///< DocumentText::edits(), which begins at 1
};

/// The documents that the editor has open, whatever their URIs are. Two spellings of one file's URI name one
/// document.
class OpenDocuments {
 public:
  void setEncoding(PositionEncoding encoding) { encoding_ = encoding; }
  PositionEncoding encoding() const { return encoding_; }

  void open(const std::string& uri, std::int64_t version, std::string text);
  Result<void> change(const std::string& uri, std::int64_t version, const std::vector<TextChange>& changes);
  void close(const std::string& uri);
  /// Null if it is not open.
  Document* find(const std::string& uri);
  /// By path of the file, or by URI where it is none.
  std::map<std::string, Document>& all() { return documents_; }
  void forget(HeldId profile);

 private:
  std::map<std::string, Document> documents_;
  PositionEncoding encoding_ = PositionEncoding::kUtf16;
};

}  // namespace pyrometer
