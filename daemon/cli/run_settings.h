#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/run_info.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What `run` can be told, on the command line or in a file of settings. What was not said is empty.
struct RunSettings {
  std::optional<std::string> output;
  std::optional<double> rate_hz;  ///< 0: auto
  std::optional<bool> outside;
  std::optional<Mode> mode;
  std::optional<bool> memory;
  std::optional<bool> children;
  std::optional<bool> native;
  std::optional<std::string> python;
  std::optional<bool> sources;
  std::optional<bool> argv;
  std::optional<bool> quiet;
  std::vector<std::string> remarks{};  ///< what the user should know of settings that have come to nothing

  /// What is said here, and else what `others` say.
  RunSettings over(const RunSettings& others) const;
};

/// "auto", or samples a second from 1 to 10 000.
Result<double> parseRate(std::string_view text);
/// Seconds between samples, from 0.0001 to 1, as a rate.
Result<double> parsePeriod(std::string_view text);
/// How long to stay attached: seconds, more than 0, a year at most.
Result<double> parseDuration(std::string_view text);
Result<Mode> parseMode(std::string_view text);
/// The answer to vmprof's settings that were about its server: a sentence.
std::string serverIsGone(std::string_view setting);

/// Reads settings as an ini file has them: "key = value" or "key: value", one a line, the keys being the long
/// options without their dashes (underscores do as well); "#" and ";" begin comments; a heading [global] may
/// stand above. Switches take yes, no, true, false, on, off, 1, 0. vmprof's other settings are known and
/// answered. Errors name `where` and the line.
Result<RunSettings> parseSettings(std::string_view text, const std::string& where);
Result<RunSettings> readSettings(const std::string& path);

}  // namespace pyrometer
