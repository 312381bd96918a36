#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/server/documents/line_list.h"
#include "daemon/server/documents/text_change.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// A document's text as an editor changes it, step by step. Lines end with LF, CR LF or CR, as the protocol
/// has it and Python too. Each line knows which line it was in the text the document began with, as long as
/// something of it is there. An edit costs what it touches, not what the document is long.
///
/// Not for several threads.
class DocumentText {
 public:
  /// What an editor may have open.
  static constexpr std::size_t kMostBytes = std::size_t{1} << 29;

  DocumentText(std::string text, PositionEncoding encoding);

  /// Columns behind a line's end mean its end. An Error, and nothing changed, where a line does not exist,
  /// the range ends before it begins, or the text would grow over kMostBytes. Without a range the document
  /// begins anew.
  Result<void> apply(const TextChange& change);

  const LineList& lines() const { return lines_; }
  std::string text() const;
  /// Goes up with each change that changed something.
  std::uint64_t edits() const { return edits_; }
  /// The text it began with: what TextLine::origin counts in.
  const std::shared_ptr<const std::string>& base() const { return base_; }

 private:
  void begin(std::string text);
  Result<void> checkRange(const TextRange& range) const;
  std::vector<TextLine> split(std::string_view text) const;

  LineList lines_;
  std::shared_ptr<const std::string> base_;
  PositionEncoding encoding_;
  std::size_t bytes_ = 0;
  std::uint64_t edits_ = 0;
};

}  // namespace pyrometer
