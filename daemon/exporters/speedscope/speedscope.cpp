#include "daemon/exporters/speedscope/speedscope.h"

#include <fmt/format.h>

#include <algorithm>

#include "daemon/exporters/buffered_sink.h"
#include "daemon/exporters/json_text.h"
#include "daemon/exporters/plain_stacks.h"
#include "daemon/profile/thread_title.h"

namespace pyrometer {
namespace {

/// Rows by thread, in their order: a counting sort, so that a thousand threads do not mean a thousand passes.
class RowsByThread {
 public:
  explicit RowsByThread(const Profile& profile)
      : begin_(profile.threads().size() + 1), rows_(profile.sampleCount()) {
    for (std::size_t row = 0; row < rows_.size(); ++row) ++begin_[index(profile.sample(row).thread) + 1];
    for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      rows_[next[index(profile.sample(row).thread)]++] = static_cast<std::uint32_t>(row);
    }
  }
  std::span<const std::uint32_t> of(std::uint32_t thread) const {
    return std::span(rows_).subspan(begin_[thread], begin_[thread + 1] - begin_[thread]);
  }

 private:
  std::vector<std::size_t> begin_;
  std::vector<std::uint32_t> rows_;
};

std::string titleOf(const Profile& profile, const Thread& thread) {
  std::string title = threadTitle(profile, thread);
  if (!profile.string(thread.name).empty()) title += fmt::format(" ({})", thread.tid);
  if (profile.processes().size() > 1)
    title += fmt::format(" of process {}", profile.process(thread.process).pid);
  return title;
}

std::string runTitle(const RunInfo& info) {
  if (!info.command.empty()) return info.command;
  std::string title;
  for (const std::string& argument : info.argv) title += (title.empty() ? "" : " ") + argument;
  return title.empty() ? "profile" : title;
}

/// The list of frames that all threads of a file share, and each one's number in it.
class SharedFrames {
 public:
  explicit SharedFrames(const Profile& profile) : plain_(profile), numbers_(profile.frames().size()) {
    for (std::uint32_t i = 0; i < numbers_.size(); ++i) {
      const FrameId id{i}, first = plain_.frame(id);
      numbers_[i] = first == id ? static_cast<std::uint32_t>(frames_.size()) : numbers_[index(first)];
      if (first == id) frames_.push_back(id);
    }
  }

  const PlainStacks& plain() const { return plain_; }
  const std::vector<FrameId>& frames() const { return frames_; }
  std::uint32_t number(FrameId id) const { return numbers_[index(id)]; }

 private:
  PlainStacks plain_;
  std::vector<FrameId> frames_;
  std::vector<std::uint32_t> numbers_;
};

class SpeedscopeExporter : public Exporter {
 public:
  std::string_view name() const override { return "speedscope"; }
  std::string_view description() const override {
    return "JSON for the viewer speedscope.app, threads apart";
  }
  std::string_view extension() const override { return ".speedscope.json"; }

  std::vector<std::string> losses(const Profile& profile, const ExportOptions&) const override {
    std::vector<std::string> lost = {"the states of threads, and where nothing was sampled in between"};
    if (!profile.memory().empty()) lost.emplace_back("the memory curve");
    if (!profile.sources().empty()) lost.emplace_back("the texts of source files");
    return lost;
  }

  Result<void> write(const Profile& profile, const ExportOptions& options, ByteSink& sink) const override {
    BufferedSink out(sink);
    out.put(
        "{\"$schema\":\"https://www.speedscope.app/"
        "file-format-schema.json\",\"exporter\":\"pyrometer\",\"name\":");
    out.put(jsonText(runTitle(profile.info())));
    out.put(",\"activeProfileIndex\":0,\"shared\":{\"frames\":[");
    const SharedFrames shared(profile);
    for (std::size_t i = 0; i < shared.frames().size(); ++i) {
      if (i > 0) out.put(",\n");
      putFrame(profile, shared.frames()[i], out);
    }
    out.put("]},\n\"profiles\":[");
    const RowsByThread rows(profile);
    bool first = true;
    for (std::uint32_t thread = 0; thread < profile.threads().size() && out.good(); ++thread) {
      if (rows.of(thread).empty()) continue;
      out.put(first ? "\n" : ",\n");
      first = false;
      putThread(profile, shared, ThreadId{thread}, rows.of(thread), options.unit, out);
    }
    out.put("]}\n");
    return out.flush();
  }

 private:
  static void putFrame(const Profile& profile, FrameId id, BufferedSink& out) {
    const Frame& frame = profile.frame(id);
    const Function& function = profile.function(frame.function);
    out.put("{\"name\":" + jsonText(profile.string(function.name)));
    const std::string_view file = profile.string(profile.file(function.file).path);
    if (!file.empty()) out.put(",\"file\":" + jsonText(file));
    const std::uint32_t line = profile.line(frame.line).line;
    if (line != 0) out.put(fmt::format(",\"line\":{}", line));
    out.put("}");
  }

  /// Neighbours with the same stack become one entry with the sum of their weights; the picture is the same.
  static void putThread(const Profile& profile, const SharedFrames& shared, ThreadId id,
                        std::span<const std::uint32_t> rows, Unit unit, BufferedSink& out) {
    std::vector<std::uint64_t> weights;
    std::uint64_t total = 0;
    std::vector<std::uint32_t> frames;
    std::optional<StackId> last;
    out.put(fmt::format("{{\"type\":\"sampled\",\"name\":{},\"unit\":\"{}\",\"startValue\":0,\"samples\":[",
                        jsonText(titleOf(profile, profile.thread(id))),
                        unit == Unit::kTime ? "nanoseconds" : "none"));
    for (const std::uint32_t row : rows) {
      const Sample sample = profile.sample(row);
      const std::uint64_t weight = unit == Unit::kTime ? sample.weight : 1;
      total += weight;
      const StackId stack = shared.plain().stack(sample.stack);
      if (last == stack) {
        weights.back() += weight;
        continue;
      }
      frames.clear();
      for (std::optional<StackId> at = stack; at; at = profile.stack(*at).parentId()) {
        frames.push_back(shared.number(profile.stack(*at).frame));
      }
      std::reverse(frames.begin(), frames.end());
      out.put(fmt::format("{}[{}]", last ? "," : "", fmt::join(frames, ",")));
      weights.push_back(weight);
      last = stack;
    }
    out.put("],\"weights\":[");
    for (std::size_t i = 0; i < weights.size(); ++i)
      out.put(fmt::format("{}{}", i > 0 ? "," : "", weights[i]));
    out.put(fmt::format("],\"endValue\":{}}}", total));
  }
};

}  // namespace

const Exporter& speedscopeExporter() {
  static const SpeedscopeExporter kExporter;
  return kExporter;
}

}  // namespace pyrometer
