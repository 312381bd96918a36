#include "daemon/run/block_buffer.h"

#include <utility>

namespace pyrometer {

namespace {

void appendText(std::string& out, std::string_view text) {
  appendVarint(out, text.size());
  out += text;
}

std::uint64_t asUnsigned(std::int64_t time) { return static_cast<std::uint64_t>(time < 0 ? 0 : time); }

stream::LineTableFormat lineTableFormat(std::uint32_t py_version) {
  if (py_version >= 0x030b0000) return stream::LineTableFormat::kLocations;
  if (py_version >= 0x030a0000) return stream::LineTableFormat::kLineRanges;
  return stream::LineTableFormat::kLnotab;
}

}  // namespace

void BlockBuffer::block(stream::Block kind, std::string_view head, std::string_view tail) {
  bytes_.push_back(static_cast<char>(kind));
  appendVarint(bytes_, head.size() + tail.size());
  bytes_ += head;
  bytes_ += tail;
}

void BlockBuffer::process(const ProcessHead& head) {
  std::string text;
  appendVarint(text, head.number);
  appendVarint(text, static_cast<std::uint32_t>(head.pid));
  appendVarint(text, static_cast<std::uint32_t>(head.parent));
  appendVarint(text, head.generation);
  const bool pypy = head.pypy_version != 0;
  appendVarint(text, pypy ? head.pypy_version : head.py_version);
  text.push_back(static_cast<char>(pypy ? stream::LineTableFormat::kPypy : lineTableFormat(head.py_version)));
  appendVarint(text, asUnsigned(head.time));
  appendText(text, head.command);
  appendText(text, head.interpreter);
  appendText(text, head.working_directory);
  appendText(text, head.prefix);
  text.push_back(static_cast<char>(head.forked ? stream::kForked : 0));
  block(stream::Block::kProcess, text);
}

void BlockBuffer::processEnd(std::uint32_t process, std::int64_t time, std::uint32_t status) {
  std::string text;
  appendVarint(text, process);
  appendVarint(text, asUnsigned(time));
  appendVarint(text, status);
  block(stream::Block::kProcessEnd, text);
}

void BlockBuffer::thread(std::uint32_t thread, std::uint32_t process, std::int32_t tid, std::int64_t time,
                         std::string_view name) {
  std::string text;
  appendVarint(text, thread);
  appendVarint(text, process);
  appendVarint(text, static_cast<std::uint32_t>(tid));
  appendVarint(text, asUnsigned(time));
  appendText(text, name);
  block(stream::Block::kThread, text);
}

void BlockBuffer::threadEnd(std::uint32_t thread, std::int64_t time) {
  std::string text;
  appendVarint(text, thread);
  appendVarint(text, asUnsigned(time));
  block(stream::Block::kThreadEnd, text);
}

void BlockBuffer::asleep(std::uint32_t thread, std::uint64_t count, std::int64_t first, std::int64_t last) {
  std::string text;
  appendVarint(text, thread);
  appendVarint(text, count);
  appendVarint(text, asUnsigned(first));
  appendVarint(text, asUnsigned(last));
  block(stream::Block::kAsleep, text);
}

void BlockBuffer::inside(std::uint32_t thread, std::string_view records) {
  std::string text;
  appendVarint(text, thread);
  block(stream::Block::kInside, text, records);
}

void BlockBuffer::outside(std::uint32_t thread, std::string_view records) {
  std::string text;
  appendVarint(text, thread);
  block(stream::Block::kOutside, text, records);
}

void BlockBuffer::memory(std::uint32_t process, std::int64_t time, std::uint64_t resident_bytes) {
  std::string text;
  appendVarint(text, process);
  appendVarint(text, asUnsigned(time));
  appendVarint(text, resident_bytes);
  block(stream::Block::kMemory, text);
}

void BlockBuffer::batchEnd(std::int64_t time) {
  std::string text;
  appendVarint(text, asUnsigned(time));
  block(stream::Block::kBatchEnd, text);
}

void BlockBuffer::drop(std::uint32_t thread_plus_one, DropReason reason, std::uint64_t count) {
  std::string text;
  appendVarint(text, thread_plus_one);
  text.push_back(static_cast<char>(reason));
  appendVarint(text, count);
  block(stream::Block::kDrop, text);
}

void BlockBuffer::note(std::string_view text) {
  std::string payload;
  appendText(payload, text);
  block(stream::Block::kNote, payload);
}

void BlockBuffer::module(std::uint32_t number, std::uint32_t process, const NativeModule& module) {
  std::string payload;
  appendVarint(payload, number);
  appendVarint(payload, process);
  appendVarint(payload, module.begin);
  appendVarint(payload, module.end);
  appendVarint(payload, module.offset);
  appendText(payload, module.path);
  appendText(payload, module.build_id);
  block(stream::Block::kModule, payload);
}

void BlockBuffer::symbol(const NativeSymbolBlock& symbol) {
  std::string payload;
  appendText(payload, symbol.module);
  appendVarint(payload, symbol.offset);
  appendText(payload, symbol.function);
  appendVarint(payload, symbol.begin ? *symbol.begin + 1 : 0);
  appendText(payload, symbol.file);
  appendVarint(payload, symbol.line);
  block(stream::Block::kSymbol, payload);
}

std::string BlockBuffer::take() { return std::exchange(bytes_, {}); }

}  // namespace pyrometer
