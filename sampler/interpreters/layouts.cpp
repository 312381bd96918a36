#include "sampler/interpreters/layouts.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <optional>

#include "sampler/interpreters/self_check.h"

namespace pyrometer::interpreters {

namespace {

constexpr Layout::Text kTextBefore312{16, 32, 48, 72, 2, 5, 6};
constexpr Layout::Text kText312{16, 32, 40, 56, 2, 5, 6};

/// From co_firstlineno to co_version in 3.12 to 3.15; the interpreter's table has only the former. Used to
/// tell code objects apart and for nothing else.
constexpr std::uint32_t kFirstLineToVersion = 24;

/// struct _gil_runtime_state: interval, holder, locked, count of switches, then two locks with their
/// conditions. Free-threaded builds have a word in front that says whether it is in use.
constexpr Layout::Gil kGil{.holder = 8, .locked = 16, .size = 208};
constexpr Layout::Gil kGilThatMayBeOff{.holder = 16, .locked = 24, .size = 216};

constexpr Layout k39{
    .minor = 9,
    .kind = FrameKind::kHeapFrames,
    .runtime = {.interpreters_head = 32, .finalizing = 16, .gil = 352, .gil_holder = 568},
    .interpreter = {.next = 0, .threads_head = 8, .gc_collecting = 816, .gil = kAbsent},
    .gil = kGil,
    .thread = {.next = 8,
               .interpreter = 16,
               .frame = 24,
               .base_frame = kAbsent,
               .thread_id = 176,
               .native_thread_id = kAbsent,
               .datastack_chunk = kAbsent,
               .attachment = kAbsent},
    .cframe = {kAbsent, kAbsent},
    .frame = {.previous = 24,
              .code = 32,
              .position = 104,
              .owner = kAbsent,
              .is_entry = kAbsent,
              .tlbc_index = kAbsent,
              .locals = 360,
              .size = 120,
              .position_scale = 1,
              .generator = 96,
              .execution = 116},
    .code = {.filename = 104,
             .name = 112,
             .qualname = kAbsent,
             .linetable = 120,
             .first_line = 40,
             .adaptive = kAbsent,
             .tlbc = kAbsent,
             .version = kAbsent,
             .size = 128},
    .text = kTextBefore312,
    .bytes = {16, 32},
    .type = 8,
    .objects = {.header = 16, .type_name = 24, .type_keys = 864, .task_name = 160, .coroutine_qualname = 56},
};

constexpr Layout make310() {
  Layout layout = k39;
  layout.minor = 10;
  layout.frame.position = 96;
  layout.frame.position_scale = 2;
  layout.frame.generator = 88;
  layout.frame.execution = 108;
  layout.frame.locals = 352;
  layout.frame.size = 112;
  layout.objects.type_keys = 872;
  layout.objects.task_name = 168;
  layout.objects.coroutine_qualname = 48;
  return layout;
}

constexpr Layout k311{
    .minor = 11,
    .kind = FrameKind::kCFrames,
    .runtime = {.interpreters_head = 40, .finalizing = 24, .gil = 360, .gil_holder = 576},
    .interpreter = {.next = 0, .threads_head = 16, .gc_collecting = 848, .gil = kAbsent},
    .gil = kGil,
    .thread = {.next = 8,
               .interpreter = 16,
               .frame = 56,
               .base_frame = kAbsent,
               .thread_id = 152,
               .native_thread_id = 160,
               .datastack_chunk = 296,
               .attachment = kAbsent},
    .cframe = {.current_frame = 8, .previous = 16},
    .frame = {.previous = 48,
              .code = 32,
              .position = 56,
              .owner = 69,
              .is_entry = 68,
              .tlbc_index = kAbsent,
              .locals = 72,
              .size = 72,
              .position_scale = 1,
              .generator = kAbsent,
              .execution = kAbsent},
    .code = {.filename = 112,
             .name = 120,
             .qualname = 128,
             .linetable = 136,
             .first_line = 72,
             .adaptive = 184,
             .tlbc = kAbsent,
             .version = kAbsent,
             .size = 144},
    .text = kTextBefore312,
    .bytes = {16, 32},
    .type = 8,
    .objects = {.header = 16, .type_name = 24, .type_keys = 872, .task_name = 144, .coroutine_qualname = 40},
};

constexpr Layout k312{
    .minor = 12,
    .kind = FrameKind::kCFrames,
    .runtime = {.interpreters_head = 40, .finalizing = 24, .gil = kAbsent, .gil_holder = kAbsent},
    .interpreter = {.next = 0, .threads_head = 72, .gc_collecting = 312, .gil = 384},
    .gil = kGil,
    .thread = {.next = 8,
               .interpreter = 16,
               .frame = 56,
               .base_frame = kAbsent,
               .thread_id = 136,
               .native_thread_id = 144,
               .datastack_chunk = 232,
               .attachment = kAbsent},
    .cframe = {.current_frame = 0, .previous = 8},
    .frame = {.previous = 8,
              .code = 0,
              .position = 56,
              .owner = 70,
              .is_entry = kAbsent,
              .tlbc_index = kAbsent,
              .locals = 72,
              .size = 72,
              .position_scale = 1,
              .generator = kAbsent,
              .execution = kAbsent},
    .code = {.filename = 112,
             .name = 120,
             .qualname = 128,
             .linetable = 136,
             .first_line = 68,
             .adaptive = 192,
             .tlbc = kAbsent,
             .version = 68 + kFirstLineToVersion,
             .size = 144},
    .text = kText312,
    .bytes = {16, 32},
    .type = 8,
    .objects = {.header = 16, .type_name = 24, .type_keys = 880, .task_name = 144, .coroutine_qualname = 32},
};

/// Where the fields lie in _Py_DebugOffsets of one minor version (Include/internal/pycore_debug_offsets.h of
/// CPython). All are 8 bytes; each group begins with the size of its struct.
struct TablePositions {
  std::uint8_t minor;
  std::uint16_t bytes;
  std::uint16_t runtime, finalizing, interpreters_head;
  std::uint16_t interpreter, interpreter_next, threads_head, interpreter_gc, interpreter_gil;
  std::uint16_t thread, thread_next, thread_interpreter, current_frame, base_frame, thread_id,
      native_thread_id, datastack_chunk;
  std::uint16_t frame, previous, executable, instr_ptr, localsplus, owner, tlbc_index;
  std::uint16_t code, filename, name, qualname, linetable, first_line, adaptive, tlbc;
  std::uint16_t object, object_type, type_name;
  std::uint16_t bytes_size, bytes_data;
  std::uint16_t text_state, text_length, text_ascii;
  std::uint16_t gc_collecting;
  // Not in the table: offsets themselves. Those in objects are of builds that have a GIL, that of a thread's
  // attachment of those that have none.
  std::uint16_t type_keys, task_name, attachment;
};

constexpr std::uint16_t kNoPosition = 0;

constexpr TablePositions kTables[] = {
    {.minor = 13,
     .bytes = 584,
     .runtime = 24,
     .finalizing = 32,
     .interpreters_head = 40,
     .interpreter = 48,
     .interpreter_next = 64,
     .threads_head = 72,
     .interpreter_gc = 80,
     .interpreter_gil = 112,
     .thread = 152,
     .thread_next = 168,
     .thread_interpreter = 176,
     .current_frame = 184,
     .base_frame = kNoPosition,
     .thread_id = 192,
     .native_thread_id = 200,
     .datastack_chunk = 208,
     .frame = 224,
     .previous = 232,
     .executable = 240,
     .instr_ptr = 248,
     .localsplus = 256,
     .owner = 264,
     .tlbc_index = kNoPosition,
     .code = 272,
     .filename = 280,
     .name = 288,
     .qualname = 296,
     .linetable = 304,
     .first_line = 312,
     .adaptive = 344,
     .tlbc = kNoPosition,
     .object = 352,
     .object_type = 360,
     .type_name = 376,
     .bytes_size = 520,
     .bytes_data = 528,
     .text_state = 544,
     .text_length = 552,
     .text_ascii = 560,
     .gc_collecting = 576,
     .type_keys = 880,
     .task_name = 128,
     .attachment = 40},
    {.minor = 14,
     .bytes = 760,
     .runtime = 24,
     .finalizing = 32,
     .interpreters_head = 40,
     .interpreter = 48,
     .interpreter_next = 64,
     .threads_head = 72,
     .interpreter_gc = 88,
     .interpreter_gil = 120,
     .thread = 176,
     .thread_next = 192,
     .thread_interpreter = 200,
     .current_frame = 208,
     .base_frame = kNoPosition,
     .thread_id = 216,
     .native_thread_id = 224,
     .datastack_chunk = 232,
     .frame = 248,
     .previous = 256,
     .executable = 264,
     .instr_ptr = 272,
     .localsplus = 280,
     .owner = 288,
     .tlbc_index = 304,
     .code = 312,
     .filename = 320,
     .name = 328,
     .qualname = 336,
     .linetable = 344,
     .first_line = 352,
     .adaptive = 384,
     .tlbc = 392,
     .object = 400,
     .object_type = 408,
     .type_name = 424,
     .bytes_size = 600,
     .bytes_data = 608,
     .text_state = 624,
     .text_length = 632,
     .text_ascii = 640,
     .gc_collecting = 656,
     .type_keys = 880,
     .task_name = 136,
     .attachment = 44},
    {.minor = 15,
     .bytes = 888,
     .runtime = 24,
     .finalizing = 32,
     .interpreters_head = 40,
     .interpreter = 48,
     .interpreter_next = 64,
     .threads_head = 72,
     .interpreter_gc = 88,
     .interpreter_gil = 120,
     .thread = 176,
     .thread_next = 192,
     .thread_interpreter = 200,
     .current_frame = 208,
     .base_frame = 216,
     .thread_id = 240,
     .native_thread_id = 248,
     .datastack_chunk = 256,
     .frame = 312,
     .previous = 320,
     .executable = 328,
     .instr_ptr = 336,
     .localsplus = 344,
     .owner = 352,
     .tlbc_index = 368,
     .code = 376,
     .filename = 384,
     .name = 392,
     .qualname = 400,
     .linetable = 408,
     .first_line = 416,
     .adaptive = 448,
     .tlbc = 456,
     .object = 464,
     .object_type = 472,
     .type_name = 488,
     .bytes_size = 696,
     .bytes_data = 704,
     .text_state = 720,
     .text_length = 728,
     .text_ascii = 736,
     .gc_collecting = 760,
     .type_keys = 888,
     .task_name = 136,
     .attachment = 48},
};

static_assert(kTables[0].bytes <= kRuntimeBytes && kTables[1].bytes <= kRuntimeBytes &&
              kTables[2].bytes <= kRuntimeBytes);

/// Reads offsets out of the interpreter's table; one that cannot be right spoils the whole.
class TableReader {
 public:
  explicit TableReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::uint64_t word(std::size_t position) const {
    std::uint64_t value = 0;
    if (position + sizeof value <= bytes_.size()) std::memcpy(&value, bytes_.data() + position, sizeof value);
    return value;
  }
  /// The size of a struct, which must be at most `limit`.
  std::uint64_t size(std::size_t position, std::uint64_t limit) {
    const std::uint64_t value = word(position);
    if (value == 0 || value > limit) odd_ = true;
    return value;
  }
  /// An offset of a field of `width` bytes within a struct of `size` bytes.
  std::uint32_t field(std::size_t position, std::uint64_t size, std::uint64_t width) {
    const std::uint64_t value = word(position);
    if (value > size || size - value < width || value % width != 0) odd_ = true;
    return static_cast<std::uint32_t>(value);
  }
  bool odd() const { return odd_; }

 private:
  std::span<const std::byte> bytes_;
  bool odd_ = false;
};

/// All fields read are within the struct's first bytes: what a reader has to fetch at most.
constexpr std::uint64_t kLargestFrame = 128;
constexpr std::uint64_t kLargestCode = 512;
constexpr std::uint64_t kLargestState = 1 << 20;
/// Of an object where there is a GIL.
constexpr std::uint64_t kPlainHeader = 16;

std::optional<Layout> readTable(const TablePositions& at, std::span<const std::byte> runtime) {
  TableReader table(runtime);
  Layout layout;
  layout.version_hex = static_cast<std::uint32_t>(table.word(8));
  layout.minor = at.minor;
  layout.free_threaded = table.word(16) == 1;
  layout.kind = FrameKind::kDirect;

  const std::uint64_t runtime_size = table.size(at.runtime, std::uint64_t{1} << 30);
  layout.runtime = {table.field(at.interpreters_head, runtime_size, 8),
                    table.field(at.finalizing, runtime_size, 8), kAbsent, kAbsent};
  const std::uint64_t interpreter_size = table.size(at.interpreter, std::uint64_t{1} << 30);
  layout.interpreter = {.next = table.field(at.interpreter_next, interpreter_size, 8),
                        .threads_head = table.field(at.threads_head, interpreter_size, 8),
                        .gc_collecting = table.field(at.interpreter_gc, interpreter_size, 8) +
                                         table.field(at.gc_collecting, interpreter_size, 4),
                        .gil = table.field(at.interpreter_gil, interpreter_size, 8)};
  layout.gil = layout.free_threaded ? kGilThatMayBeOff : kGil;
  const std::uint64_t thread_size = table.size(at.thread, kLargestState);
  layout.thread = {
      .next = table.field(at.thread_next, thread_size, 8),
      .interpreter = table.field(at.thread_interpreter, thread_size, 8),
      .frame = table.field(at.current_frame, thread_size, 8),
      .base_frame = at.base_frame == kNoPosition ? kAbsent : table.field(at.base_frame, thread_size, 8),
      .thread_id = table.field(at.thread_id, thread_size, 8),
      .native_thread_id = table.field(at.native_thread_id, thread_size, 8),
      .datastack_chunk = table.field(at.datastack_chunk, thread_size, 8),
      .attachment = layout.free_threaded ? at.attachment : kAbsent,
  };
  layout.cframe = {kAbsent, kAbsent};
  const std::uint64_t frame_size = table.size(at.frame, kLargestFrame);
  layout.frame = {
      .previous = table.field(at.previous, frame_size, 8),
      .code = table.field(at.executable, frame_size, 8),
      .position = table.field(at.instr_ptr, frame_size, 8),
      .owner = table.field(at.owner, frame_size, 1),
      .is_entry = kAbsent,
      .tlbc_index = layout.free_threaded && at.tlbc_index != kNoPosition
                        ? table.field(at.tlbc_index, frame_size, 4)
                        : kAbsent,
      .locals = table.field(at.localsplus, frame_size + 8, 8),
      .size = static_cast<std::uint32_t>(frame_size),
      .position_scale = 1,
      .generator = kAbsent,
      .execution = kAbsent,
  };
  const std::uint64_t code_size = table.size(at.code, kLargestCode);
  layout.code = {
      .filename = table.field(at.filename, code_size, 8),
      .name = table.field(at.name, code_size, 8),
      .qualname = table.field(at.qualname, code_size, 8),
      .linetable = table.field(at.linetable, code_size, 8),
      .first_line = table.field(at.first_line, code_size, 4),
      .adaptive = table.field(at.adaptive, code_size + 8, 2),
      .tlbc = layout.frame.tlbc_index != kAbsent ? table.field(at.tlbc, code_size, 8) : kAbsent,
      .version = table.field(at.first_line, code_size - kFirstLineToVersion, 4) + kFirstLineToVersion,
      .size = 0,
  };
  layout.code.size =
      std::max(std::max(layout.code.linetable, layout.code.qualname) + 8, layout.code.version + 4);
  layout.type = table.field(at.object_type, 64, 8);
  layout.bytes = {table.field(at.bytes_size, 64, 8), table.field(at.bytes_data, 128, 1)};
  const std::uint32_t text_ascii = table.field(at.text_ascii, 128, 8);
  const bool wide_state = layout.free_threaded && at.minor >= 14;  // interned takes a whole byte there
  layout.text = {
      .length = table.field(at.text_length, 128, 8),
      .state = table.field(at.text_state, 128, 4),
      .ascii = text_ascii,
      .compact = text_ascii + 16,
      .kind_shift = static_cast<std::uint8_t>(wide_state ? 8 : 2),
      .compact_bit = static_cast<std::uint8_t>(wide_state ? 11 : 5),
      .ascii_bit = static_cast<std::uint8_t>(wide_state ? 12 : 6),
  };
  const std::uint64_t header = table.size(at.object, 64);
  // What the header is longer by in a free-threaded build, everything in the object is further on.
  const auto further = static_cast<std::uint32_t>(header - std::min<std::uint64_t>(header, kPlainHeader));
  layout.objects = {.header = static_cast<std::uint32_t>(header),
                    .type_name = table.field(at.type_name, 128, 8),
                    .type_keys = at.type_keys + further,
                    .task_name = at.task_name + further,
                    .coroutine_qualname = 32 + further};
  if (table.odd()) return std::nullopt;
  return layout;
}

LayoutSearch refusal(LayoutProblem problem, std::uint32_t version_hex, const char* what) {
  LayoutSearch search;
  search.problem = problem;
  std::snprintf(search.reason, sizeof search.reason, "CPython %u.%u.%u%s", (version_hex >> 24) & 0xff,
                (version_hex >> 16) & 0xff, (version_hex >> 8) & 0xff, what);
  return search;
}

}  // namespace

const char* doubtText(Doubt doubt) {
  switch (doubt) {
    case Doubt::kNone:
    case Doubt::kNoFrames:
      break;
    case Doubt::kThreadId:
      return "its thread state does not hold the thread's id";
    case Doubt::kInterpreter:
      return "its thread state does not lead to an interpreter";
    case Doubt::kStack:
      return "its frames do not lead to the first one";
    case Doubt::kCode:
      return "a frame's code is not a code object";
    case Doubt::kNames:
      return "a code object's name, file or line table is none";
  }
  return "nothing was found wrong";
}

LayoutSearch findLayout(std::uint32_t version_hex, std::span<const std::byte> runtime) {
  const std::uint32_t major = version_hex >> 24;
  const std::uint32_t minor = (version_hex >> 16) & 0xff;
  if (major != 3 || minor < 9 || minor > 15) {
    return refusal(LayoutProblem::kUnknownVersion, version_hex,
                   " is not known to this sampler; it samples CPython 3.9 to 3.15");
  }
  LayoutSearch search;
  switch (minor) {
    case 9:
      search.layout = k39;
      break;
    case 10:
      search.layout = make310();
      break;
    case 11:
      search.layout = k311;
      break;
    case 12:
      search.layout = k312;
      break;
    default: {
      const TablePositions& at = kTables[minor - 13];
      const TableReader head(runtime);
      const auto odd = [&](const char* what) { return refusal(LayoutProblem::kOddTable, version_hex, what); };
      if (runtime.size() < at.bytes) return odd(": its table of offsets could not be read");
      if (std::memcmp(runtime.data(), "xdebugpy", 8) != 0) return odd(": its table of offsets has no mark");
      if (head.word(8) >> 16 != version_hex >> 16) return odd(": its table of offsets is of another version");
      if (head.word(16) > 1)
        return odd(": its table of offsets is damaged (free threading neither on nor off)");
      const std::optional<Layout> read = readTable(at, runtime);
      if (!read) return odd(": its table of offsets has impossible values");
      search.layout = *read;
    }
  }
  if (search.layout.version_hex == 0) search.layout.version_hex = version_hex;
  return search;
}

}  // namespace pyrometer::interpreters
