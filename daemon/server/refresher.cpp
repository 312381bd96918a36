#include "daemon/server/refresher.h"

#include <utility>

namespace pyrometer {
namespace {

/// Hints change with every look at the samples; lenses push lines about, so more seldom.
constexpr std::chrono::milliseconds kHintPause{300}, kLensPause{1000};

}  // namespace

void Refresher::setFeatures(const ClientFeatures& features) {
  hints_.wanted = features.refreshes_hints && !features.paints_heat;
  lenses_.wanted = features.refreshes_lenses;
}

void Refresher::mayRefresh() {
  const Clock::time_point now = Clock::now();
  if (!hints_.pending && now - hints_.last >= kHintPause) ask<protocol::InlayHintRefreshRequest>(hints_);
  if (!lenses_.pending && now - lenses_.last >= kLensPause) ask<protocol::CodeLensRefreshRequest>(lenses_);
}

void Refresher::refresh() {
  ask<protocol::InlayHintRefreshRequest>(hints_);
  ask<protocol::CodeLensRefreshRequest>(lenses_);
}

template <class Request>
void Refresher::ask(Asked& asked) {
  if (!asked.wanted) return;
  if (asked.pending) {
    asked.again = true;
    return;
  }
  asked.pending = true;
  asked.last = Clock::now();
  client_.ask<Request>({}, [this, &asked](const auto&) {
    asked.pending = false;
    if (std::exchange(asked.again, false)) ask<Request>(asked);
  });
}

}  // namespace pyrometer
