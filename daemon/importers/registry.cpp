#include "daemon/importers/registry.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/bundle_reader.h"
#include "daemon/importers/damage.h"
#include "daemon/importers/jitlog/jitlog.h"
#include "daemon/importers/joining.h"
#include "daemon/importers/pypylog/pypylog.h"
#include "daemon/importers/samplestream/samplestream.h"
#include "daemon/importers/unwrapped.h"
#include "daemon/importers/vmprof/vmprof.h"
#include "daemon/support/gzip.h"
#include "daemon/support/input_file.h"

namespace pyrometer {
namespace {

Error notReadable(const std::string& what) {
  return {what +
              "; readable are vmprof profiles (version 0 to 7), recordings of Pyrometer (.pyrometer, or the "
              "folder of a run), and PyPy's jitlogs and PYPYLOGs; all but recordings also gzip-compressed",
          ""};
}

/// Waits for the first bytes, asks each format whether they are its own, and goes on with the one that says
/// yes.
class DetectingReader : public Reader {
 public:
  DetectingReader(ProfileBuilder& target, const ImportOptions& options)
      : target_(target), options_(options) {}

  Result<void> feed(std::span<const std::byte> bytes) override {
    if (reader_) return reader_->feed(bytes);
    head_.insert(head_.end(), bytes.begin(), bytes.end());
    return head_.size() < kHead ? Result<void>() : detect();
  }

  Result<void> finish() override {
    if (!reader_) {
      if (auto found = detect(); !found) return found;
    }
    return reader_->finish();
  }

 private:
  static constexpr std::size_t kHead = 64;

  Result<void> detect() {
    if (head_.empty()) return notReadable("is empty");
    for (const Importer* importer : importers()) {
      if (!importer->sniff(head_)) continue;
      reader_ = importer->open(target_, options_);
      auto fed = reader_->feed(head_);
      head_ = {};
      return fed;
    }
    return notReadable("is no profile that can be read");
  }

  ProfileBuilder& target_;
  ImportOptions options_;
  std::vector<std::byte> head_;
  std::unique_ptr<Reader> reader_;
};

bool isFolder(const std::string& path) {
  struct stat about = {};
  return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

enum class Wrapping { kFolder, kBundle, kZip, kNone };

struct Nature {
  Wrapping wrapping = Wrapping::kNone;
  FileKind kind = FileKind::kProfile;
};

Result<Nature> natureOfZip(const std::string& path) {
  const auto entries = bundle::openZip(path);
  if (!entries) return entries.error();
  const std::vector<std::string> names = (*entries)->names();
  const bool recording = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name == "samples" || name == "manifest.json";
  });
  if (recording || (*entries)->loss()) return Nature{Wrapping::kBundle, FileKind::kProfile};
  // The reader of jitlogs says what is wrong with it if it is none.
  return Nature{Wrapping::kZip, FileKind::kJitlog};
}

/// What a file is, by its content. What looks like nothing is taken for a profile, whose reader says why it
/// is none.
Result<Nature> natureOf(const std::string& path) {
  if (isFolder(path)) return Nature{Wrapping::kFolder, FileKind::kProfile};
  const auto file = InputFile::open(path);
  if (!file) return file.error();
  constexpr std::size_t kHead = 16 * 1024;
  const auto head = unwrappedHead(*file, kHead);
  if (!head) return head.error();
  if (bundle::looksLikeZip(*head)) return natureOfZip(path);
  for (const Importer* importer : importers()) {
    if (importer->sniff(*head)) return Nature{};
  }
  if (jitlog::looksLikeJitlog(*head)) return Nature{Wrapping::kNone, FileKind::kJitlog};
  if (pypylog::looksLikePypylog(*head)) return Nature{Wrapping::kNone, FileKind::kPypylog};
  return Nature{};
}

Result<void> readFolder(const std::string& path, const ImportOptions& options, ProfileBuilder& builder) {
  const auto entries = bundle::openFolder(path);
  if (!entries) return entries.error();
  struct stat about = {};
  const bool found = ::stat((path + "/samples").c_str(), &about) == 0;
  ReadingWatch watch(options.stop, options.progress, found ? static_cast<std::uint64_t>(about.st_size) : 0);
  return bundle::readBundle(**entries, path, builder, watch);
}

Result<void> readZip(const std::string& path, const ImportOptions& options, ProfileBuilder& builder) {
  struct stat about = {};
  const bool found = ::stat(path.c_str(), &about) == 0;
  const auto entries = bundle::openZip(path);
  if (!entries) return entries.error();
  ReadingWatch watch(options.stop, options.progress, found ? static_cast<std::uint64_t>(about.st_size) : 0);
  return bundle::readBundle(**entries, path, builder, watch);
}

Result<void> readPlain(const std::string& path, const ImportOptions& options, ProfileBuilder& builder) {
  DetectingReader reader(builder, options);
  std::optional<std::string> problem;
  auto read = readUnwrapped(path, options, reader, problem);
  if (read && problem) noteDamage(builder.info(), 0, *problem);
  return read;
}

Result<std::shared_ptr<const Profile>> readProfileAs(Wrapping wrapping, const std::string& path,
                                                     const ImportOptions& options, MyCode my_code) {
  ProfileBuilder builder(std::move(my_code));
  const auto read = wrapping == Wrapping::kFolder ? readFolder(path, options, builder)
                    : wrapping == Wrapping::kNone ? readPlain(path, options, builder)
                                                  : readZip(path, options, builder);
  if (!read) {
    const Error& error = read.error();
    return Error{error.message, error.where.empty() ? path : error.where};
  }
  // vmprof does not write down what it ran: such a profile is called by its file.
  if (options.name_by_file && builder.info().command.empty() && builder.info().argv.empty())
    builder.info().command = path.substr(path.rfind('/') + 1);
  return builder.snapshot();
}

Result<void> checkPart(const Profile& profile, const std::string& path, int part) {
  const int parts = profile.info().parts;
  if (part < parts) return {};
  return Error{parts == 1 ? fmt::format("there is no part {}: the file holds one profile", part + 1)
                          : fmt::format("there is no part {}: the file holds {} profiles", part + 1, parts),
               path};
}

}  // namespace

std::span<const Importer* const> importers() {
  static const std::array<const Importer*, 2> kAll = {&sampleStreamImporter(), &vmprofImporter()};
  return kAll;
}

Result<std::shared_ptr<const Profile>> readProfile(const std::string& path, const ImportOptions& options,
                                                   MyCode my_code) {
  const auto nature = natureOf(path);
  if (!nature) return nature.error();
  return readProfileAs(nature->wrapping, path, options, std::move(my_code));
}

Result<OpenedFile> openFile(const std::string& path, const OpenOptions& options) {
  const auto nature = natureOf(path);
  if (!nature) return nature.error();
  OpenedFile opened;
  opened.kind = nature->kind;
  const ImportOptions& import = options.import;
  if (nature->kind == FileKind::kJitlog) {
    auto jit = jitlog::readJitlog(path, {.stop = import.stop, .progress = import.progress});
    if (!jit) return jit.error();
    opened.jit = std::move(jit).value();
    return opened;
  }
  if (nature->kind == FileKind::kPypylog) {
    auto phases = pypylog::readPypylog(path, import);
    if (!phases) return phases.error();
    opened.phases = std::move(phases).value();
    return opened;
  }
  auto profile = readProfileAs(nature->wrapping, path, import, options.my_code);
  if (!profile) return profile.error();
  if (const auto there = checkPart(**profile, path, import.part); !there) return there.error();
  opened.profile = std::move(profile).value();
  if (!options.join) return opened;
  if (nature->wrapping == Wrapping::kFolder || nature->wrapping == Wrapping::kBundle) {
    const auto recording = bundle::openBundle(path);
    if (!recording) return recording.error();
    if (const auto joined = joinMembers(**recording, path, import, opened); !joined) return joined.error();
  }
  if (nature->wrapping != Wrapping::kFolder) {
    if (const auto joined = joinNeighbours(path, import, opened); !joined) return joined.error();
  }
  return opened;
}

}  // namespace pyrometer
