#include "daemon/importers/samplestream/samplestream.h"

#include <cstring>

#include "daemon/importers/samplestream/stream_reader.h"

namespace pyrometer {
namespace {

class SampleStreamImporter : public Importer {
 public:
  std::string_view name() const override { return "samplestream"; }

  bool sniff(std::span<const std::byte> head) const override {
    return head.size() >= sizeof(stream::kStreamMagic) &&
           std::memcmp(head.data(), stream::kStreamMagic, sizeof(stream::kStreamMagic)) == 0;
  }

  std::unique_ptr<Reader> open(ProfileBuilder& target, const ImportOptions&) const override {
    return openSampleStream(target);
  }
};

}  // namespace

std::unique_ptr<Reader> openSampleStream(ProfileBuilder& target, NativeNamer* namer) {
  return std::make_unique<samplestream::StreamReader>(target, namer);
}

const Importer& sampleStreamImporter() {
  static const SampleStreamImporter kImporter;
  return kImporter;
}

}  // namespace pyrometer
