#include "daemon/cli/charges.h"

#include <map>
#include <utility>

namespace pyrometer {

Charges chargesOf(const Profile& profile) {
  Charges charges;
  std::map<std::pair<std::uint32_t, FunctionId>, std::uint64_t> times;  // (line, library function) -> time
  for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
    const StackWeight weight = profile.stackWeight(StackId{i});
    if (weight.count == 0) continue;
    const StackNode& node = profile.stack(StackId{i});
    if (node.importing()) {
      charges.importing += weight;
    } else if (const auto payer = node.chargedId(); !payer) {
      (node.pythonId() ? charges.nobody : charges.no_python[profile.frame(node.frame).function]) += weight;
    } else {
      charges.user += weight;
      if (node.charged == i) continue;
      const LineId line = profile.frame(profile.stack(*payer).frame).line;
      charges.below[index(line)].all += weight;
      times[{index(line), profile.frame(node.frame).function}] += weight.weight;
    }
  }
  for (const auto& [key, time] : times) {
    Charges::Library& library = charges.below[key.first];
    if (time > library.most_time) library.most = key.second, library.most_time = time;
  }
  return charges;
}

}  // namespace pyrometer
