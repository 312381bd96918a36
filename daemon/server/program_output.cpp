#include "daemon/server/program_output.h"

#include <memory>
#include <utility>

#include "daemon/server/convert.h"

namespace pyrometer {

void ProgramOutput::write(HeldId run, std::string text) {
  constexpr int kLook = 100;  // ms between looks whether the conversation has ended
  while (!connection_.waitForReader(kMaxWaiting, kLook)) {
    const std::lock_guard lock(mutex_);
    if (let_go_) break;
  }
  const std::size_t size = text.size();
  {
    std::unique_lock lock(mutex_);
    less_waits_.wait(lock, [&] { return posted_ <= kMaxWaiting || let_go_; });
    posted_ += size;
  }
  const auto params = std::make_shared<protocol::OutputParams>(
      protocol::OutputParams{.run = numberOf(run), .text = std::move(text)});
  strand_.post([this, params, size] {
    client_.notify<protocol::OutputNotification>(*params);
    {
      const std::lock_guard lock(mutex_);
      posted_ -= size;
    }
    less_waits_.notify_all();
  });
}

void ProgramOutput::letGo() {
  {
    const std::lock_guard lock(mutex_);
    let_go_ = true;
  }
  less_waits_.notify_all();
}

}  // namespace pyrometer
