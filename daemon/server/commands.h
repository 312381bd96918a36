#pragma once

/// Commands that the daemon announces. The first argument is a document's URI.
namespace pyrometer {

inline constexpr const char kProfileFileCommand[] = "pyrometer.server.profileFile";
inline constexpr const char kStopCommand[] = "pyrometer.server.stop";
inline constexpr const char kClearCommand[] = "pyrometer.server.clear";

}  // namespace pyrometer
