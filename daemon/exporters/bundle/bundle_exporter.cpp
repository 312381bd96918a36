#include "daemon/exporters/bundle/bundle_exporter.h"

#include <functional>
#include <nlohmann/json.hpp>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/exporters/bundle/stream_writer.h"
#include "daemon/exporters/bundle/zip_archive.h"
#include "daemon/support/output_file.h"

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

/// `samples` is an empty file for the stream while the archive is made.
Result<void> writeArchive(const Profile& profile, OutputFile& samples, OutputFile& out) {
  RunInfo info = profile.info();
  info.meta[kWeightsMeta] = "sums in the place of CPU clocks";
  const std::string manifest = manifestText(info), index = sourcesIndex(profile);
  const auto keep = [&](std::string_view bytes) { return samples.write(bytes); };
  if (auto done = writeStream(profile, keep); !done) return done;

  ZipArchive zip(out);
  if (auto done = zip.addText(kManifest, manifest); !done) return done;
  if (auto done = zip.addFile(kSamples, samples, ZipArchive::Method::kStored); !done) return done;
  if (!profile.sources().empty()) {
    if (auto done = zip.addText(kSourcesIndex, index); !done) return done;
  }
  for (std::size_t i = 0; i < profile.sources().size(); ++i) {
    const std::string entry = std::string(kSourcesFolder) + "/" + std::to_string(i);
    if (auto done = zip.addText(entry, profile.string(profile.sources()[i].text)); !done) return done;
  }
  return zip.finish();
}

/// For what must be written front to back: made in a file without a name first.
Result<void> writeThrough(const Profile& profile, const std::function<Result<void>(std::string_view)>& sink) {
  auto samples = OutputFile::anonymous();
  if (!samples) return samples.error();
  auto whole = OutputFile::anonymous();
  if (!whole) return whole.error();
  if (auto done = writeArchive(profile, *samples, *whole); !done) return done;
  return whole->readBack(sink);
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
    return writeThrough(profile, [&](std::string_view bytes) { return sink.write(bytes); });
  }
};

}  // namespace

Result<void> save(const Profile& profile, const std::string& target) {
  auto out = OutputFile::create(target);
  if (!out) return out.error();
  if (out->seekable()) {
    // Beside the target, and never committed: gone when this returns.
    auto samples = OutputFile::create(target);
    if (!samples) return samples.error();
    if (auto done = writeArchive(profile, *samples, *out); !done) return done;
  } else {
    const auto write = [&](std::string_view bytes) { return out->write(bytes); };
    if (auto done = writeThrough(profile, write); !done) return done;
  }
  return out->commit();
}

}  // namespace bundle

const Exporter& bundleExporter() {
  static const bundle::BundleExporter kExporter;
  return kExporter;
}

}  // namespace pyrometer
