#include "daemon/server/work_progress.h"

#include <fmt/format.h>

#include <utility>

namespace pyrometer {
namespace {

constexpr std::chrono::milliseconds kReportPause{500};

}  // namespace

WorkProgress::Id WorkProgress::begin(Work work) {
  const Id id = ++last_;
  std::optional<protocol::Any> token = std::exchange(work.token, std::nullopt);
  const bool asks = work.asks && shows_;
  Going& going = going_[id] = {.work = std::move(work)};
  if (token && !token->isNull()) {
    tellBegin(id, *token);
  } else if (asks) {
    const protocol::Any own = protocol::Any::ofString(fmt::format("pyrometer/{}", id));
    going.asked = true;
    client_.ask<protocol::WorkDoneProgressCreateRequest>(
        {.token = own},
        [this, id, own](const Result<protocol::Null>& agreed) { onAnswer(id, own, agreed.ok()); });
  }
  return id;
}

void WorkProgress::tellBegin(Id id, const protocol::Any& token) {
  Work& work = going_.at(id).work;
  work.token = token;
  tell(token, {.kind = protocol::ProgressKind::kBegin, .title = work.title, .cancellable = true});
}

void WorkProgress::onAnswer(Id id, const protocol::Any& token, bool agreed) {
  const auto going = going_.find(id);
  if (going == going_.end()) return;
  going->second.asked = false;
  if (agreed) tellBegin(id, token);
  if (going->second.end_message) end(id, *std::exchange(going->second.end_message, std::nullopt));
}

void WorkProgress::report(Id id, const std::string& message, std::optional<std::uint64_t> percentage) {
  const auto going = going_.find(id);
  if (going == going_.end() || !going->second.work.token) return;
  const Clock::time_point now = Clock::now();
  if (now - going->second.reported < kReportPause) return;
  going->second.reported = now;
  client_.notifyLatest<protocol::ProgressNotification>(
      "progress " + std::to_string(id),
      {.token = *going->second.work.token,
       .value = {.kind = protocol::ProgressKind::kReport, .message = message, .percentage = percentage}});
}

void WorkProgress::end(Id id, const std::string& message) {
  const auto going = going_.find(id);
  if (going == going_.end()) return;
  if (going->second.asked) {
    going->second.work.cancel = nullptr;
    going->second.end_message = message;
    return;
  }
  const std::optional<protocol::Any> token = going->second.work.token;
  going_.erase(going);
  if (token) tell(*token, {.kind = protocol::ProgressKind::kEnd, .message = message});
}

void WorkProgress::cancel(const protocol::WorkDoneProgressCancelParams& params) {
  // Cancelling may end the work, and with it its place in the list.
  std::function<void()> cancel;
  for (const auto& [id, going] : going_) {
    if (going.work.token == params.token) cancel = going.work.cancel;
  }
  if (cancel) cancel();
}

void WorkProgress::tell(const protocol::Any& token, const protocol::WorkDoneProgress& value) {
  client_.notify<protocol::ProgressNotification>({.token = token, .value = value});
}

}  // namespace pyrometer
