#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/importers/importer.h"
#include "daemon/importers/pypylog/clock_points.h"
#include "daemon/importers/pypylog/line_cutter.h"
#include "daemon/importers/pypylog/section_line.h"
#include "daemon/profile/phase_log.h"

namespace pyrometer::pypylog {

/// Reads PyPy's text log: lines that open and close sections, and text between them. Sections nest; where
/// threads interleave them, a closing line closes the innermost open section of its name.
class PypylogReader : public Reader {
 public:
  /// `member`: of a recording; empty: the file itself.
  explicit PypylogReader(std::string path, std::string member = {}) : log_(std::make_unique<PhaseLog>()) {
    log_->path = std::move(path);
    log_->member = std::move(member);
  }

  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> finish() override;
  /// After finish().
  std::shared_ptr<PhaseLog> take() { return std::move(log_); }

 private:
  /// What a section's text is looked through for.
  enum class Content : std::uint8_t { kNothing, kProgram, kSummary, kAddresses };
  struct Name {
    std::uint32_t number;
    Content content;
  };

  void onLine(std::string_view line, std::uint64_t begin, std::uint64_t end);
  void open(const SectionLine& section, std::uint64_t text_begin);
  void close(const SectionLine& section, std::uint64_t text_end);
  void close(std::uint32_t number, std::uint64_t stamp, std::uint64_t text_end);
  void onText(std::string_view line);
  void seeStamp(std::uint64_t stamp, std::uint64_t offset);
  Name nameOf(std::string_view name);
  std::optional<Name> findName(std::string_view name) const;

  std::unique_ptr<PhaseLog> log_;
  LineCutter cutter_;
  std::string plain_;
  std::unordered_map<std::string, Name> names_;
  std::optional<Name> other_names_;  ///< when there were too many
  struct Open {
    std::uint32_t phase, name, depth;
    Content content;
  };
  std::vector<Open> open_;  ///< outermost first
  ClockPoints clock_;
  bool any_stamp_ = false;
  std::uint64_t last_stamp_ = 0;
  std::uint64_t backward_ = 0, never_opened_ = 0, interleaved_ = 0;
};

}  // namespace pyrometer::pypylog
