#include "daemon/importers/bundle/manifest.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace pyrometer::bundle {
namespace {

using Json = nlohmann::json;

constexpr int kFormatVersion = 1;  // what we can read; exporters/bundle says what we write

/// Takes a field if it is there and of the right kind; a manifest is a file, and files are not to be trusted.
void take(const Json& json, const char* name, std::string& into) {
  if (const auto found = json.find(name); found != json.end() && found->is_string())
    into = found->get<std::string>();
}
void take(const Json& json, const char* name, bool& into) {
  if (const auto found = json.find(name); found != json.end() && found->is_boolean())
    into = found->get<bool>();
}
void take(const Json& json, const char* name, double& into) {
  if (const auto found = json.find(name); found != json.end() && found->is_number())
    into = found->get<double>();
}
template <class Integer>
void takeInteger(const Json& json, const char* name, Integer& into) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_integer()) return;
  if (found->is_number_unsigned()) {
    const auto value = found->get<std::uint64_t>();
    if (std::in_range<Integer>(value)) into = static_cast<Integer>(value);
  } else if (const auto value = found->get<std::int64_t>(); std::in_range<Integer>(value)) {
    into = static_cast<Integer>(value);
  }
}
void take(const Json& json, const char* name, std::vector<std::string>& into) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_array()) return;
  for (const Json& one : *found) {
    if (one.is_string()) into.push_back(one.get<std::string>());
  }
}

constexpr const char* kDropNames[] = {"ring_full",  "no_segment", "torn_stack",
                                      "unanswered", "unreadable", "damaged_record"};
static_assert(std::size(kDropNames) == static_cast<std::size_t>(DropReason::kCount));

}  // namespace

Result<RunInfo> parseManifest(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Error{"is not a manifest: no JSON object", "manifest.json"};
  int version = kFormatVersion;
  takeInteger(json, "format_version", version);
  if (version < 1 || version > kFormatVersion) {
    return Error{"has format version " + std::to_string(version) + "; this build reads version " +
                     std::to_string(kFormatVersion) + ", a newer Pyrometer reads it",
                 "manifest.json"};
  }
  RunInfo info;
  take(json, "format", info.format);
  take(json, "interpreter", info.interpreter);
  take(json, "argv", info.argv);
  take(json, "working_directory", info.working_directory);
  take(json, "host", info.host);
  take(json, "command", info.command);
  std::string mode;
  take(json, "mode", mode);
  info.mode = mode == "wall" ? Mode::kWall : Mode::kCpu;
  take(json, "outside", info.outside);
  take(json, "attached", info.attached);
  take(json, "blocking", info.blocking);
  if (const auto looks = json.find("looks"); looks != json.end() && looks->is_object()) {
    takeInteger(*looks, "stacks", info.looks.stacks);
    takeInteger(*looks, "again", info.looks.again);
    takeInteger(*looks, "completed", info.looks.completed);
    takeInteger(*looks, "torn", info.looks.torn);
    takeInteger(*looks, "unreadable", info.looks.unreadable);
  }
  take(json, "has_lines", info.has_lines);
  take(json, "has_times", info.has_times);
  take(json, "true_weights", info.true_weights);
  take(json, "rate_asked_hz", info.rate_asked_hz);
  if (!std::isfinite(info.rate_asked_hz) || info.rate_asked_hz < 0) info.rate_asked_hz = 0;
  take(json, "rate_auto", info.rate_auto);
  takeInteger(json, "start_unix_ns", info.start_unix_ns);
  takeInteger(json, "duration_ns", info.duration_ns);
  takeInteger(json, "cpu_ns", info.cpu_ns);
  if (info.duration_ns < 0) info.duration_ns = 0;
  if (info.cpu_ns < 0) info.cpu_ns = 0;
  if (const auto drops = json.find("drops"); drops != json.end() && drops->is_object()) {
    for (std::size_t i = 0; i < std::size(kDropNames); ++i) takeInteger(*drops, kDropNames[i], info.drops[i]);
  }
  take(json, "notes", info.notes);
  if (const auto damage = json.find("damage"); damage != json.end() && damage->is_array()) {
    for (const Json& one : *damage) {
      if (!one.is_object()) continue;
      Damage found;
      takeInteger(one, "offset", found.offset);
      take(one, "what", found.what);
      info.damage.push_back(std::move(found));
    }
  }
  if (const auto meta = json.find("meta"); meta != json.end() && meta->is_object()) {
    for (const auto& [key, value] : meta->items()) {
      if (value.is_string()) info.meta[key] = value.get<std::string>();
    }
  }
  take(json, "finished", info.finished);
  takeInteger(json, "exit_status", info.exit_status);
  return info;
}

}  // namespace pyrometer::bundle
