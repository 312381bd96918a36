#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "daemon/server/client.h"
#include "protocol/messages.h"

namespace pyrometer {

/// Work-done progress (LSP 3.17, *Work Done Progress*): what takes long is told under the token that the
/// client gave, or under one of ours if the client shows such. Strand only.
class WorkProgress {
 public:
  struct Work {
    std::string title;
    /// The client's token; without one we ask for a progress of our own, where `asks` says so.
    std::optional<protocol::Any> token = {};
    bool asks = true;
    std::function<void()> cancel;  ///< the user wants an end of it
  };
  using Id = std::uint64_t;

  explicit WorkProgress(Client& client) : client_(client) {}
  void setFeatures(const ClientFeatures& features) { shows_ = features.shows_progress; }

  Id begin(Work work);
  /// At most twice a second; what comes in between is dropped.
  void report(Id id, const std::string& message, std::optional<std::uint64_t> percentage = {});
  /// Once; ids that are over are nothing. What is over before the client has agreed to show it is begun and
  /// ended then: a client that was asked for a progress holds something for it until it has seen its end.
  void end(Id id, const std::string& message);
  void cancel(const protocol::WorkDoneProgressCancelParams& params);

 private:
  using Clock = std::chrono::steady_clock;
  struct Going {
    Work work;
    Clock::time_point reported{};
    bool asked = false;                        ///< the client's agreement is under way
    std::optional<std::string> end_message{};  ///< over, and not told yet
  };
  void tell(const protocol::Any& token, const protocol::WorkDoneProgress& value);
  void tellBegin(Id id, const protocol::Any& token);
  void onAnswer(Id id, const protocol::Any& token, bool agreed);

  Client& client_;
  bool shows_ = false;
  Id last_ = 0;
  std::map<Id, Going> going_;
};

}  // namespace pyrometer
