#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/files.h"
#include "daemon/cli/styled_line.h"
#include "daemon/doctor/doctor.h"

namespace pyrometer {
namespace {

std::string sheet(const std::vector<Finding>& findings, const Terminal& terminal) {
  std::string out;
  for (const Finding& finding : findings) {
    const bool fine = finding.verdict == Finding::Verdict::kFine;
    const std::string first = fmt::format("{:<8} {:<14} ", verdictText(finding.verdict), finding.name);
    out += paragraph(terminal, first, finding.text, fine ? Style::kPlain : Style::kBold);
    if (!finding.advice.empty()) out += paragraph(terminal, std::string(first.size(), ' '), finding.advice);
  }
  return out;
}

std::string document(const std::vector<Finding>& findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"name", finding.name},
                    {"verdict", verdictText(finding.verdict)},
                    {"text", finding.text},
                    {"advice", finding.advice}});
  }
  const nlohmann::ordered_json all = {
      {"view", "doctor"}, {"broken", anyBroken(findings)}, {"findings", list}};
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

int doctor(const DoctorCommand& command) {
  const std::vector<Finding> findings = examineMachine(command.python);
  const Result<void> written =
      writeAll(STDOUT_FILENO, command.json ? document(findings) : sheet(findings, terminalOf(STDOUT_FILENO)));
  if (!written.ok()) return complain(written.error(), kFailed);
  return anyBroken(findings) ? kFailed : 0;
}

}  // namespace pyrometer
