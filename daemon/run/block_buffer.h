#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/profile/run_info.h"
#include "daemon/support/varint.h"
#include "sampler/sample_stream.h"

namespace pyrometer {

/// What a stream says of a process image (Block::kProcess).
struct ProcessHead {
  std::uint32_t number = 0;
  std::int32_t pid = 0;
  std::int32_t parent = 0;
  std::uint32_t generation = 0;
  std::uint32_t py_version = 0;
  std::uint32_t pypy_version = 0;  ///< 0: CPython
  bool forked = false;
  std::int64_t time = 0;
  std::string command = {};
  std::string interpreter = {};
  std::string working_directory = {};
  std::string prefix = {};
};

/// Native code that a process has mapped (Block::kModule).
struct NativeModule {
  std::uint64_t begin = 0, end = 0, offset = 0;
  std::string path = {}, build_id = {};
};

/// A place in native code (Block::kSymbol).
struct NativeSymbolBlock {
  std::string_view module;
  std::uint64_t offset = 0;
  std::string_view function;
  std::optional<std::uint64_t> begin;
  std::string_view file;
  std::uint32_t line = 0;
};

/// Blocks of the sample stream, written one behind the other (sampler/sample_stream.h). Not thread-safe.
class BlockBuffer {
 public:
  void process(const ProcessHead& head);
  void processEnd(std::uint32_t process, std::int64_t time, std::uint32_t status);
  void thread(std::uint32_t thread, std::uint32_t process, std::int32_t tid, std::int64_t time,
              std::string_view name);
  void threadEnd(std::uint32_t thread, std::int64_t time);
  void asleep(std::uint32_t thread, std::uint64_t count, std::int64_t first, std::int64_t last);
  void inside(std::uint32_t thread, std::string_view records);
  void outside(std::uint32_t thread, std::string_view records);
  void memory(std::uint32_t process, std::int64_t time, std::uint64_t resident_bytes);
  void batchEnd(std::int64_t time);
  /// `thread_plus_one` is 0 where no thread is to blame.
  void drop(std::uint32_t thread_plus_one, DropReason reason, std::uint64_t count);
  void note(std::string_view text);
  /// `number`: of modules in this recording, from 0.
  void symbol(const NativeSymbolBlock& symbol);
  void module(std::uint32_t number, std::uint32_t process, const NativeModule& module);

  const std::string& bytes() const { return bytes_; }
  std::string take();

 private:
  void block(stream::Block kind, std::string_view head, std::string_view tail = {});

  std::string bytes_;
};

}  // namespace pyrometer
