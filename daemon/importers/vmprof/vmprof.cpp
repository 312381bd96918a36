#include "daemon/importers/vmprof/vmprof.h"

#include "daemon/importers/vmprof/layout.h"
#include "daemon/importers/vmprof/vmprof_reader.h"

namespace pyrometer {
namespace vmprof {

bool looksLikeVmprof(std::span<const std::byte> head) {
  for (const std::size_t word : {4, 8}) {
    const Layout layout{.word = word, .addr = word};
    if (head.size() < 3 * word) continue;
    if (layout.wordAt(head.data()) == 0 && layout.wordAt(head.data() + word) == 3 &&
        layout.wordAt(head.data() + 2 * word) == 0) {
      return true;
    }
  }
  return false;
}

}  // namespace vmprof

namespace {

class VmprofImporter : public Importer {
 public:
  std::string_view name() const override { return "vmprof"; }
  bool sniff(std::span<const std::byte> head) const override { return vmprof::looksLikeVmprof(head); }
  std::unique_ptr<Reader> open(ProfileBuilder& target, const ImportOptions& options) const override {
    return std::make_unique<vmprof::VmprofReader>(target, options);
  }
};

}  // namespace

const Importer& vmprofImporter() {
  static const VmprofImporter kImporter;
  return kImporter;
}

}  // namespace pyrometer
