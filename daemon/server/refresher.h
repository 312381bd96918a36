#pragma once

#include <chrono>

#include "daemon/server/client.h"

namespace pyrometer {

/// Tells a client that hints and lenses have changed, if it wants to be told: a few times a second at most,
/// and never a second time before it has answered. Strand only.
class Refresher {
 public:
  explicit Refresher(Client& client) : client_(client) {}

  void setFeatures(const ClientFeatures& features);

  /// There may be something new; it can wait for the next news.
  void mayRefresh();
  /// Something has changed for good: what is on screen must not stay.
  void refresh();

 private:
  using Clock = std::chrono::steady_clock;

  /// One of the two requests, and where it stands.
  struct Asked {
    bool wanted = false;   ///< the client knows it
    bool pending = false;  ///< not answered yet
    bool again = false;    ///< once it is
    Clock::time_point last{};
  };
  template <class Request>
  void ask(Asked& asked);

  Client& client_;
  Asked hints_, lenses_;
};

}  // namespace pyrometer
