#include "daemon/importers/jitlog/log_layout.h"

namespace pyrometer::jitlog {

SplitDescr splitDescr(std::string_view arguments) {
  int depth = 0;
  std::size_t comma = std::string_view::npos;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const char c = arguments[i];
    if (c == '<' || c == '(') {
      ++depth;
    } else if ((c == '>' || c == ')') && depth > 0) {
      --depth;
    } else if (c == ',' && depth == 0) {
      comma = i;
    }
  }
  if (comma == std::string_view::npos) return {arguments, {}};
  return {arguments.substr(0, comma), arguments.substr(comma + 1)};
}

}  // namespace pyrometer::jitlog
