#include "daemon/cli/run_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "daemon/cli/files.h"
#include "daemon/cli/source_text.h"

namespace pyrometer {
namespace {

constexpr double kLeastRate = 1, kMostRate = 10000;
constexpr std::size_t kLargestFile = 1 << 20;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\f\v");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\f\v") - begin + 1);
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// A finite number, and nothing behind it.
std::optional<double> numberOf(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Result<bool> parseSwitch(std::string_view text) {
  const std::string word = lowered(text);
  for (const char* yes : {"yes", "true", "on", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"no", "false", "off", "0"}) {
    if (word == no) return false;
  }
  return Error{fmt::format("'{}' is neither yes nor no", text), {}};
}

template <class T>
Result<void> put(Result<T> value, std::optional<T>& to) {
  if (!value.ok()) return value.error();
  to = *value;
  return {};
}

Result<void> putSwitch(std::string_view value, std::optional<bool>& to, bool negated) {
  const Result<bool> on = parseSwitch(value);
  if (!on.ok()) return on.error();
  to = *on != negated;
  return {};
}

Result<void> apply(RunSettings& settings, const std::string& key, std::string_view value) {
  if (key == "output") return settings.output = std::string(value), Result<void>();
  if (key == "rate") return put(parseRate(value), settings.rate_hz);
  if (key == "period") return put(parsePeriod(value), settings.rate_hz);
  if (key == "mode") return put(parseMode(value), settings.mode);
  if (key == "python") return settings.python = std::string(value), Result<void>();
  if (key == "outside") return putSwitch(value, settings.outside, false);
  if (key == "mem") return putSwitch(value, settings.memory, false);
  if (key == "no-mem") return putSwitch(value, settings.memory, true);
  if (key == "children") return putSwitch(value, settings.children, false);
  if (key == "no-children") return putSwitch(value, settings.children, true);
  if (key == "native") return putSwitch(value, settings.native, false);
  if (key == "no-native") return putSwitch(value, settings.native, true);
  if (key == "no-sources") return putSwitch(value, settings.sources, true);
  if (key == "no-argv") return putSwitch(value, settings.argv, true);
  if (key == "quiet") return putSwitch(value, settings.quiet, false);
  if (key == "web-url" || key == "web-auth")
    return settings.remarks.push_back(serverIsGone(key)), Result<void>();
  std::optional<bool> asked;
  if (key == "web") {
    if (const auto read = putSwitch(value, asked, false); !read.ok() || !*asked) return read;
    return Error{serverIsGone("web"), {}};
  }
  if (key == "lines") {
    if (const auto read = putSwitch(value, asked, false); !read.ok() || *asked) return read;
    return Error{"lines are always recorded; leave it out", {}};
  }
  return Error{fmt::format("there is no setting '{}'; known are output, rate, period, mode, outside, mem, "
                           "children, native, python, "
                           "no-sources, no-argv and quiet",
                           key),
               {}};
}

template <class T>
std::optional<T> either(const std::optional<T>& first, const std::optional<T>& second) {
  return first ? first : second;
}

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

RunSettings RunSettings::over(const RunSettings& others) const {
  return {.output = either(output, others.output),
          .rate_hz = either(rate_hz, others.rate_hz),
          .outside = either(outside, others.outside),
          .mode = either(mode, others.mode),
          .memory = either(memory, others.memory),
          .children = either(children, others.children),
          .native = either(native, others.native),
          .python = either(python, others.python),
          .sources = either(sources, others.sources),
          .argv = either(argv, others.argv),
          .quiet = either(quiet, others.quiet),
          .remarks = joined(remarks, others.remarks)};
}

std::string serverIsGone(std::string_view setting) {
  if (setting == "web") {
    return "vmprof's server is gone and nothing is sent anywhere; leave web out, and use -o FILE to keep the "
           "profile";
  }
  return fmt::format("{} does nothing: vmprof's server is gone, and the profile stays here", setting);
}

Result<double> parseRate(std::string_view text) {
  if (text == "auto") return 0.0;
  const std::optional<double> rate = numberOf(text);
  if (!rate || *rate < kLeastRate || *rate > kMostRate) {
    return Error{fmt::format("'{}' is no rate: say auto, or samples a second from 1 to 10000", text), {}};
  }
  return *rate;
}

Result<double> parsePeriod(std::string_view text) {
  const std::optional<double> period = numberOf(text);
  // A little room at the end: 1 / 0.0001 need not be 10 000 to the last bit.
  if (!period || *period < 1 / kMostRate * (1 - 1e-9) || *period > 1 / kLeastRate) {
    return Error{fmt::format("'{}' is no period: say seconds between samples from 0.0001 to 1", text), {}};
  }
  return std::min(1 / *period, kMostRate);
}

Result<double> parseDuration(std::string_view text) {
  constexpr double kMost = 366.0 * 24 * 3600;
  const std::optional<double> seconds = numberOf(text);
  if (!seconds || *seconds < 0.001 || *seconds > kMost)
    return Error{fmt::format("'{}' is no duration: say seconds, 0.001 or more", text), {}};
  return *seconds;
}

Result<Mode> parseMode(std::string_view text) {
  if (text == "cpu") return Mode::kCpu;
  if (text == "wall") return Mode::kWall;
  return Error{
      fmt::format("'{}' is no mode: say cpu (time on the processor) or wall (all time, waiting too)", text),
      {}};
}

Result<RunSettings> parseSettings(std::string_view text, const std::string& where) {
  RunSettings settings;
  std::size_t number = 0;
  for (const std::string_view raw : splitLines(text)) {
    const std::string place = fmt::format("{}, line {}", where, ++number);
    const std::string_view line = trimmed(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[') {
      if (lowered(line) == "[global]") continue;
      return Error{fmt::format("only the heading [global] is known here, not {}", line), place};
    }
    const std::size_t sign = line.find_first_of("=:");
    if (sign == std::string_view::npos) return Error{"expected 'key = value'", place};
    std::string key = lowered(trimmed(line.substr(0, sign)));
    std::replace(key.begin(), key.end(), '_', '-');
    std::string_view value = trimmed(line.substr(sign + 1));
    // A comment behind a value stands apart from it; "a#b" is a value.
    for (std::size_t at = 1; at < value.size(); ++at) {
      if ((value[at] == '#' || value[at] == ';') && (value[at - 1] == ' ' || value[at - 1] == '\t')) {
        value = trimmed(value.substr(0, at));
      }
    }
    if (value.empty()) return Error{fmt::format("'{}' has no value", key), place};
    if (const Result<void> applied = apply(settings, key, value); !applied.ok()) {
      return Error{applied.error().message, place};
    }
  }
  return settings;
}

Result<RunSettings> readSettings(const std::string& path) {
  const Result<std::string> text = readTextFile(path, kLargestFile);
  if (!text.ok()) return text.error();
  return parseSettings(*text, path);
}

}  // namespace pyrometer
