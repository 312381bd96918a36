#pragma once

#include <optional>
#include <string>
#include <string_view>

/// File URIs (RFC 8089, RFC 3986) and paths. Both are bytes; a path that is no UTF-8 survives the way there
/// and back.
namespace pyrometer {

/// "/home/a b/ü.py" -> "file:///home/a%20b/%C3%BC.py". What RFC 3986 calls unreserved stands for itself, and
/// so do '/' and the signs that need no escape in a path. The path should be absolute.
std::string fileUri(std::string_view path);

/// The path of a file URI: "file:///p", "file:/p", "file://localhost/p", percent-escapes decoded once, query
/// and fragment left off. None for another scheme or host, a path that is not absolute, a malformed escape
/// ("%", "%4", "%zz"), or an escaped zero byte.
std::optional<std::string> pathOfUri(std::string_view uri);

}  // namespace pyrometer
