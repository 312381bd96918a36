#include "sampler/interpreters/outside_stack.h"

#include <algorithm>
#include <array>

namespace pyrometer::interpreters {

namespace {

// struct _stack_chunk of CPython: previous, size in bytes, top in words, data.
constexpr std::size_t kChunkHead = 24;
/// The oldest chunk leaves out its first word, so that no frame begins where chunks are compared with null.
constexpr std::uint64_t kFirstFrameSlack = 16;
constexpr std::uint64_t kMostChunkBytes = 1 << 20;
/// glibc on x86-64 keeps the kernel's id in the thread's descriptor, which is what pthread_t points at.
/// Needed only where the thread state does not hold it (before 3.11).
constexpr std::uint64_t kTidInPthread = 720;
constexpr std::size_t kMostElsewhere = 8;
/// Where all frames are elsewhere (3.9, 3.10): as many as one call can read beside the pointer to the leaf.
constexpr std::size_t kMostHeapFrames = ProcessMemory::kMostParts - 1;
constexpr std::size_t kCFrameBytes = 24;
/// What is read again of the data stack: the last twenty frames. Those below stand long enough.
constexpr std::size_t kDataWindow = 2048;
/// The C stack around the C frame in use: what was called since lies below it, where it was called from
/// above. One part in place of many: a part costs 350 ns, its size next to nothing.
constexpr std::size_t kBelowCFrame = 2048, kAboveCFrame = 4096;

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

/// 3.9, 3.10: is this frame object one that runs or waits for what it called? One that has ended keeps its
/// code, and a caller that may be any frame by now. Nobody refers to it any more; its callee and whoever runs
/// it refer to one that is at work.
bool isAtWork(const Layout& layout, const std::uint8_t* frame, bool leaf) {
  constexpr std::uint64_t kMostReferences = 1ull << 40;
  const auto references = load<std::uint64_t>(frame, 0);
  if (references < (leaf ? 1 : 2) || references > kMostReferences) return false;
  const auto execution = load<std::int8_t>(frame, layout.frame.execution);
  constexpr std::int8_t kReturned = 1, kUnwinding = 2;  // may call a trace function, a finalizer
  if (layout.minor == 9) return execution == 1;
  return execution == 0 || (!leaf && (execution == kReturned || execution == kUnwinding));
}

}  // namespace

class OutsideStack::WalkMemory {
 public:
  WalkMemory(OutsideStack& stack, std::vector<std::uint64_t>& elsewhere)
      : stack_(stack),
        elsewhere_(elsewhere),
        most_(stack.layout_.kind == FrameKind::kHeapFrames ? kMostHeapFrames : kMostElsewhere) {}

  const std::uint8_t* view(std::uint64_t address, std::size_t size) {
    const std::uint8_t* bytes = stack_.memory_.fetched(address, size);
    if (bytes == nullptr && fetchOlderChunk(address)) bytes = stack_.memory_.fetched(address, size);
    const bool in_no_chunk = bytes == nullptr || stack_.memory_.beginsRange(address);
    if (in_no_chunk && size == stack_.layout_.frame.size && elsewhere_.size() < most_ &&
        std::find(elsewhere_.begin(), elsewhere_.end(), address) == elsewhere_.end()) {
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
    stack_.bottom_chunk_ = chunk;
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
  std::size_t most_;
};

OutsideStack::OutsideStack(ProcessMemory& memory, const Layout& layout)
    : memory_(memory),
      layout_(layout),
      state_bytes_(stateBytes(layout)),
      frames_(stream::kMaxFrames),
      stack_(frames_.data()) {}

OutsideStack::Owner OutsideStack::ownerOf(std::uint64_t thread_state) {
  Owner owner;
  if (layout_.thread.native_thread_id != kAbsent) {
    std::uint64_t tid = 0;
    if (read(memory_, thread_state + layout_.thread.native_thread_id, tid))
      owner.tid = static_cast<std::int32_t>(tid);
    return owner;
  }
  if (!read(memory_, thread_state + layout_.thread.thread_id, owner.pthread) ||
      !read(memory_, owner.pthread + kTidInPthread, owner.tid)) {
    return {};
  }
  return owner;
}

OutsideStack::Picture OutsideStack::fetch(std::uint64_t thread_state, std::int32_t tid, Memo& memo) {
  memory_.forget();
  older_chunk_ = bottom_chunk_ = 0;
  data_stack_.clear();
  c_stack_.clear();
  std::uint8_t* state = memory_.addRange(thread_state, state_bytes_);
  const ProcessMemory::Part whole_state{thread_state, state, state_bytes_};
  if (!memory_.readParts({&whole_state, 1})) return Picture::kUnreadable;
  if (layout_.thread.native_thread_id != kAbsent &&
      load<std::uint64_t>(state, layout_.thread.native_thread_id) != static_cast<std::uint64_t>(tid)) {
    return Picture::kOther;
  }
  if (memo.pthread != 0 && load<std::uint64_t>(state, layout_.thread.thread_id) != memo.pthread)
    return Picture::kOther;
  if (layout_.kind == FrameKind::kHeapFrames) return fetchHeapFrames(thread_state, state, memo);

  const bool cframes = layout_.kind == FrameKind::kCFrames;
  const auto expected = load<std::uint64_t>(state, layout_.thread.frame);
  const auto chunk = load<std::uint64_t>(state, layout_.thread.datastack_chunk);
  const auto top = load<std::uint64_t>(state, layout_.thread.datastack_chunk + 8);
  if (expected == 0) return Picture::kWhole;

  std::size_t used = 0;
  if (chunk != 0) {
    // The top still of the last chunk while a new one is pushed: read again.
    if (top < chunk + kChunkHead || top - chunk > kMostChunkBytes) return Picture::kMoved;
    // What was pushed since lies just above.
    used = top - chunk + std::min<std::size_t>(512, (4096 - (top & 4095)) & 4095);
    const std::size_t last = std::min(used, kDataWindow);
    data_stack_.lay(chunk + used - last, last, memory_.addRange(chunk, used) + (used - last));
  }
  if (cframes) {
    const std::size_t below = memo.c_stack ? kBelowCFrame : 0;
    const std::size_t size = below + (memo.c_stack ? kAboveCFrame : kCFrameBytes);
    c_stack_.lay(expected - below, size, memory_.addRange(expected - below, size));
  }

  std::array<ProcessMemory::Part, ProcessMemory::kMostParts> parts;
  std::size_t count = 0;
  std::uint64_t leaf = 0;
  const auto add = [&](std::uint64_t address, void* to, std::size_t size) {
    if (size != 0) parts[count++] = {address, to, size};
  };
  const std::size_t older = used - data_stack_.earlier.size();
  add(c_stack_.address, c_stack_.earlier.data(), c_stack_.earlier.size());
  add(data_stack_.address, data_stack_.earlier.data(), data_stack_.earlier.size());
  add(thread_state + layout_.thread.frame, &leaf, sizeof leaf);
  add(c_stack_.address, c_stack_.later, c_stack_.earlier.size());
  add(data_stack_.address, data_stack_.later, data_stack_.earlier.size());
  add(chunk, data_stack_.later - older, older);
  const std::size_t fixed = count;
  for (const std::uint64_t address : memo.elsewhere) {
    add(address, memory_.addRange(address, layout_.frame.size), layout_.frame.size);
  }
  if (!memory_.readParts({parts.data(), count})) {
    // Something of last time is perhaps no memory any more: without it, and next time everything anew.
    for (std::size_t i = fixed; i < count; ++i) memory_.dropLastRange();
    memo.elsewhere.clear();
    if (!memory_.readParts({parts.data(), fixed})) {
      // The C frame of an outermost call may lie close to the end of its stack.
      const bool again = cframes && memo.c_stack;
      memo.c_stack = false;
      return again ? Picture::kMoved : Picture::kUnreadable;
    }
  }
  std::memcpy(state + layout_.thread.frame, &leaf, sizeof leaf);
  if (chunk != 0) read(memory_, chunk, older_chunk_);
  bottom_chunk_ = chunk;
  return Picture::kWhole;
}

OutsideStack::Picture OutsideStack::fetchHeapFrames(std::uint64_t thread_state, std::uint8_t* state,
                                                    Memo& memo) {
  std::uint64_t leaf = 0;
  std::array<ProcessMemory::Part, ProcessMemory::kMostParts> parts;
  std::size_t count = 0;
  parts[count++] = {thread_state + layout_.thread.frame, &leaf, sizeof leaf};
  for (const std::uint64_t address : memo.elsewhere) {
    parts[count++] = {address, memory_.addRange(address, layout_.frame.size), layout_.frame.size};
  }
  if (!memory_.readParts({parts.data(), count})) {
    for (std::size_t i = 1; i < count; ++i) memory_.dropLastRange();
    if (!memory_.readParts({parts.data(), 1})) return Picture::kUnreadable;
  }
  std::memcpy(state + layout_.thread.frame, &leaf, sizeof leaf);
  return Picture::kWhole;
}

bool OutsideStack::standsStill(std::uint64_t thread_state) {
  if (stack_.depth() == 0) return true;
  const std::size_t frames = std::min<std::size_t>(stack_.depth(), kMostHeapFrames);
  std::vector<std::uint8_t> again(frames * layout_.frame.size);
  std::uint64_t leaf = 0;
  std::array<ProcessMemory::Part, ProcessMemory::kMostParts> parts;
  for (std::size_t i = 0; i < frames; ++i)
    parts[i] = {frames_[i].address, again.data() + i * layout_.frame.size, layout_.frame.size};
  // The leaf last: what is found the same before it was so when the leaf still was.
  parts[frames] = {thread_state + layout_.thread.frame, &leaf, sizeof leaf};
  if (!memory_.readParts({parts.data(), frames + 1}) || leaf != frames_[0].address) return false;
  for (std::size_t i = 0; i < frames; ++i) {
    const std::uint8_t* bytes = again.data() + i * layout_.frame.size;
    const auto caller = load<std::uint64_t>(bytes, layout_.frame.previous);
    const std::uint64_t walked = i + 1 < stack_.depth() ? frames_[i + 1].address : 0;
    if (load<std::uint64_t>(bytes, layout_.frame.code) != frames_[i].code || caller != walked) return false;
    // The leaf may have been called many times meanwhile, and was not at work at this very moment.
    if ((i != 0 || caller == 0) && !isAtWork(layout_, bytes, i == 0)) return false;
  }
  return true;
}

void OutsideStack::Window::lay(std::uint64_t at, std::size_t size, std::uint8_t* to) {
  address = at;
  earlier.resize(size);
  later = to;
}

void OutsideStack::Window::swap() { std::swap_ranges(earlier.begin(), earlier.end(), later); }

const std::uint8_t* OutsideStack::Window::other(std::uint64_t at, std::size_t size) const {
  if (at < address || at - address > earlier.size() || earlier.size() - (at - address) < size) return nullptr;
  return earlier.data() + (at - address);
}

bool OutsideStack::stood(std::uint32_t first) const {
  for (std::uint32_t i = first; i < stack_.depth(); ++i) {
    if (changeOf(frames_[i]) != kNothing) return false;
  }
  return true;
}

unsigned OutsideStack::changeOf(const RawFrame& frame) const {
  const std::uint8_t* one = data_stack_.other(frame.address, layout_.frame.size);
  const std::uint8_t* another = memory_.fetched(frame.address, layout_.frame.size);
  if (one == nullptr || another == nullptr) return kNothing;
  const auto differs = [&](std::uint32_t offset) {
    return load<std::uint64_t>(one, offset) != load<std::uint64_t>(another, offset);
  };
  return (differs(layout_.frame.code) ? kCode : 0u) | (differs(layout_.frame.previous) ? kCaller : 0u);
}

bool OutsideStack::endsAtBottom() const {
  if (bottom_chunk_ == 0 || stack_.depth() == 0) return true;
  const RawFrame& root = frames_[stack_.depth() - 1];
  if (root.owner != kOwnedByThread) return true;
  return older_chunk_ == 0 && root.address - bottom_chunk_ - kChunkHead <= kFirstFrameSlack;
}

bool OutsideStack::walk(WalkMemory& memory, const Leaf& leaf, std::uint64_t trampoline) {
  stack_.clear();
  FrameWalker walker(layout_, memory, leaf, trampoline);
  RawFrame frame;
  while (walker.next(frame)) {
    stack_.add(frame);
  }
  stack_.finish();
  return !walker.misplaced() && !walker.torn() && endsAtBottom();
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
  const bool heap = layout_.kind == FrameKind::kHeapFrames;
  // A leaf with the same code under another caller is a new frame half written over the old one.
  if (walk(memory, leaf, trampoline) &&
      (heap ? standsStill(thread_state)
            : stood(1) && (stack_.depth() == 0 || changeOf(frames_[0]) != kCaller))) {
    return Picture::kWhole;
  }

  // Nothing moved, and still it does not lead to the root.
  if (!heap && stack_.depth() > 1 && !leaf.checks_entry && stood(0)) return Picture::kTorn;

  stack_.clear();
  alone_is_root_ = false;
  RawFrame alone;
  bool found = decodeAlone(memory, leaf, trampoline, alone);
  if (!found) {
    // Popped meanwhile, and its place cleared or taken by a frame that begins elsewhere.
    data_stack_.swap();
    found = decodeAlone(memory, leaf, trampoline, alone);
  }
  if (!found) return Picture::kMoved;
  stack_.add(alone);
  return alone_is_root_ ? Picture::kWhole : Picture::kLeafAlone;
}

bool OutsideStack::decodeAlone(WalkMemory& memory, const Leaf& leaf, std::uint64_t trampoline,
                               RawFrame& frame) {
  std::uint64_t previous = 0;
  bool entry = false;
  if (!FrameWalker<WalkMemory>::decode(layout_, memory, leaf.frame, frame, previous, entry)) return false;
  if (layout_.kind == FrameKind::kHeapFrames) {
    const std::uint8_t* bytes = memory.view(leaf.frame, layout_.frame.size);
    // All of it from one read.
    alone_is_root_ = bytes != nullptr && load<std::uint64_t>(bytes, layout_.frame.previous) == 0 &&
                     load<std::uint64_t>(bytes, layout_.frame.generator) == 0 &&
                     (load<std::uint64_t>(bytes, layout_.frame.code) & ~std::uint64_t{7}) == frame.code &&
                     isAtWork(layout_, bytes, true);
  }
  // Its caller lies below it in the same chunk: not a mark on the C stack, and not a generator's frame.
  called_by_python_ =
      layout_.kind == FrameKind::kHeapFrames
          ? previous != 0
          : frame.owner == kOwnedByThread && !entry && previous - bottom_chunk_ < leaf.frame - bottom_chunk_;
  return frame.owner < kFirstShimOwner && frame.code != trampoline;
}

}  // namespace pyrometer::interpreters
