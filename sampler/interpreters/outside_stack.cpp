#include "sampler/interpreters/outside_stack.h"

#include <algorithm>
#include <array>

namespace pyrometer::interpreters {

namespace {

// struct _stack_chunk of CPython: previous, size in bytes, top in words, data.
constexpr std::size_t kChunkHead = 24;
constexpr std::uint64_t kMostChunkBytes = 1 << 20;
/// glibc on x86-64 keeps the kernel's id in the thread's descriptor, which is what pthread_t points at.
/// Needed only where the thread state does not hold it (before 3.11).
constexpr std::uint64_t kTidInPthread = 720;
constexpr std::size_t kMostElsewhere = 8;
constexpr std::size_t kMostCFrames = 4;
constexpr std::size_t kCFrameBytes = 24;
constexpr std::size_t kEarlierBytes = 4096;

/// The newest come first, the oldest fall off.
void remember(std::vector<std::uint64_t>& addresses, std::uint64_t address, std::size_t most) {
  const auto known = std::find(addresses.begin(), addresses.end(), address);
  if (known != addresses.end()) addresses.erase(known);
  addresses.insert(addresses.begin(), address);
  if (addresses.size() > most) addresses.pop_back();
}

std::size_t stateBytes(const Layout& layout) {
  std::size_t bytes = 0;
  for (const std::uint32_t offset : {layout.thread.next, layout.thread.frame, layout.thread.base_frame,
                                     layout.thread.thread_id, layout.thread.native_thread_id}) {
    if (offset != kAbsent) bytes = std::max<std::size_t>(bytes, offset + 8);
  }
  if (layout.thread.datastack_chunk != kAbsent) {
    bytes = std::max<std::size_t>(bytes, layout.thread.datastack_chunk + 16);
  }
  return bytes;
}

}  // namespace

class OutsideStack::WalkMemory {
 public:
  WalkMemory(OutsideStack& stack, std::vector<std::uint64_t>& elsewhere)
      : stack_(stack), elsewhere_(elsewhere) {}

  const std::uint8_t* view(std::uint64_t address, std::size_t size) {
    const std::uint8_t* bytes = stack_.memory_.fetched(address, size);
    if (bytes == nullptr && fetchOlderChunk(address)) bytes = stack_.memory_.fetched(address, size);
    const bool in_no_chunk = bytes == nullptr || stack_.memory_.beginsRange(address);
    if (in_no_chunk && size == stack_.layout_.frame.size && elsewhere_.size() < kMostElsewhere) {
      elsewhere_.push_back(address);
    }
    return bytes != nullptr ? bytes : stack_.memory_.view(address, size);
  }

 private:
  bool fetchOlderChunk(std::uint64_t address) {
    if (stack_.older_chunk_ == 0) return false;
    const std::uint64_t chunk = stack_.older_chunk_;
    std::array<std::uint64_t, 3> head{};
    const ProcessMemory::Part part{chunk, head.data(), sizeof head};
    if (!stack_.memory_.readParts({&part, 1})) return false;
    const auto [previous, size, top] = head;
    if (address < chunk || address - chunk >= size) return false;
    stack_.older_chunk_ = previous;
    if (size > kMostChunkBytes || top > size / 8) return false;
    const std::size_t used = kChunkHead + top * 8;
    std::uint8_t* room = stack_.memory_.addRange(chunk, used);
    if (room == nullptr) return false;
    const ProcessMemory::Part data{chunk, room, used};
    if (stack_.memory_.readParts({&data, 1})) return true;
    stack_.memory_.dropLastRange();
    return false;
  }

  OutsideStack& stack_;
  std::vector<std::uint64_t>& elsewhere_;
};

OutsideStack::OutsideStack(ProcessMemory& memory, const Layout& layout)
    : memory_(memory),
      layout_(layout),
      state_bytes_(stateBytes(layout)),
      frames_(stream::kMaxFrames),
      stack_(frames_.data()) {}

std::int32_t OutsideStack::threadOf(std::uint64_t thread_state) {
  if (layout_.thread.native_thread_id != kAbsent) {
    std::uint64_t tid = 0;
    return read(memory_, thread_state + layout_.thread.native_thread_id, tid) ? static_cast<std::int32_t>(tid)
                                                                              : 0;
  }
  std::uint64_t pthread = 0;
  std::int32_t tid = 0;
  if (!read(memory_, thread_state + layout_.thread.thread_id, pthread)) return 0;
  return read(memory_, pthread + kTidInPthread, tid) ? tid : 0;
}

OutsideStack::Picture OutsideStack::fetch(std::uint64_t thread_state, std::int32_t tid, Memo& memo) {
  memory_.forget();
  older_chunk_ = 0;
  earlier_at_ = 0;
  earlier_.clear();
  std::uint8_t* state = memory_.addRange(thread_state, state_bytes_);
  const ProcessMemory::Part whole_state{thread_state, state, state_bytes_};
  if (!memory_.readParts({&whole_state, 1})) return Picture::kUnreadable;
  if (layout_.thread.native_thread_id != kAbsent &&
      load<std::uint64_t>(state, layout_.thread.native_thread_id) != static_cast<std::uint64_t>(tid)) {
    return Picture::kOther;
  }
  if (layout_.kind == FrameKind::kHeapFrames) return Picture::kWhole;

  const bool cframes = layout_.kind == FrameKind::kCFrames;
  const auto expected = load<std::uint64_t>(state, layout_.thread.frame);
  const auto chunk = load<std::uint64_t>(state, layout_.thread.datastack_chunk);
  const auto top = load<std::uint64_t>(state, layout_.thread.datastack_chunk + 8);
  if (expected == 0) return Picture::kWhole;

  std::array<ProcessMemory::Part, ProcessMemory::kMostParts> parts;
  std::size_t count = 0;
  std::size_t used = 0;
  if (chunk != 0) {
    // The top still of the last chunk while a new one is pushed: read again.
    if (top < chunk + kChunkHead || top - chunk > kMostChunkBytes) return Picture::kMoved;
    // What was pushed since lies just above.
    used = top - chunk + std::min<std::size_t>(512, (4096 - (top & 4095)) & 4095);
    const std::size_t last = std::min<std::size_t>(used, kEarlierBytes);
    earlier_at_ = chunk + used - last;
    earlier_.resize(last);
    parts[count++] = {earlier_at_, earlier_.data(), last};
  }
  std::uint64_t leaf = 0;
  parts[count++] = {thread_state + layout_.thread.frame, &leaf, sizeof leaf};
  if (cframes) {
    remember(memo.cframes, expected, kMostCFrames);
    for (const std::uint64_t address : memo.cframes) {
      parts[count++] = {address, memory_.addRange(address, kCFrameBytes), kCFrameBytes};
    }
  }
  if (chunk != 0) parts[count++] = {chunk, memory_.addRange(chunk, used), used};
  const std::size_t fixed = count;
  for (const std::uint64_t address : memo.elsewhere) {
    parts[count++] = {address, memory_.addRange(address, layout_.frame.size), layout_.frame.size};
  }
  if (!memory_.readParts({parts.data(), count})) {
    // Something of last time is perhaps no memory any more: without it, and next time everything anew.
    for (std::size_t i = fixed; i < count; ++i) memory_.dropLastRange();
    memo.elsewhere.clear();
    if (!memory_.readParts({parts.data(), fixed})) {
      memo.cframes.clear();
      return Picture::kUnreadable;
    }
  }
  if (cframes && std::find(memo.cframes.begin(), memo.cframes.end(), leaf) == memo.cframes.end()) {
    remember(memo.cframes, leaf, kMostCFrames);
    return Picture::kMoved;
  }
  std::memcpy(state + layout_.thread.frame, &leaf, sizeof leaf);
  if (chunk != 0) read(memory_, chunk, older_chunk_);
  return Picture::kWhole;
}

bool OutsideStack::callersStood() const {
  const std::size_t size = layout_.frame.size;
  for (std::uint32_t i = 1; i < stack_.depth(); ++i) {
    const std::uint64_t address = frames_[i].address;
    if (address < earlier_at_ || address - earlier_at_ > earlier_.size() ||
        earlier_.size() - (address - earlier_at_) < size) {
      continue;
    }
    const std::uint8_t* before = earlier_.data() + (address - earlier_at_);
    const std::uint8_t* after = memory_.fetched(address, size);
    if (after == nullptr) continue;
    for (const std::uint32_t offset : {layout_.frame.code, layout_.frame.previous}) {
      if (load<std::uint64_t>(before, offset) != load<std::uint64_t>(after, offset)) return false;
    }
  }
  return true;
}

OutsideStack::Picture OutsideStack::take(std::uint64_t thread_state, std::int32_t tid,
                                         std::uint64_t trampoline, Memo& memo) {
  stack_.clear();
  const Picture fetched = fetch(thread_state, tid, memo);
  if (fetched != Picture::kWhole) return fetched;

  memo.elsewhere.clear();
  WalkMemory memory(*this, memo.elsewhere);
  const Leaf leaf = findLeaf(layout_, memory, thread_state);
  if (!leaf.readable) return Picture::kUnreadable;
  FrameWalker walker(layout_, memory, leaf, trampoline);
  RawFrame frame;
  while (walker.next(frame)) {
    stack_.add(frame);
  }
  stack_.finish();
  if (walker.misplaced() || !callersStood()) return Picture::kMoved;
  return walker.torn() ? Picture::kTorn : Picture::kWhole;
}

}  // namespace pyrometer::interpreters
