#include "daemon/exporters/bundle/bundle_exporter.h"

#include <nlohmann/json.hpp>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/exporters/bundle/stream_writer.h"
#include "daemon/exporters/bundle/zip_writer.h"

namespace pyrometer {
namespace bundle {
namespace {

/// Read back by our own importer: the stream's CPU clocks hold sums of weights.
constexpr char kWeightsMeta[] = "pyrometer.weights";

std::string sourcesIndex(const Profile& profile) {
  auto json = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < profile.sources().size(); ++i) {
    const Source& source = profile.sources()[i];
    json.push_back({{"path", profile.string(profile.file(source.file).path)},
                    {"file", std::string(kSourcesFolder) + "/" + std::to_string(i)},
                    {"changed", source.changed_during_run}});
  }
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

class BundleExporter : public Exporter {
 public:
  std::string_view name() const override { return "pyrometer"; }
  std::string_view description() const override {
    return "bundle of Pyrometer: everything, sources included";
  }
  std::string_view extension() const override { return ".pyrometer"; }

  std::vector<std::string> losses(const Profile& profile, const ExportOptions&) const override {
    std::vector<std::string> lost;
    for (std::uint32_t i = 0; i < profile.stacks().size(); ++i) {
      if (profile.stacks()[i].depth <= stream::kMaxFrames + 1) continue;
      lost.emplace_back("the middle of stacks deeper than 1024 frames");
      break;
    }
    return lost;
  }

  Result<void> write(const Profile& profile, const ExportOptions&, ByteSink& sink) const override {
    using Method = ZipWriter::Method;
    ZipWriter zip(sink);
    RunInfo info = profile.info();
    info.meta[kWeightsMeta] = "sums in the place of CPU clocks";
    if (auto done = zip.addEntry(kManifest, Method::kDeflated, manifestText(info)); !done) return done;
    if (auto done = zip.beginEntry(kSamples, Method::kStored); !done) return done;
    const auto put = [&](std::string_view bytes) { return zip.write(bytes); };
    if (auto done = writeStream(profile, put); !done) return done;
    if (auto done = zip.endEntry(); !done) return done;
    if (!profile.sources().empty()) {
      if (auto done = zip.addEntry(kSourcesIndex, Method::kDeflated, sourcesIndex(profile)); !done)
        return done;
    }
    for (std::size_t i = 0; i < profile.sources().size(); ++i) {
      const std::string entry = std::string(kSourcesFolder) + "/" + std::to_string(i);
      const std::string_view text = profile.string(profile.sources()[i].text);
      if (auto done = zip.addEntry(entry, Method::kDeflated, text); !done) return done;
    }
    return zip.finish();
  }
};

}  // namespace
}  // namespace bundle

const Exporter& bundleExporter() {
  static const bundle::BundleExporter kExporter;
  return kExporter;
}

}  // namespace pyrometer
