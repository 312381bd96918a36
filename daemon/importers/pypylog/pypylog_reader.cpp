#include "daemon/importers/pypylog/pypylog_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/support/utf.h"

namespace pyrometer::pypylog {
namespace {

/// How far up a closing line looks for its opening one: threads that interleave are few.
constexpr std::size_t kLookedThrough = 64;
constexpr std::size_t kMostPhases = UINT32_MAX - 1;
/// PyPy has a few dozen.
constexpr std::size_t kMostNames = 50'000;

}  // namespace

Result<void> PypylogReader::feed(std::span<const std::byte> bytes) {
  cutter_.feed(bytes, [this](std::string_view line, std::uint64_t begin, std::uint64_t end) {
    onLine(line, begin, end);
  });
  return {};
}

void PypylogReader::onLine(std::string_view line, std::uint64_t begin, std::uint64_t end) {
  ++log_->lines;
  if (maybeSectionLine(line)) {
    line = plainLine(line, plain_);
    if (const auto section = parseSectionLine(line)) {
      seeStamp(section->stamp, begin);
      if (section->opens) {
        open(*section, end);
      } else {
        close(*section, begin);
      }
      return;
    }
  }
  onText(line);
}

void PypylogReader::open(const SectionLine& section, std::uint64_t text_begin) {
  if (log_->phases.size() >= kMostPhases) return;
  const Name name = nameOf(section.name);
  Phase phase{.begin = section.stamp,
              .end = section.stamp,
              .text_begin = text_begin,
              .text_end = text_begin,
              .name = name.number};
  if (!open_.empty()) {
    phase.parent = open_.back().phase;
    phase.depth = open_.back().depth + 1;
  }
  log_->deepest = std::max(log_->deepest, phase.depth);
  open_.push_back({log_->phases.open(phase), name.number, phase.depth, name.content});
}

void PypylogReader::close(const SectionLine& section, std::uint64_t text_end) {
  const auto known = findName(section.name);
  const std::size_t looked = std::min(open_.size(), kLookedThrough);
  for (std::size_t i = 0; known && i < looked; ++i) {
    const auto found = open_.end() - 1 - static_cast<std::ptrdiff_t>(i);
    if (found->name != known->number) continue;
    if (i > 0) ++interleaved_;
    close(found->phase, section.stamp, text_end);
    open_.erase(found);
    return;
  }
  ++never_opened_;
}

void PypylogReader::close(std::uint32_t number, std::uint64_t stamp, std::uint64_t text_end) {
  Phase& phase = log_->phases.opened(number);
  phase.end = std::max(phase.begin, stamp);
  phase.text_end = text_end;
  log_->phases.close(number);
}

void PypylogReader::onText(std::string_view line) {
  ++log_->text_lines;
  if (open_.empty()) return;
  Phase& phase = log_->phases.opened(open_.back().phase);
  if (phase.lines < UINT32_MAX) ++phase.lines;
  if (open_.back().content == Content::kNothing) return;
  line = plainLine(line, plain_);
  switch (open_.back().content) {
    case Content::kProgram:
      clock_.onProgramLine(phase.begin, line);
      break;
    case Content::kSummary:
      clock_.onSummaryLine(line);
      break;
    case Content::kAddresses: {
      constexpr std::string_view kBefore = "gc table: 0x";
      const std::size_t at = line.find(kBefore);
      std::uint64_t block = 0;
      if (at != std::string_view::npos &&
          std::from_chars(line.data() + at + kBefore.size(), line.data() + line.size(), block, 16).ec ==
              std::errc())
        log_->jit_blocks.push_back(block);
      break;
    }
    case Content::kNothing:
      break;
  }
}

void PypylogReader::seeStamp(std::uint64_t stamp, std::uint64_t offset) {
  if (!any_stamp_) log_->first = log_->last = stamp;
  if (any_stamp_ && stamp < last_stamp_ && ++backward_ == 1)
    log_->damage.push_back({offset, "a time stamp is before the one above it"});
  any_stamp_ = true;
  last_stamp_ = stamp;
  log_->first = std::min(log_->first, stamp);
  log_->last = std::max(log_->last, stamp);
}

std::optional<PypylogReader::Name> PypylogReader::findName(std::string_view name) const {
  const auto found = names_.find(std::string(name));
  return found == names_.end() ? other_names_ : std::optional(found->second);
}

PypylogReader::Name PypylogReader::nameOf(std::string_view name) {
  if (const auto known = findName(name)) return *known;
  if (names_.size() == kMostNames) {
    other_names_ = Name{static_cast<std::uint32_t>(log_->names.size()), Content::kNothing};
    log_->names.emplace_back("(other names)");
    log_->notes.push_back(
        fmt::format("sections have more than {} names; those beyond are put together", kMostNames));
    return *other_names_;
  }
  const auto found = names_
                         .try_emplace(std::string(name),
                                      Name{static_cast<std::uint32_t>(log_->names.size()), Content::kNothing})
                         .first;
  log_->names.push_back(repairedUtf8(name));
  Content& content = found->second.content;
  if (name == "jit-summary") {
    content = Content::kSummary;
  } else if (name == "jit-backend-addr") {
    content = Content::kAddresses;
  } else if (!name.starts_with("jit-") && !name.starts_with("gc-")) {
    content = Content::kProgram;
  }
  return found->second;
}

Result<void> PypylogReader::finish() {
  PhaseLog& log = *log_;
  log.bytes = cutter_.bytes();
  const std::string_view rest = plainLine(cutter_.unfinished(), plain_);
  // A log of a terminal ends in a bare colour code, which is no line.
  if (!rest.empty())
    log.damage.push_back({cutter_.offset(), "the last line has no end and is left out: the log is cut"});
  log.still_open = open_.size();
  for (const Open& open : open_) close(open.phase, log.last, cutter_.offset());
  if (log.still_open > 0)
    log.notes.push_back(
        fmt::format("{} still open at the end: the process was killed inside, or the log is cut",
                    log.still_open == 1 ? std::string("one section is")
                                        : fmt::format("{} sections are", log.still_open)));
  if (never_opened_ > 0)
    log.notes.push_back(
        fmt::format("{} of sections that the log does not open: its beginning is missing",
                    never_opened_ == 1 ? std::string("one end") : fmt::format("{} ends", never_opened_)));
  if (interleaved_ > 0)
    log.notes.push_back(fmt::format(
        "{} out of order: threads write into one log",
        interleaved_ == 1 ? std::string("one section ends") : fmt::format("{} sections end", interleaved_)));
  if (backward_ > 0)
    log.notes.push_back(fmt::format(
        "{} time stamps go back: clocks of several processors, or threads with clocks of their own",
        backward_));
  std::sort(log.jit_blocks.begin(), log.jit_blocks.end());
  log.clock = clock_.clock(log.first, log.last);
  return {};
}

}  // namespace pyrometer::pypylog
