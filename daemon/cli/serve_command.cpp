#include "daemon/cli/commands.h"
#include "daemon/server/serve.h"

namespace pyrometer {

int serve(const ServeCommand&) { return serveEditor(); }

}  // namespace pyrometer
