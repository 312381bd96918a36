#include "daemon/native/unwind_area.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <string>

#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

constexpr std::uint64_t kStep = std::uint64_t{256} << 10;  ///< pages are made in pieces of this size
constexpr std::uint32_t kLeastRoom = 64;

}  // namespace

Result<std::unique_ptr<UnwindArea>> UnwindArea::make() {
  const auto failed = [](const char* what) {
    return Error{
        std::string("no memory for unwinding native code (") + what + ": " + systemErrorText(errno) + ")",
        {}};
  };
  FileDescriptor fd(memfd_create("pyrometer-unwind", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!fd) return failed("memfd_create");
  if (ftruncate(fd.get(), static_cast<off_t>(unwind::kAreaBytes)) != 0) return failed("ftruncate");
  fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  void* memory =
      mmap(nullptr, unwind::kAreaBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
  if (memory == MAP_FAILED) return failed("mmap");
  std::unique_ptr<UnwindArea> area(new UnwindArea(std::move(fd), static_cast<std::uint8_t*>(memory)));
  if (area->allocate(unwind::kUnit) == 0) return failed("fallocate");
  const unwind::Head head{.magic = unwind::kAreaMagic, .reserved = 0};
  std::memcpy(area->memory_, &head, sizeof head);
  return area;
}

UnwindArea::~UnwindArea() { munmap(memory_, unwind::kAreaBytes); }

std::uint32_t UnwindArea::allocate(std::uint64_t bytes) {
  const std::uint64_t size = (bytes + unwind::kUnit - 1) / unwind::kUnit * unwind::kUnit;
  if (size > unwind::kAreaBytes - used_) return 0;
  if (used_ + size > there_) {
    const std::uint64_t wanted = std::min(unwind::kAreaBytes, (used_ + size + kStep - 1) / kStep * kStep);
    int done = 0;
    do {
      done = fallocate(fd_.get(), 0, static_cast<off_t>(there_), static_cast<off_t>(wanted - there_));
    } while (done != 0 && errno == EINTR);
    if (done != 0) return 0;
    there_ = wanted;
  }
  const auto place = static_cast<std::uint32_t>(used_ / unwind::kUnit);
  used_ += size;
  return place;
}

unwind::Process& UnwindArea::process(std::uint32_t place) {
  return *reinterpret_cast<unwind::Process*>(memory_ + place * unwind::kUnit);
}

std::uint32_t UnwindArea::addTable(std::string_view table) {
  const std::uint32_t place = allocate(table.size());
  if (place != 0) std::memcpy(memory_ + place * unwind::kUnit, table.data(), table.size());
  return place;
}

std::uint32_t UnwindArea::addProcess() {
  std::uint32_t place = 0;
  if (free_processes_.empty()) {
    static_assert(sizeof(unwind::Process) <= unwind::kUnit);
    place = allocate(sizeof(unwind::Process));
    if (place == 0) return 0;
  } else {
    place = free_processes_.back();
    free_processes_.pop_back();
  }
  new (memory_ + place * unwind::kUnit) unwind::Process{};
  lists_[place] = {};
  return place;
}

void UnwindArea::removeProcess(std::uint32_t place) {
  const auto found = lists_.find(place);
  if (found == lists_.end()) return;
  if (found->second.room != 0) free_lists_.emplace(found->second.room, found->second);
  lists_.erase(found);
  free_processes_.push_back(place);
}

bool UnwindArea::publish(std::uint32_t place, const std::vector<unwind::Range>& ranges) {
  const auto found = lists_.find(place);
  if (found == lists_.end()) return false;
  Lists& lists = found->second;
  const auto count = static_cast<std::uint32_t>(ranges.size());
  unwind::Process& head = process(place);
  if (lists.room < count) {
    // Some more than now: programs load libraries for a while.
    Lists larger;
    if (const auto free = free_lists_.lower_bound(count); free != free_lists_.end()) {
      larger = free->second;
      free_lists_.erase(free);
    } else {
      larger.room = std::max(kLeastRoom, count + count / 2);
      for (std::uint32_t& list : larger.places) {
        list = allocate(std::uint64_t{larger.room} * sizeof(unwind::Range));
        if (list == 0) return false;
      }
    }
    // The old ones stay as they are: a handler may be reading them.
    lists = larger;
  }
  lists.current ^= 1;
  const std::uint32_t list = lists.places[lists.current];
  // Whoever still reads in there began two publications ago, and will see that by the generation.
  head.generation.fetch_add(1, std::memory_order_acq_rel);
  if (!ranges.empty())
    std::memcpy(memory_ + list * unwind::kUnit, ranges.data(), ranges.size() * sizeof(unwind::Range));
  head.ranges.store(std::uint64_t{list} << 32 | count, std::memory_order_release);
  return true;
}

void UnwindArea::setEvaluation(std::uint32_t place, std::uint64_t begin, std::uint64_t end) {
  if (!lists_.contains(place)) return;
  process(place).evaluation[0] = begin;
  process(place).evaluation[1] = end;
}

}  // namespace pyrometer
