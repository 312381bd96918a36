#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/server/documents/definitions.h"
#include "daemon/server/documents/document_text.h"
#include "daemon/server/documents/line_diff.h"

namespace pyrometer {

/// How surely the characters beyond ASCII of a run's text are known, and shown alike by an editor.
enum class Characters : std::uint8_t {
  kUtf8,     ///< as every editor reads them
  kDecoded,  ///< of another codec: known, but editors may have read them otherwise
  kUnknown,  ///< a guess
};

/// The text a program ran, as far as it is known.
struct RunText {
  std::shared_ptr<const void> keeps;    ///< what owns the bytes
  std::vector<std::string_view> lines;  ///< as Python counts them, in UTF-8
  std::vector<Definition> definitions;  ///< in these
  Characters characters = Characters::kUtf8;
  /// Not recorded, or recorded after the file had changed: no line's numbers are surely of this text.
  bool doubtful = false;
};

/// `text` is UTF-8 and lives as long as `keeps`.
std::shared_ptr<RunText> makeRunText(std::shared_ptr<const void> keeps, std::string_view text);

/// Where each line of a run's text is in a document now. A value, for any thread.
///
/// Lines are told by what the document knows of its edits (TextLine::origin) and, where that ends, by their
/// text: what was deleted and came back is found again, and so is what changed outside of the editor. A line
/// whose text is not the run's is stale. Where the run's text is not UTF-8 and no line of it beyond ASCII
/// looks the same in the document, the editor has read it by another codec: then these characters are not
/// compared. Lines of runs count from 1, lines of documents from 0.
class LineMap {
 public:
  struct Place {
    std::uint32_t line = 0;  ///< in the document
    bool stale = false;
  };
  /// nullopt: the line is no more, or never was.
  std::optional<Place> find(std::uint32_t run_line) const;
  /// The line of the run's text that this one is, or was.
  std::optional<std::uint32_t> runLineOf(std::uint32_t document_line) const;
  /// Length of a line of the document, as its encoding counts.
  std::uint32_t unitsOf(std::uint32_t document_line) const;
  const RunText& runText() const { return *run_; }

 private:
  friend class LineMatcher;
  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  std::vector<std::uint32_t> place_of_;        ///< by line of the run, from 0
  std::vector<std::uint8_t> stale_;            ///< likewise
  std::vector<std::uint32_t> run_of_, units_;  ///< by line of the document
  std::shared_ptr<const RunText> run_;
};

/// Makes line maps of one document and one run's text. What the text had in common with the document when
/// that was opened is found once and kept.
class LineMatcher {
 public:
  LineMatcher(std::shared_ptr<const std::string> base, std::shared_ptr<const RunText> run);

  /// True if it was made of the same two.
  bool isOf(const DocumentText& document, const RunText* run) const {
    return document.base() == base_ && run == run_.get();
  }
  std::shared_ptr<const LineMap> match(const DocumentText& document) const;

 private:
  std::shared_ptr<const std::string> base_;
  std::shared_ptr<const RunText> run_;
  bool loose_ = false;                      ///< characters beyond ASCII are not compared
  std::vector<std::uint32_t> run_of_base_;  ///< by line of the base
  std::vector<bool> blank_;                 ///< by line of the run
};

}  // namespace pyrometer
