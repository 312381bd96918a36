#include "daemon/rpc/frame_parser.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace pyrometer::rpc {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool equalIgnoringCase(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

/// A field's name, after RFC 7230: what is left of a lost message is rarely one.
bool isToken(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

/// What a message may quote of foreign bytes: short, and nothing that is no plain character.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 60)) out += c >= ' ' && c <= '~' ? c : '?';
  return out + (text.size() > 60 ? "...'" : "'");
}

}  // namespace

void FrameParser::feed(std::string_view bytes) {
  if (broken_) return;
  if (seen_ == buffer_.size()) {
    buffer_.clear();
    seen_ = 0;
  }
  buffer_.append(bytes);
}

std::optional<std::string> FrameParser::next() {
  if (!broken_ && !length_) readHeader();
  if (broken_ || !length_ || buffer_.size() - seen_ < *length_) return std::nullopt;
  const std::size_t length = *length_;
  length_.reset();
  std::string message;
  if (seen_ == 0 && buffer_.size() == length) {
    message = std::exchange(buffer_, {});
  } else {
    message = buffer_.substr(seen_, length);
    seen_ += length;
    // Moved to the front now and then, so that the buffer does not grow with the conversation.
    if (seen_ > buffer_.size() / 2) {
      buffer_.erase(0, seen_);
      seen_ = 0;
    }
  }
  return message;
}

void FrameParser::readHeader() {
  while (true) {
    const std::size_t end = buffer_.find('\n', seen_);
    const std::size_t size = (end == std::string::npos ? buffer_.size() : end + 1) - seen_;
    if (header_ + size > kMaxHeader) return breakOff("a message's header is longer than 16384 bytes");
    if (end == std::string::npos) return;
    header_ += size;
    std::string_view line = std::string_view(buffer_).substr(seen_, end - seen_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      if (!field_) return breakOff("a message's header has no Content-Length");
      length_ = std::exchange(field_, std::nullopt);
    } else {
      readField(line);
      if (broken_) return;
    }
    seen_ = end + 1;
    if (length_) {
      header_ = 0;
      return;
    }
  }
}

void FrameParser::readField(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = trimmed(line.substr(0, std::min(colon, line.size())));
  if (colon == std::string_view::npos || !isToken(name)) {
    return breakOff("a message's header has the line " + quoted(line) + ", which is no \"name: value\"");
  }
  if (!equalIgnoringCase(name, "Content-Length")) return;
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (field_) return breakOff("a message's header has Content-Length twice");
  std::uint64_t number = 0;
  const auto [stop, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (value.empty() || problem == std::errc::invalid_argument || stop != value.data() + value.size()) {
    return breakOff("Content-Length is " + quoted(value) + ", not a number of bytes");
  }
  if (problem != std::errc() || number > kMaxLength) {
    return breakOff("Content-Length is " + quoted(value) + "; no message may be longer than 268435456 bytes");
  }
  field_ = number;
}

void FrameParser::breakOff(std::string message) {
  broken_ = Error{std::move(message), {}};
  buffer_.clear();
  seen_ = 0;
}

}  // namespace pyrometer::rpc
