#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/analysis/line_heat.h"
#include "daemon/server/documents/definitions.h"
#include "daemon/server/profile_view.h"

namespace pyrometer {

/// One line of a document and its heat. Lines of documents count from 0, lines of profiles from 1; LineMap is
/// where one becomes the other.
/// A part of a line with samples of its own, in the units of the negotiated encoding.
struct DocumentExpression {
  std::uint32_t start = 0, end = 0;
  Counters counters;  ///< its own, without the parts within it
  double share = 0;   ///< of all time, as the line's
  bool hot = false;   ///< has most of the line's time, and is not all of the line
  std::string text;   ///< as it ran
};

struct DocumentLine {
  std::uint32_t line = 0;  ///< where it is now
  LineHeat heat;           ///< counters, share, class; heat.line is where it was when the program ran
  Interval interval;       ///< of the share
  std::optional<std::uint64_t> memory;  ///< growth charged to the line, bytes; none where none was recorded
  bool stale = false;                   ///< touched since the program ran
  /// What stands behind the line: "12.3 %", "12.3 % (8.1-18 %)" where samples are few, "12.3 %, edited".
  std::string text;
  /// The line's length as the negotiated encoding counts: where a hint at its end goes.
  std::uint32_t end = 0;
  std::vector<DocumentExpression> expressions = {};  ///< the hottest first; none of a stale line
};

struct DocumentHeat {
  std::vector<DocumentLine> lines;  ///< those with samples, by line; without those whose text is gone
  double file_share = 0;            ///< the file's part of all time, 0 to 1
  double lost = 0;                  ///< part of all time on lines that are no more
  bool memory = false;              ///< was memory recorded
};

/// A function with samples in a document.
struct DocumentFunction {
  FunctionId function{};
  std::string name;                        ///< qualified
  std::uint32_t first = 0, last = 0;       ///< its lines as they stand now, from 0, both included
  std::uint32_t first_end = 0;             ///< length of the first line, as the negotiated encoding counts
  Counters counters;                       ///< its own, over the whole run
  double self_share = 0, total_share = 0;  ///< of all time
  /// A lambda, a comprehension, "<module>": no definition that a lens would stand above.
  bool anonymous = false;
};

/// What a cursor stands in, told by the text alone: the function there may never have run.
struct PlaceInText {
  std::uint32_t line = 0;
  std::optional<Definition> definition = {};  ///< the innermost `def` or `class` around it
  bool on_lambda = false;                     ///< it stands on the word
};

/// A document as it stands now beside the profile that is shown on it. Taken from Server::document on the
/// strand; a value, every question on any thread.
class DocumentView {
 public:
  /// None where no profile is selected: then all answers are empty.
  std::optional<HeldId> profileId() const;
  /// Of an open document; none otherwise.
  std::optional<std::int64_t> version() const { return version_; }

  /// Unfiltered the cost is of the file's lines, whatever the number of samples.
  DocumentHeat heat(const Filter& filter = {}, std::stop_token stop = {}) const;
  /// One line (from 0); none if it has no samples.
  std::optional<DocumentLine> heatAt(std::uint32_t line) const;

  /// Functions with samples whose first line is known and still there, by first line.
  std::vector<DocumentFunction> functions() const;
  /// The one of them that a cursor stands in, as Server::placeInText has it: outside of all definitions
  /// "<module>". None if it has no samples, whatever is around it.
  std::optional<DocumentFunction> functionAt(const PlaceInText& place) const;
  std::optional<DocumentFunction> functionNamed(std::string_view name, std::uint32_t first) const;

  /// For the questions about functions. Only where there is a profile.
  const ProfileView* profileView() const { return view_ ? &*view_ : nullptr; }

 private:
  friend class Server;
  struct Reading;

  std::optional<ProfileView> view_;
  PositionEncoding encoding_ = PositionEncoding::kUtf16;
  std::optional<FileId> file_;  ///< in the profile; none: it has no samples here
  std::optional<std::int64_t> version_;
  std::shared_ptr<const LineMap> map_;  ///< null without a file
};

}  // namespace pyrometer
