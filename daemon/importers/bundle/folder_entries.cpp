#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/entries.h"
#include "daemon/support/input_file.h"
#include "daemon/support/read_window.h"
#include "daemon/support/system_error.h"

namespace pyrometer::bundle {
namespace {

class FolderEntries : public Entries {
 public:
  explicit FolderEntries(std::string path) : path_(std::move(path)) {}

  std::vector<std::string> names() const override {
    std::vector<std::string> all;
    namespace files = std::filesystem;
    std::error_code problem;
    files::recursive_directory_iterator at(path_, problem);
    for (; !problem && at != files::recursive_directory_iterator(); at.increment(problem)) {
      if (at.depth() > 0) at.disable_recursion_pending();
      if (at->symlink_status(problem).type() != files::file_type::regular) continue;
      all.push_back(at->path().string().substr(path_.size() + 1));
    }
    return all;
  }

  Result<std::optional<std::string>> read(const std::string& name, std::uint64_t limit) override {
    const std::string path = path_ + "/" + name;
    if (!exists(path)) return std::optional<std::string>();
    auto file = InputFile::open(path, InputFile::Links::kRefuse);
    if (!file) return file.error();
    auto text = file->readAll(limit);
    if (!text) return text.error();
    return std::optional(std::move(*text));
  }

  Result<bool> stream(const std::string& name, const Sink& sink) override {
    const std::string path = path_ + "/" + name;
    if (!exists(path)) return false;
    const auto file = InputFile::open(path, InputFile::Links::kRefuse);
    if (!file) return file.error();
    std::vector<std::byte> window = readWindow(file->size());
    for (std::uint64_t at = 0; at < file->size();) {
      const auto got = file->readAt(at, window);
      if (!got) return got.error();
      if (const auto taken = sink(std::span(window).first(*got)); !taken) return taken.error();
      at += *got;
    }
    return true;
  }

  Result<std::optional<PlainBytes>> plain(const std::string& name) override {
    const std::string path = path_ + "/" + name;
    if (!exists(path)) return std::optional<PlainBytes>();
    auto file = InputFile::open(path, InputFile::Links::kRefuse);
    if (!file) return file.error();
    const std::uint64_t size = file->size();
    return std::optional(PlainBytes{std::move(*file), 0, size});
  }

 private:
  static bool exists(const std::string& path) {
    struct stat about = {};
    return ::lstat(path.c_str(), &about) == 0 || errno != ENOENT;
  }

  std::string path_;
};

}  // namespace

Result<std::unique_ptr<Entries>> openBundle(const std::string& path) {
  struct stat about = {};
  const bool folder = ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
  return folder ? openFolder(path) : openZip(path);
}

Result<std::unique_ptr<Entries>> openFolder(const std::string& path) {
  return std::unique_ptr<Entries>(std::make_unique<FolderEntries>(path));
}

}  // namespace pyrometer::bundle
