#include "tests/golden/jit_dump.h"

#include <sstream>

namespace pyrometer::test {
namespace {

using jit::TraceForest;

const char* name(jit::TraceKind kind) {
  static constexpr const char* kNames[] = {"loop", "bridge", "entry", "unknown"};
  return kNames[static_cast<int>(kind)];
}
const char* name(jit::TraceEnd end) {
  static constexpr const char* kNames[] = {"compiled", "aborted", "unfinished"};
  return kNames[static_cast<int>(end)];
}
const char* name(jit::StageKind kind) {
  static constexpr const char* kNames[] = {"recorded", "optimised", "assembled"};
  return kNames[static_cast<int>(kind)];
}

class Dump {
 public:
  explicit Dump(const TraceForest& forest) : forest_(forest) {}

  std::string text(bool whole) {
    const jit::LogInfo& info = forest_.info();
    out_ << "version " << info.version << ", " << info.word_bits << " bit, " << info.machine << ", headers "
         << info.headers << ", counters " << info.counters << " (" << info.counters_of_others
         << " of others)\n";
    for (const Damage& damage : info.damage)
      out_ << "damage at " << damage.offset << ": " << damage.what << "\n";
    for (const jit::Redirect& redirect : forest_.redirects()) {
      out_ << "redirect " << redirect.from << " -> " << redirect.to << trace(redirect.trace) << "\n";
    }
    for (std::uint32_t i = 0; i < forest_.traces().size(); ++i) addTrace(jit::TraceId{i}, whole);
    return out_.str();
  }

 private:
  std::string trace(std::optional<jit::TraceId> id) const {
    return id ? " (trace " + std::to_string(forest_.trace(*id).number) + ")" : " (not in the log)";
  }

  void addTrace(jit::TraceId id, bool whole) {
    const jit::Trace& of = forest_.trace(id);
    out_ << "\ntrace " << of.number << " " << name(of.kind) << " " << name(of.end) << " " << of.driver
         << (of.code_reused ? " (code reused)" : "") << "\n";
    if (of.kind == jit::TraceKind::kBridge) out_ << "  hangs on" << trace(of.parent) << "\n";
    out_ << "  entries " << of.entries << ", iterations " << of.iterations << ", failures " << of.failures
         << ", bytes " << of.code_bytes << ", guards " << of.guards << "\n";
    for (const jit::PlaceId place : forest_.sources().placesOf(id)) {
      const auto& at = forest_.sources().place(place);
      const std::string_view file = forest_.sources().file(at.file);
      out_ << "  at " << file.substr(file.rfind('/') + 1) << ":" << at.line << " "
           << forest_.sources().function(at.function).name << "\n";
    }
    for (const jit::StageId stage : forest_.stages(id)) addStage(stage, whole);
    for (const jit::Label& label : forest_.labels(id)) {
      out_ << "  label in operation " << label.operation << ", passed " << label.count << "\n";
    }
    for (const jit::Link& link : forest_.links(id)) {
      out_ << (link.kind == jit::LinkKind::kJump ? "  jump" : "  call") << " in operation " << link.operation
           << trace(link.target) << "\n";
    }
    for (const jit::GuardBridge& bridge : forest_.bridges(id)) {
      out_ << "  guard in operation " << bridge.guard.operation << " left by" << trace(bridge.bridge) << "\n";
    }
  }

  void addStage(jit::StageId id, bool whole) {
    const jit::Stage& stage = forest_.stage(id);
    out_ << "  " << name(stage.kind) << ": " << stage.operations << " operations, " << stage.guards
         << " guards, " << stage.merge_points << " merge points, " << stage.code.size() << " bytes\n";
    if (!whole) return;
    const auto body = forest_.read(id);
    if (!body) {
      out_ << body.error().text() << "\n";
      return;
    }
    out_ << "    inputs " << body->inputs << "\n";
    std::size_t point = 0;
    for (std::size_t i = 0; i <= body->operations.size(); ++i) {
      for (; point < body->merge_points.size() && body->merge_points[point].operation == i; ++point) {
        const jit::MergePoint& at = body->merge_points[point];
        out_ << "    " << at.file << ":" << at.line << " " << at.function << " " << at.bytecode_index << " "
             << at.opcode << "\n";
      }
      if (i == body->operations.size()) break;
      const jit::Operation& op = body->operations[i];
      out_ << "      " << op.result << " = " << forest_.operationName(op.op) << "(" << op.arguments << ") "
           << op.descr << " #" << op.descr_number << " [" << op.fail_arguments << "]";
      if (op.has_code) out_ << " +" << op.code_offset << ".." << op.code_offset + op.code.size();
      out_ << "\n";
    }
  }

  const TraceForest& forest_;
  std::ostringstream out_;
};

}  // namespace

std::string dump(const TraceForest& forest, bool whole) { return Dump(forest).text(whole); }

}  // namespace pyrometer::test
