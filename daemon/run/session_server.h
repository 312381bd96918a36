#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/run/shared_block.h"
#include "daemon/support/file_descriptor.h"
#include "daemon/support/result.h"
#include "sampler/session.h"

namespace boost::asio {
class io_context;
}

namespace pyrometer {

class RecordingLock;

/// The session folder (0700) and the socket in it (0600) at which the process images of a run make themselves
/// known, and get the memory that they write their samples to. The folder is locked as long as its daemon
/// lives, and removed with the server; unlocked ones, which dead daemons left, are removed when one starts.
/// Thread: the strand's.
class SessionServer {
 public:
  /// What a process told of itself. `pid` is the kernel's word.
  struct Registration {
    std::int32_t pid = 0;
    std::uint32_t py_version = 0;
    std::uint32_t pypy_version = 0;  ///< 0: CPython
    std::uint64_t runtime = 0;
    bool forked = false;  ///< a copy of its parent, with the parent's interpreter
  };
  /// Which block a process is to be given: its number, and how many segments it has.
  struct BlockOrder {
    std::uint32_t number = 0, segments = ring::kSegmentsPerBlock;
    std::uint32_t unwind = 0;    ///< see session::Welcome
    int unwind_descriptor = -1;  ///< stays the giver's
  };
  struct Events {
    /// May this process be sampled? If not, it runs on undisturbed.
    std::function<bool(std::int32_t pid)> accepts;
    /// It has mapped the block and its handler is in place.
    std::function<void(const Registration&, std::shared_ptr<SharedBlock>)> registered;
    std::function<void(std::int32_t pid, std::shared_ptr<SharedBlock>)> more;
    /// The first block of a process, or its next one. Empty: it gets none.
    std::function<std::optional<BlockOrder>(std::int32_t pid, bool next)> order;
    /// A process is not sampled. `path`: the file that it is about to execute; empty: it is one already.
    /// `why` is a part of a sentence.
    std::function<void(std::int32_t pid, const std::string& path, const std::string& why)> unsampled;
    /// A sentence for the user.
    std::function<void(const std::string&)> note;
  };

  /// `children`: what sampled processes start is to be sampled, too.
  static Result<std::unique_ptr<SessionServer>> open(boost::asio::io_context& io, Events events,
                                                     bool children);
  ~SessionServer();
  SessionServer(const SessionServer&) = delete;
  SessionServer& operator=(const SessionServer&) = delete;

  const std::string& folder() const { return folder_; }
  /// Who comes from now on is heard, but not sampled any more.
  void takeNoMore() { takes_ = false; }
  /// Makes a process's first block ahead, so that it need not wait for it.
  void prepareBlock();

 private:
  struct Listener;
  class Connection;
  SessionServer(std::string folder, std::shared_ptr<RecordingLock> lock, Events events, bool children);
  void accept();
  std::shared_ptr<SharedBlock> takeBlock(const BlockOrder& order);

  std::string folder_;
  std::shared_ptr<RecordingLock> lock_;
  Events events_;
  bool children_;
  bool takes_ = true;
  std::unique_ptr<Listener> listener_;
  std::shared_ptr<SharedBlock> prepared_;
  std::shared_ptr<SessionServer*> alive_;  ///< connections may outlive us in the io_context
};

}  // namespace pyrometer
