#include "daemon/server/documents/document_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/server/documents/encoding.h"

namespace pyrometer {
namespace {

std::string_view endingText(LineEnding ending) {
  switch (ending) {
    case LineEnding::kLf:
      return "\n";
    case LineEnding::kCrLf:
      return "\r\n";
    case LineEnding::kCr:
      return "\r";
    case LineEnding::kNone:
      break;
  }
  return {};
}

std::size_t bytesOf(const TextLine& line) { return line.text.size() + endingText(line.ending).size(); }

/// How much a line has to say: what decides which of two pieces is the old line.
std::size_t inkIn(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return c != ' ' && c != '\t'; }));
}

/// Hands the origins of the lines that were replaced on to those that took their place. Equal lines keep
/// theirs, from the front and from the back. Of what is between, the first and the last new line are what is
/// left of the first and the last old one, if anything is: `before` and `after` say how much of these was not
/// in the range.
void handOn(const std::vector<TextLine>& old, std::vector<TextLine>& fresh, std::string_view before,
            std::string_view after) {
  std::size_t front = 0;
  const std::size_t both = std::min(old.size(), fresh.size());
  // An insertion in front of a line leaves that line the last, whatever stands first.
  const bool inserts_above = old.size() == 1 && fresh.size() > 1 && before.empty() && !after.empty();
  if (!inserts_above) {
    while (front < both && old[front].text == fresh[front].text) {
      fresh[front].origin = old[front].origin;
      fresh[front].unchanged = old[front].unchanged;
      ++front;
    }
  }
  std::size_t back = 0;
  while (back < both - front && old[old.size() - 1 - back].text == fresh[fresh.size() - 1 - back].text) {
    fresh[fresh.size() - 1 - back].origin = old[old.size() - 1 - back].origin;
    fresh[fresh.size() - 1 - back].unchanged = old[old.size() - 1 - back].unchanged;
    ++back;
  }
  const std::size_t old_left = old.size() - front - back, fresh_left = fresh.size() - front - back;
  if (old_left == 0 || fresh_left == 0) return;
  TextLine& first = fresh[front];
  TextLine& last = fresh[fresh.size() - 1 - back];
  if (old_left == 1) {
    const bool is_last = front + back + 1 == old.size() && fresh_left > 1 && inkIn(after) > inkIn(before);
    (is_last ? last : first).origin = old[front].origin;
    return;
  }
  if (front == 0 && inkIn(before) > 0) first.origin = old.front().origin;
  if (back == 0 && inkIn(after) > 0 && (fresh_left > 1 || first.origin == TextLine::kNew)) {
    last.origin = old.back().origin;
  }
}

}  // namespace

DocumentText::DocumentText(std::string text, PositionEncoding encoding) : encoding_(encoding) {
  begin(std::move(text));
}

void DocumentText::begin(std::string text) {
  bytes_ = text.size();
  std::vector<TextLine> lines = split(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i].origin = static_cast<std::uint32_t>(i);
    lines[i].unchanged = true;
  }
  lines_.replace(0, lines_.size(), std::move(lines));
  base_ = std::make_shared<const std::string>(std::move(text));
  ++edits_;
}

std::vector<TextLine> DocumentText::split(std::string_view text) const {
  std::vector<TextLine> lines;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    TextLine line{.text = std::string(text.substr(begin, end - begin))};
    line.units = unitsOf(line.text, encoding_);
    if (end < text.size()) {
      const bool pair = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
      line.ending = pair ? LineEnding::kCrLf : text[end] == '\r' ? LineEnding::kCr : LineEnding::kLf;
    }
    begin = end + endingText(line.ending).size();
    const bool over = line.ending == LineEnding::kNone;
    lines.push_back(std::move(line));
    if (over) return lines;
  }
}

Result<void> DocumentText::checkRange(const TextRange& range) const {
  const auto word = [](const TextPosition& at) {
    return fmt::format("line {}, character {}", at.line, at.character);
  };
  for (const TextPosition& at : {range.start, range.end}) {
    if (at.line >= lines_.size()) {
      return Error{
          fmt::format("a change at {} (from 0), but the document has {} lines", word(at), lines_.size()), {}};
    }
  }
  const auto key = [](const TextPosition& at) { return std::pair(at.line, at.character); };
  if (key(range.end) < key(range.start)) {
    return Error{
        fmt::format("a change from {} to {}: it ends before it begins", word(range.start), word(range.end)),
        {}};
  }
  return {};
}

Result<void> DocumentText::apply(const TextChange& change) {
  const auto tooLarge = [](std::size_t bytes) {
    return Error{
        fmt::format("the document would grow to {} bytes; at most {} are followed", bytes, kMostBytes), {}};
  };
  if (!change.range) {
    if (change.text.size() > kMostBytes) return tooLarge(change.text.size());
    begin(change.text);
    return {};
  }
  const TextRange& range = *change.range;
  if (Result<void> fine = checkRange(range); !fine.ok()) return fine;
  std::size_t first = range.start.line;
  const std::size_t start = byteAt(lines_.at(first).text, range.start.character, encoding_);
  const std::string before = lines_.at(first).text.substr(0, start);
  const TextLine& end_line = lines_.at(range.end.line);
  const std::size_t end = std::max(byteAt(end_line.text, range.end.character, encoding_),
                                   range.end.line == range.start.line ? start : std::size_t{0});
  const std::string after = end_line.text.substr(end);

  std::string joined;
  // A lone CR before the change and an LF at its begin become one ending.
  if (start == 0 && first > 0 && lines_.at(first - 1).ending == LineEnding::kCr) {
    --first;
    joined = lines_.at(first).text + "\r";
  }
  std::vector<TextLine> old;
  std::size_t old_bytes = 0;
  for (std::size_t i = first; i <= range.end.line; ++i) {
    old.push_back(lines_.at(i));
    old_bytes += bytesOf(old.back());
  }
  const std::size_t bytes = bytes_ - old_bytes + joined.size() + before.size() + change.text.size() +
                            after.size() + endingText(end_line.ending).size();
  if (bytes > kMostBytes) return tooLarge(bytes);
  joined.append(before).append(change.text).append(after).append(endingText(end_line.ending));
  std::vector<TextLine> fresh = split(joined);
  // An ending at the end is the last line's own; what split() sees behind it is the line that follows.
  if (old.back().ending != LineEnding::kNone) fresh.pop_back();
  handOn(old, fresh, before, after);
  bytes_ = bytes;
  lines_.replace(first, old.size(), std::move(fresh));
  ++edits_;
  return {};
}

std::string DocumentText::text() const {
  std::string text;
  text.reserve(bytes_);
  lines_.forEach([&text](const TextLine& line) { text.append(line.text).append(endingText(line.ending)); });
  return text;
}

}  // namespace pyrometer
