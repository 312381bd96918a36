#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/native/native_code.h"
#include "daemon/run/sample_log.h"
#include "daemon/run/shared_block.h"

namespace pyrometer {

/// Keeps the handlers of a run's processes able to unwind native code, and the recording informed of what it
/// is: looks at a process's mappings when it registers, when its handlers met code that they do not know, and
/// now and then without a cause. A thread of its own, since the strand may be busy with names for a while.
class NativeWatch {
 public:
  static Result<std::unique_ptr<NativeWatch>> start(SampleLog& log);
  ~NativeWatch();
  NativeWatch(const NativeWatch&) = delete;
  NativeWatch& operator=(const NativeWatch&) = delete;

  int descriptor() const { return code_->descriptor(); }
  /// A place for a process that is about to register (session::Welcome); 0: there is none.
  std::uint32_t promise(std::int32_t pid);

  struct Target {
    std::uint32_t number = 0;  ///< of the process in the log
    std::int32_t pid = 0;
    std::uint32_t py_version = 0;
    std::string image;                   ///< as imageOf() has it: after exec nothing is told of it any more
    std::shared_ptr<SharedBlock> block;  ///< its first one
  };
  /// It has registered, and takes the place that it was promised.
  void add(Target target);
  void remove(std::uint32_t number);
  /// What handlers met up to now is in the log afterwards, with what it is mapped from.
  void follow();

 private:
  struct Watched {
    Target target;
    std::uint32_t place = 0;
    std::uint32_t unmapped_seen = 0;
    std::int64_t looked_at = 0;
    std::int64_t pause = 0;  ///< until the next look, where looking brings nothing
  };
  NativeWatch(std::unique_ptr<NativeCode> code, SampleLog& log);
  void look(Watched& watched, std::int64_t now);
  void followLocked();

  SampleLog& log_;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::unique_ptr<NativeCode> code_;
  std::map<std::uint32_t, Watched> watched_;        ///< by number
  std::map<std::int32_t, std::uint32_t> promised_;  ///< places, by pid
  std::jthread thread_;
};

}  // namespace pyrometer
