#include "daemon/exporters/collapsed/collapsed.h"

#include <fmt/format.h>

#include "daemon/exporters/buffered_sink.h"
#include "daemon/exporters/plain_stacks.h"
#include "daemon/support/utf.h"

namespace pyrometer {
namespace {

/// The format ends a frame at a semicolon and a stack at a line break; in names these are spelled out.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : repairedUtf8(name)) {
    switch (c) {
      case ';':
        out += "\\x3b";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\0':
        out += "\\0";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// "function (file:line)", without what is not known.
std::string frameLabel(const Profile& profile, FrameId id) {
  const Frame& frame = profile.frame(id);
  const Function& function = profile.function(frame.function);
  const std::string_view file = profile.string(profile.file(function.file).path);
  const std::uint32_t line = profile.line(frame.line).line;
  std::string label = escaped(profile.string(function.name));
  if (!file.empty() && line != 0) return fmt::format("{} ({}:{})", label, escaped(file), line);
  if (!file.empty()) return fmt::format("{} ({})", label, escaped(file));
  return label;
}

class CollapsedExporter : public Exporter {
 public:
  std::string_view name() const override { return "collapsed"; }
  std::string_view description() const override {
    return "collapsed stacks, a line each (flamegraph.pl, speedscope, inferno)";
  }
  std::string_view extension() const override { return ".collapsed"; }

  std::vector<std::string> losses(const Profile& profile, const ExportOptions&) const override {
    std::vector<std::string> lost = {"the order of samples and the states of threads: stacks are summed up"};
    if (profile.threads().size() > 1) lost.emplace_back("threads: their stacks are summed up");
    if (!profile.memory().empty()) lost.emplace_back("the memory curve");
    if (!profile.sources().empty()) lost.emplace_back("the texts of source files");
    return lost;
  }

  Result<void> write(const Profile& profile, const ExportOptions& options, ByteSink& sink) const override {
    std::vector<std::string> labels;
    labels.reserve(profile.frames().size());
    for (std::uint32_t i = 0; i < profile.frames().size(); ++i)
      labels.push_back(frameLabel(profile, FrameId{i}));

    const PlainStacks plain(profile);
    std::vector<StackWeight> sums(profile.stacks().size());
    for (std::uint32_t i = 0; i < sums.size(); ++i)
      sums[index(plain.stack(StackId{i}))] += profile.stackWeight(StackId{i});

    BufferedSink out(sink);
    std::vector<std::uint32_t> frames;
    std::uint64_t carried = 0;  // ns not written yet: rounding each line shall not bend the sum
    for (std::uint32_t i = 0; i < profile.stacks().size() && out.good(); ++i) {
      const StackWeight own = sums[i];
      std::uint64_t value = own.count;
      if (options.unit == Unit::kTime) {
        value = (own.weight + carried) / 1000;
        carried = (own.weight + carried) % 1000;
      }
      if (value == 0) continue;
      frames.clear();
      for (std::optional<StackId> at = StackId{i}; at; at = profile.stack(*at).parentId()) {
        frames.push_back(index(profile.stack(*at).frame));
      }
      for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
        if (frame != frames.rbegin()) out.put(";");
        out.put(labels[*frame]);
      }
      out.put(" " + std::to_string(value) + "\n");
    }
    return out.flush();
  }
};

}  // namespace

const Exporter& collapsedExporter() {
  static const CollapsedExporter kExporter;
  return kExporter;
}

}  // namespace pyrometer
