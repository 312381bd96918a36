#include "daemon/importers/registry.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/bundle_reader.h"
#include "daemon/importers/damage.h"
#include "daemon/importers/samplestream/samplestream.h"
#include "daemon/importers/vmprof/vmprof.h"
#include "daemon/support/gzip.h"
#include "daemon/support/input_file.h"

namespace pyrometer {
namespace {

constexpr std::size_t kWindow = 1 << 20;

Error notReadable(const std::string& what) {
  return {
      what +
          "; readable are vmprof profiles (version 2 to 6) and recordings of Pyrometer (.pyrometer, or the "
          "folder of a run), the former also gzip-compressed",
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

bool looksLikeZip(std::span<const std::byte> head) {
  return head.size() >= 4 && head[0] == std::byte{'P'} && head[1] == std::byte{'K'} &&
         ((head[2] == std::byte{3} && head[3] == std::byte{4}) ||
          (head[2] == std::byte{5} && head[3] == std::byte{6}));
}

Result<void> readPlain(const InputFile& file, std::vector<std::byte>& window, std::size_t first,
                       Reader& reader, ReadingWatch& watch) {
  std::size_t got = first;
  for (std::uint64_t at = 0; got > 0;) {
    if (auto fed = reader.feed(std::span(window).first(got)); !fed) return fed;
    at += got;
    if (auto going_on = watch.at(at); !going_on) return going_on;
    const auto more = file.readAt(at, window);
    if (!more) return more.error();
    got = *more;
  }
  return reader.finish();
}

/// A gzip wrapper taken off on the way.
class UnwrappingReader : public Reader {
 public:
  UnwrappingReader(Reader& inner, RunInfo& info) : inner_(inner), info_(info) {}

  Result<void> feed(std::span<const std::byte> bytes) override {
    compressed_ += bytes.size();
    return inflater_.feed(bytes, [&](std::span<const std::byte> plain) { return inner_.feed(plain); });
  }
  Result<void> finish() override {
    const auto problem = inflater_.problem();
    auto finished = inner_.finish();
    if (!finished && problem)
      return Error{finished.error().message + " (" + *problem + ")", finished.error().where};
    if (problem) noteDamage(info_, compressed_, *problem);
    return finished;
  }

 private:
  Reader& inner_;
  RunInfo& info_;
  GzipInflater inflater_;
  std::uint64_t compressed_ = 0;
};

Result<void> readFile(const std::string& path, const ImportOptions& options, ProfileBuilder& builder) {
  const auto file = InputFile::open(path);
  if (!file) return file.error();
  std::vector<std::byte> window(kWindow);
  const auto first = file->readAt(0, window);
  if (!first) return first.error();
  const auto head = std::span(window).first(*first);
  ReadingWatch watch(options.stop, options.progress, file->size());
  if (looksLikeZip(head)) {
    const auto entries = bundle::openZip(path);
    if (!entries) return entries.error();
    return bundle::readBundle(**entries, path, builder, watch);
  }
  DetectingReader reader(builder, options);
  if (!looksLikeGzip(head)) return readPlain(*file, window, *first, reader, watch);
  UnwrappingReader unwrapping(reader, builder.info());
  return readPlain(*file, window, *first, unwrapping, watch);
}

Result<void> readFolder(const std::string& path, const ImportOptions& options, ProfileBuilder& builder) {
  const auto entries = bundle::openFolder(path);
  if (!entries) return entries.error();
  struct stat about = {};
  const bool found = ::stat((path + "/samples").c_str(), &about) == 0;
  ReadingWatch watch(options.stop, options.progress, found ? static_cast<std::uint64_t>(about.st_size) : 0);
  return bundle::readBundle(**entries, path, builder, watch);
}

}  // namespace

std::span<const Importer* const> importers() {
  static const std::array<const Importer*, 2> kAll = {&sampleStreamImporter(), &vmprofImporter()};
  return kAll;
}

Result<std::shared_ptr<const Profile>> readProfile(const std::string& path, const ImportOptions& options,
                                                   MyCode my_code) {
  ProfileBuilder builder(std::move(my_code));
  struct stat about = {};
  const bool folder = ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
  const auto read = folder ? readFolder(path, options, builder) : readFile(path, options, builder);
  if (!read) {
    const Error& error = read.error();
    return Error{error.message, error.where.empty() ? path : error.where};
  }
  return builder.snapshot();
}

Result<OpenedFile> openFile(const std::string& path, const OpenOptions& options) {
  auto profile = readProfile(path, options.import, options.my_code);
  if (!profile) return profile.error();
  const int part = options.import.part + 1, parts = (*profile)->info().parts;
  if (part > parts) {
    return Error{parts == 1 ? fmt::format("there is no part {}: the file holds one profile", part)
                            : fmt::format("there is no part {}: the file holds {} profiles", part, parts),
                 path};
  }
  OpenedFile opened;
  opened.profile = std::move(profile).value();
  return opened;
}

}  // namespace pyrometer
