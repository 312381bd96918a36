#pragma once

#include "daemon/cli/characters.h"

namespace pyrometer {

/// Where text goes, and what it may use there.
struct Terminal {
  enum class Colour { kNone, kSixteen, kTwoHundredFiftySix };
  int width = 80;
  /// Room for one figure beside a name: tables leave the others out, and bars.
  bool isNarrow() const { return width < 60; }
  Colour colour = Colour::kNone;
  Charset charset = Charset::kUnicode;
};

/// Looks at a descriptor and the environment. Width: the terminal's own, else COLUMNS, else 80. Colour: on
/// terminals only, never with NO_COLOR set or TERM=dumb. Charset: the locale's; where no locale is set at all
/// UTF-8 is assumed, as Python does (PEP 538).
Terminal terminalOf(int descriptor);

}  // namespace pyrometer
