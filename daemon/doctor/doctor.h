#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pyrometer {

/// How one thing stands that Pyrometer needs, or can use.
struct Finding {
  enum class Verdict : std::uint8_t {
    kFine,
    kLimited,  ///< something that can be done without is missing
    kBroken,   ///< programs cannot be profiled here
  };
  std::string name;  ///< one or two words
  Verdict verdict = Verdict::kFine;
  std::string text;    ///< what was found
  std::string advice;  ///< what to do; empty where there is nothing to do
};

/// Looks at this machine, and tries what can be tried; takes some tenths of a second. `python`: the
/// interpreter to ask about, as --python has it; empty: the one that `run` would find.
std::vector<Finding> examineMachine(const std::string& python);

/// "fine", "limited", "broken"
const char* verdictText(Finding::Verdict verdict);
bool anyBroken(const std::vector<Finding>& findings);

}  // namespace pyrometer
