#include "tests/unit/sampler/session_host.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <thread>

namespace pyrometer::test {

namespace {

int check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  return result;
}

}  // namespace

SessionHost::SessionHost(std::string sampler_library) : library_(std::move(sampler_library)) {
  char path[] = "/tmp/pyrometer-test-XXXXXX";
  if (mkdtemp(path) == nullptr) throw std::runtime_error("mkdtemp");
  folder_ = path;
}

SessionHost::~SessionHost() {
  for (ring::Block* block : mapped_) munmap(block, sizeof(ring::Block));
  unlink((folder_ + "/" + session::kSocketName).c_str());
  rmdir(folder_.c_str());
}

SessionHost::Ended SessionHost::run(const std::vector<std::string>& command, int seconds) {
  const int listener = check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (folder_ + "/" + session::kSocketName).c_str(), sizeof address.sun_path - 1);
  unlink(address.sun_path);
  check(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), "bind");
  check(listen(listener, 8), "listen");
  int output[2];
  check(pipe2(output, O_CLOEXEC | O_NONBLOCK), "pipe2");

  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = check(fork(), "fork");
  if (child == 0) {
    fcntl(output[1], F_SETFL, 0);
    dup2(output[1], 1);
    dup2(output[1], 2);
    if (!plain) {
      setenv("LD_PRELOAD", library_.c_str(), 1);
      setenv(session::kFolderVariable, folder_.c_str(), 1);
    }
    // A sanitizer's runtime in this process is none of the program's business.
    unsetenv("ASAN_OPTIONS");
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(output[1]);

  Ended ended;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  for (;;) {
    serve(listener);
    drain();
    char buffer[65536];
    for (ssize_t n = 0; (n = read(output[0], buffer, sizeof buffer)) > 0;) {
      ended.out.append(buffer, static_cast<std::size_t>(n));
    }
    const pid_t gone = waitpid(child, &ended.wait_status, WNOHANG);
    if (gone == child) break;
    if (std::chrono::steady_clock::now() > deadline) {
      ended.timed_out = true;
      kill(child, SIGKILL);
      waitpid(child, &ended.wait_status, 0);
      break;
    }
    if (!plain && !mapped_.empty() && mapped_[0]->control.ready.load() != 0) {
      if (outside) {
        readThreads(child);
      } else {
        signalThreads(child);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(microseconds_between));
  }
  drain();
  for (ssize_t n = 0;;) {
    char buffer[65536];
    n = read(output[0], buffer, sizeof buffer);
    if (n <= 0) break;
    ended.out.append(buffer, static_cast<std::size_t>(n));
  }
  if (!mapped_.empty()) {
    no_segment = mapped_[0]->control.no_segment.load();
    foreign = mapped_[0]->control.foreign_signals.load();
    threads_started = mapped_[0]->control.threads_started.load();
  }
  close(output[0]);
  close(listener);
  return ended;
}

void SessionHost::serve(int listener) {
  const int peer = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (peer < 0) return;
  session::Hello said{};
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (recv(peer, &said, sizeof said, MSG_WAITALL) == sizeof said) {
    ++hellos;
    if (said.purpose == session::Purpose::kRegister) hello = said;
    if (said.refused == 0) {
      session::Welcome welcome{ring::kMagic, ring::kVersion, decline ? 0u : 1u, getpid(), 0};
      iovec part{&welcome, sizeof welcome};
      msghdr message{};
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
      int memory = -1;
      if (!decline) {
        memory = check(memfd_create("pyrometer-test", MFD_CLOEXEC), "memfd_create");
        check(ftruncate(memory, sizeof(ring::Block)), "ftruncate");
        auto* block = static_cast<ring::Block*>(
            mmap(nullptr, sizeof(ring::Block), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0));
        block->control.magic = ring::kMagic;
        block->control.version = ring::kVersion;
        block->control.segment_count = ring::kSegmentsPerBlock;
        block->control.block_number = static_cast<std::uint32_t>(mapped_.size());
        mapped_.push_back(block);
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(head), &memory, sizeof memory);
        ++blocks;
      }
      sendmsg(peer, &message, MSG_NOSIGNAL);
      session::Ready answer{};
      if (recv(peer, &answer, sizeof answer, MSG_WAITALL) == sizeof answer) ready = answer;
      if (memory >= 0) close(memory);
    }
  }
  close(peer);
}

void SessionHost::readThreads(pid_t pid) {
  if (!reader_) {
    std::vector<std::byte> table(interpreters::kRuntimeBytes);
    iovec here{table.data(), table.size()};
    iovec there{reinterpret_cast<void*>(hello.runtime), table.size()};
    process_vm_readv(pid, &here, 1, &there, 1, 0);
    const interpreters::LayoutSearch search = interpreters::findLayout(hello.py_version, table);
    if (!search.found()) throw std::runtime_error(search.reason);
    reader_ = std::make_unique<interpreters::OutsideReader>(pid, search.layout, hello.runtime);
  }
  // The list changes seldom; asking for it each time would only cost.
  if (outcomes.empty() || ++looks_ % 100 == 0) tids_ = reader_->threads();
  if (tids_.empty()) tids_.push_back(pid);
  for (const std::int32_t tid : tids_) {
    std::vector<std::uint8_t> records;
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto outcome = reader_->sample(tid, now.tv_sec * 1'000'000'000 + now.tv_nsec, 0, records);
    ++outcomes[outcome];
    if (!outside_stream.feed(tid, std::string(records.begin(), records.end()))) {
      throw std::runtime_error(outside_stream.error);
    }
  }
  outside_counters = reader_->counters();
}

void SessionHost::drain() {
  for (ring::Block* block : mapped_) {
    for (ring::Segment& segment : block->segments) {
      const std::uint32_t state = segment.state.load(std::memory_order_acquire);
      if (state == ring::kFree) continue;
      const std::uint64_t head = segment.head.load(std::memory_order_acquire);
      const std::uint64_t tail = segment.tail.load(std::memory_order_relaxed);
      const int tid = segment.tid.load();
      std::string records;
      for (std::uint64_t at = tail; at != head; ++at) {
        records += static_cast<char>(segment.bytes[at % ring::kSegmentBytes]);
      }
      segment.tail.store(head, std::memory_order_release);
      bytes += records.size();
      flags_seen[tid] |= segment.flags.load();
      if (!stream.feed(tid, records)) throw std::runtime_error(stream.error);
      full += segment.dropped_full.exchange(0);
      torn += segment.dropped_torn.exchange(0);
      without_python += segment.without_python.exchange(0);
      if (state == ring::kReleased) segment.state.store(ring::kFree, std::memory_order_release);
    }
  }
}

void SessionHost::signalThreads(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/task";
  DIR* tasks = opendir(path.c_str());
  if (tasks == nullptr) return;
  while (const dirent* entry = readdir(tasks)) {
    if (entry->d_name[0] == '.') continue;
    const int tid = std::atoi(entry->d_name);
    bool blocked = false;
    for (ring::Block* block : mapped_) {
      for (ring::Segment& segment : block->segments) {
        if (segment.state.load() == ring::kOwned && segment.tid.load() == tid && segment.flags.load() != 0) {
          blocked = true;
        }
      }
    }
    if (!blocked && syscall(SYS_tgkill, pid, tid, SIGURG) == 0) ++signals;
  }
  closedir(tasks);
}

}  // namespace pyrometer::test
