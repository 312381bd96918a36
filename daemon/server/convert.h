#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/doctor/doctor.h"
#include "daemon/server/document_view.h"
#include "daemon/server/documents/text_change.h"
#include "daemon/server/held_profile.h"
#include "daemon/server/profile_view.h"
#include "daemon/server/server.h"
#include "daemon/support/result.h"
#include "protocol/messages.h"

/// Between what the daemon thinks in and what it says. Pure functions; an Error names the field.
namespace pyrometer {

// ---- In ----

Result<HeldId> heldIdOf(std::uint64_t number, const std::string& field);
Result<std::optional<HeldId>> heldIdOf(std::optional<std::uint64_t> number);

/// Threads must be the profile's, and states must have names that there are.
Result<Filter> filterOf(const std::optional<protocol::Filter>& filter, const Profile& profile);

/// The path of a file URI; an Error for any other, with what to do.
Result<std::string> filePathOf(const std::string& uri, const std::string& field);

Result<RunRequest> runRequestOf(const protocol::RunParams& params);
Result<AttachRequest> attachRequestOf(const protocol::AttachParams& params);

/// Settings as an editor sends them, laid over `present`.
Result<ServerSettings> settingsOf(const protocol::Settings& settings, ServerSettings present);

/// Numbers beyond what a document can have become the greatest there are.
TextPosition positionOf(const protocol::Position& position);
std::vector<TextChange> changesOf(const std::vector<protocol::TextDocumentContentChangeEvent>& changes);

/// Of a page: `limit` between 1 and 1000, 100 if left out.
Result<std::size_t> pageLimitOf(std::optional<std::uint64_t> limit);

// ---- Out ----

std::uint64_t numberOf(HeldId id);
protocol::Interval protocolOf(const Interval& interval);
protocol::LineHeat protocolOf(const DocumentLine& line);
protocol::Profile protocolOf(const HeldProfile& held);
protocol::FunctionRow protocolOf(const FunctionPage::Row& row);
protocol::TreeNode protocolOf(const TreePage::Row& row);
protocol::FlameResult protocolOf(HeldId profile, const FlamePicture& picture);
protocol::TimelineResult protocolOf(const ProfileView& view, const Timeline& timeline);
protocol::ProfileState protocolOf(HeldState state);
protocol::Finding protocolOf(const Finding& finding);

/// From the begin of a line to the begin of the next.
protocol::Range wholeLine(std::uint32_t line);

}  // namespace pyrometer
