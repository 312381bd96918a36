#include "daemon/exporters/vmprof/code_ids.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace pyrometer::vmprof {
namespace {

/// What an importer calls code without a name: "(code 0x1000)".
std::optional<std::uint64_t> numberIn(const Profile& profile, const Function& function) {
  constexpr std::string_view kBefore = "(code 0x";
  std::string_view name = profile.string(function.name);
  if (function.kind != FunctionKind::kUnknown || !name.starts_with(kBefore) || !name.ends_with(')'))
    return std::nullopt;
  name.remove_prefix(kBefore.size());
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size() - 1, number, 16);
  if (error != std::errc() || end != name.data() + name.size() - 1) return std::nullopt;
  return number;
}

}  // namespace

CodeIds::CodeIds(const Profile& profile)
    : cells_(profile.functions().size()), named_(profile.functions().size(), true) {
  std::unordered_set<std::uint64_t> taken;
  for (std::uint32_t i = 0; i < cells_.size(); ++i) {
    const auto number = numberIn(profile, profile.functions()[i]);
    if (!number || !taken.insert(*number).second) continue;
    cells_[i] = *number;
    named_[i] = false;
  }
  std::uint64_t fresh = 0;
  for (std::uint32_t i = 0; i < cells_.size(); ++i) {
    if (!named_[i]) continue;
    const std::uint64_t native = profile.functions()[i].kind == FunctionKind::kNative ? 1 : 0;
    do fresh += 16;
    while (taken.contains(fresh + native));
    cells_[i] = fresh + native;
  }
}

}  // namespace pyrometer::vmprof
