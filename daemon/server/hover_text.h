#pragma once

#include <optional>
#include <string>

#include "daemon/server/document_view.h"

namespace pyrometer {

/// The card that a hover shows: what the line and its function add up to, what the words mean, how sure the
/// numbers are. In Markdown, or as plain lines for clients that cannot read it.
std::string hoverText(const ProfileView& view, const std::optional<DocumentLine>& line,
                      const std::optional<DocumentFunction>& function, bool markdown);

/// "34.5 % total, 12.0 % self": what stands above a function.
std::string lensText(const DocumentFunction& function);

}  // namespace pyrometer
