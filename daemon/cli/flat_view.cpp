#include "daemon/cli/flat_tables.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/view.h"

namespace pyrometer {

std::string flatView(const Profile& profile, const ViewOptions& options, const Terminal& terminal,
                     bool brief) {
  std::string out;
  if (!brief) {
    StyledLine title(terminal);
    title.rest(titleOf(profile.info()), Style::kBold);
    out += title.text() + paragraph(terminal, "", summaryText(profile), Style::kDim);
  }
  if (profile.sampleCount() == 0) return out;
  if (!brief) out += "\n";
  const FlatQuestion question(profile, options, terminal, brief);
  if (profile.info().has_lines) out += lineTable(question) + "\n";
  out += functionTable(question);
  if (question.few && !brief) {
    out +=
        "\n" + paragraph(terminal, "",
                         "There are few samples: each true share lies in its interval with 95 % confidence.",
                         Style::kDim);
  }
  return out;
}

}  // namespace pyrometer
