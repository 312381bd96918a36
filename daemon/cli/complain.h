#pragma once

#include <string_view>

#include "daemon/support/result.h"

namespace pyrometer {

/// One line on standard error: "pyrometer: where: message". Returns `status`, so that commands can end with
/// it.
int complain(const Error& error, int status);

/// The same for what is no failure.
void remark(std::string_view text);

}  // namespace pyrometer
