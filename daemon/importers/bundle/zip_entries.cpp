#include <zip.h>

#include <string_view>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/entries.h"
#include "daemon/importers/bundle/local_headers.h"
#include "daemon/support/read_window.h"

namespace pyrometer::bundle {
namespace {

/// Deflate makes at most 1032 bytes of one; an entry that claims more is a bomb or nonsense.
constexpr std::uint64_t kMaxRatio = 1040;

struct CloseArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

class ZipEntries : public Entries {
 public:
  ZipEntries(std::string path, zip_t* archive) : path_(std::move(path)), archive_(archive) {}

  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
      const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
      if (name != nullptr && !std::string_view(name).ends_with('/')) all.emplace_back(name);
    }
    return all;
  }

  Result<std::optional<std::string>> read(const std::string& name, std::uint64_t limit) override {
    std::string text;
    const auto found = stream(name, limit, [&](std::span<const std::byte> bytes) -> Result<void> {
      text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      return {};
    });
    if (!found) return found.error();
    return *found ? std::optional(std::move(text)) : std::nullopt;
  }

  Result<bool> stream(const std::string& name, const Sink& sink) override {
    return stream(name, UINT64_MAX, sink);
  }

  Result<std::optional<PlainBytes>> plain(const std::string& name) override {
    const zip_int64_t index = zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW);
    zip_stat_t about;
    zip_stat_init(&about);
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if (index < 0 || zip_stat_index(archive_.get(), static_cast<zip_uint64_t>(index), 0, &about) != 0 ||
        (about.valid & kNeeded) != kNeeded || about.comp_method != ZIP_CM_STORE ||
        about.encryption_method != ZIP_EM_NONE)
      return std::optional<PlainBytes>();
    const auto file = InputFile::open(path_);
    if (!file) return file.error();
    const auto headers = readLocalHeaders(*file);
    if (!headers) return headers.error();
    auto found = plainBytes(path_, *headers, name);
    // The two directories of the file may disagree, or the header leave the size open.
    if (found && *found && (!(*found)->whole || (*found)->size != about.size)) found->reset();
    return found;
  }

 private:
  Result<bool> stream(const std::string& name, std::uint64_t limit, const Sink& sink) {
    const zip_int64_t index = zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_ENC_RAW);
    if (index < 0) return false;
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_stat_index(archive_.get(), static_cast<zip_uint64_t>(index), 0, &about) != 0) {
      return damaged(name, zip_strerror(archive_.get()));
    }
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if ((about.valid & kNeeded) != kNeeded || about.size / kMaxRatio > about.comp_size) {
      return damaged(name, "it claims a size that it cannot have");
    }
    if (about.size > limit) {
      return damaged(name, "it is larger than it can be (" + std::to_string(about.size) + " bytes)");
    }
    const std::unique_ptr<zip_file_t, CloseEntry> file(
        zip_fopen_index(archive_.get(), static_cast<zip_uint64_t>(index), 0));
    if (!file) return damaged(name, zip_strerror(archive_.get()));
    std::vector<std::byte> window = readWindow(about.size);
    std::uint64_t total = 0;
    while (true) {
      const zip_int64_t got = zip_fread(file.get(), window.data(), window.size());
      if (got < 0) return damaged(name, zip_file_strerror(file.get()));
      if (got == 0) break;
      total += static_cast<std::uint64_t>(got);
      if (total > about.size) return damaged(name, "it is longer than it says");
      if (const auto taken = sink(std::span(window).first(static_cast<std::size_t>(got))); !taken) {
        return taken.error();
      }
    }
    if (total < about.size) return damaged(name, "it is shorter than it says");
    return true;
  }

  Error damaged(const std::string& name, const std::string& why) const {
    return {"the entry cannot be read: " + why, path_ + ", " + name};
  }

  std::string path_;
  std::unique_ptr<zip_t, CloseArchive> archive_;
};

}  // namespace

bool looksLikeZip(std::span<const std::byte> head) {
  return head.size() >= 4 && head[0] == std::byte{'P'} && head[1] == std::byte{'K'} &&
         ((head[2] == std::byte{3} && head[3] == std::byte{4}) ||
          (head[2] == std::byte{5} && head[3] == std::byte{6}));
}

Result<std::unique_ptr<Entries>> openZip(const std::string& path) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (!archive) {
    if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS || code == ZIP_ER_EOF) return openCutZip(path);
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    return Error{"cannot be read as a bundle: " + why, path};
  }
  return std::unique_ptr<Entries>(std::make_unique<ZipEntries>(path, archive));
}

}  // namespace pyrometer::bundle
