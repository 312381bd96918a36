#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "daemon/exporters/bundle/bundle.h"

namespace pyrometer::bundle {
namespace {

constexpr const char* kDropNames[] = {"ring_full",  "no_segment", "torn_stack",
                                      "unanswered", "unreadable", "damaged_record"};
static_assert(std::size(kDropNames) == static_cast<std::size_t>(DropReason::kCount));

}  // namespace

std::string manifestText(const RunInfo& info) {
  nlohmann::ordered_json json;
  json["format_version"] = kFormatVersion;
  json["format"] = info.format;
  json["interpreter"] = info.interpreter;
  json["argv"] = info.argv;
  json["working_directory"] = info.working_directory;
  json["host"] = info.host;
  json["command"] = info.command;
  json["mode"] = info.mode == Mode::kWall ? "wall" : "cpu";
  json["outside"] = info.outside;
  json["attached"] = info.attached;
  json["blocking"] = info.blocking;
  if (info.looks.stacks + info.looks.unreadable != 0) {
    json["looks"] = {{"stacks", info.looks.stacks},
                     {"again", info.looks.again},
                     {"completed", info.looks.completed},
                     {"torn", info.looks.torn},
                     {"unreadable", info.looks.unreadable}};
  }
  json["has_lines"] = info.has_lines;
  json["has_times"] = info.has_times;
  json["true_weights"] = info.true_weights;
  json["rate_asked_hz"] = std::isfinite(info.rate_asked_hz) ? info.rate_asked_hz : 0;
  json["rate_auto"] = info.rate_auto;
  json["start_unix_ns"] = info.start_unix_ns;
  json["duration_ns"] = info.duration_ns;
  json["cpu_ns"] = info.cpu_ns;
  for (std::size_t i = 0; i < std::size(kDropNames); ++i) json["drops"][kDropNames[i]] = info.drops[i];
  json["notes"] = info.notes;
  // Damage of our own stream is found again by whoever reads it; that of another tool's file only here.
  if (info.format != "pyrometer") {
    for (const Damage& one : info.damage)
      json["damage"].push_back({{"offset", one.offset}, {"what", one.what}});
  }
  if (!info.meta.empty()) json["meta"] = info.meta;
  json["finished"] = info.finished;
  json["exit_status"] = info.exit_status;
  // Arguments and paths are bytes; what is not UTF-8 in them is replaced.
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace pyrometer::bundle
