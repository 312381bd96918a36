#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "daemon/importers/jitlog/marks.h"

namespace pyrometer::test {

/// Writes a jitlog, mark by mark, as PyPy would, or as it never would.
class LogMaker {
 public:
  using Mark = jitlog::Mark;

  explicit LogMaker(int version = 4, bool narrow = false) : version_(version), narrow_(narrow) {}

  static std::string number(std::uint64_t value, unsigned size) {
    std::string out;
    for (unsigned i = 0; i < size; ++i, value >>= 8) out += static_cast<char>(value & 0xff);
    return out;
  }
  static std::string text(std::string_view bytes) { return number(bytes.size(), 4) + std::string(bytes); }
  std::string address(std::uint64_t value) const { return number(value, narrow_ ? 4 : 8); }

  LogMaker& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  LogMaker& mark(Mark mark, std::string_view payload) {
    return raw(std::string(1, static_cast<char>(mark)) + std::string(payload));
  }

  LogMaker& header(std::string_view machine = "x86_64") {
    mark(Mark::kHeader,
         number(static_cast<unsigned>(version_), 2) + std::string(1, narrow_ ? '\1' : '\0') + text(machine));
    std::string table = number(operations().size(), 2);
    for (const auto& [name, opnum] : operations()) table += number(opnum, 2) + text(name);
    return mark(Mark::kOperationTable, table);
  }

  LogMaker& start(std::uint64_t id, std::string_view kind, std::uint64_t descr = 0) {
    return mark(Mark::kStartTrace, address(id) + text(kind) + address(descr) +
                                       (version_ >= jitlog::version::kFailArguments ? text("pypyjit") : ""));
  }
  LogMaker& stage(Mark kind, std::uint64_t id) { return mark(kind, address(id)); }
  LogMaker& recorded(std::uint64_t id) { return stage(Mark::kRecorded, id); }
  LogMaker& optimised(std::uint64_t id) { return stage(Mark::kOptimised, id); }
  LogMaker& assembled(std::uint64_t id, std::uint64_t begin, std::uint64_t end) {
    return stage(Mark::kAssembled, id).mark(Mark::kCodeRange, address(begin) + address(end));
  }
  LogMaker& inputs(std::string_view names) { return mark(Mark::kInputArgs, text(names)); }

  LogMaker& op(std::string_view name, std::string_view arguments) {
    return mark(Mark::kOperation, number(opnum(name), 2) + text(arguments) + failArguments({}));
  }
  LogMaker& op(std::string_view name, std::string_view arguments, std::uint64_t descr,
               std::string_view fail_arguments = {}) {
    return mark(Mark::kOperationDescr,
                number(opnum(name), 2) + text(arguments) + address(descr) + failArguments(fail_arguments));
  }
  LogMaker& guard(std::uint64_t descr) {
    return op("guard_true", "?,i1,<ResumeGuardDescr object at 0x1>", descr, "i1,-,p2");
  }
  LogMaker& code(std::uint64_t offset, std::string_view bytes) {
    return mark(Mark::kCode, number(offset, 2) + text(bytes));
  }

  LogMaker& points() { return mark(Mark::kInitMergePoint, number(5, 2) + "\x01s\x02i\x08s\x04i\x10s"); }
  LogMaker& point(std::string_view file, std::uint64_t line, std::string_view function,
                  std::uint64_t bytecode = 0, std::string_view opcode = "LOAD_FAST") {
    return mark(Mark::kMergePoint, "\xff" + text(file) + std::string(1, '\0') + number(line, 8) + "\xff" +
                                       text(function) + std::string(1, '\0') + number(bytecode, 8) + "\xff" +
                                       text(opcode));
  }
  LogMaker& stitch(std::uint64_t guard, std::uint64_t start) {
    return mark(Mark::kStitchBridge, address(guard) + address(start));
  }
  LogMaker& counter(std::uint64_t id, char type, std::uint64_t count) {
    return mark(Mark::kCounter, address(id) + std::string(1, type) + number(count, 8));
  }
  LogMaker& redirect(std::uint64_t from, std::uint64_t to, std::uint64_t target) {
    return mark(Mark::kRedirectAssembler, address(from) + address(to) + address(target));
  }
  LogMaker& abort(std::uint64_t id) { return mark(Mark::kAbortTrace, address(id)); }

  const std::string& bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }

 private:
  static const std::map<std::string, unsigned, std::less<>>& operations() {
    static const std::map<std::string, unsigned, std::less<>> kAll = {
        {"jump", 1},        {"finish", 2},   {"label", 4},   {"guard_true", 7},
        {"guard_class", 9}, {"int_add", 50}, {"int_lt", 60}, {"call_assembler_r", 70}};
    return kAll;
  }
  static std::uint64_t opnum(std::string_view name) {
    const auto found = operations().find(name);
    return found == operations().end() ? 999 : found->second;
  }
  std::string failArguments(std::string_view names) const {
    return version_ >= jitlog::version::kFailArguments ? text(names) : "";
  }

  int version_;
  bool narrow_;
  std::string bytes_;
};

}  // namespace pyrometer::test
