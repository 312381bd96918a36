#include "daemon/support/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/support/system_error.h"

namespace pyrometer {
namespace {

std::string folderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

/// Where a link leads; the path itself where there is none (or where it leads to nothing: then the link is
/// replaced).
std::string realTarget(const std::string& path) {
  struct stat about = {};
  if (::lstat(path.c_str(), &about) != 0 || !S_ISLNK(about.st_mode)) return path;
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? real.get() : path;
}

std::string sizeText(std::uint64_t bytes) {
  char text[64];
  if (bytes < 10'000) {
    std::snprintf(text, sizeof text, "%llu bytes", static_cast<unsigned long long>(bytes));
  } else if (bytes < 10'000'000) {
    std::snprintf(text, sizeof text, "%.1f kB", static_cast<double>(bytes) / 1e3);
  } else {
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  }
  return text;
}

Error cannotCreate(const std::string& path, const std::string& folder, int error_number) {
  struct stat about = {};
  if (error_number == ENOENT || error_number == ENOTDIR) {
    if (::stat(folder.c_str(), &about) != 0) {
      return {"cannot be written: the folder " + folder + " does not exist; create it first", path};
    }
    if (!S_ISDIR(about.st_mode)) return {"cannot be written: " + folder + " is a file, not a folder", path};
  }
  if (error_number == EACCES) {
    return {"cannot be written: no permission to create files in " + folder, path};
  }
  return {"cannot be written: " + systemErrorText(error_number), path};
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path) {
  OutputFile out;
  if (path == "-") {
    out.name_ = "standard output";
    return out;
  }
  out.name_ = path;
  struct stat about = {};
  const bool exists = ::stat(path.c_str(), &about) == 0;
  if (path.empty()) return Error{"a file to write to has a name; this one is empty", ""};
  if ((exists && S_ISDIR(about.st_mode)) || path.back() == '/') {
    return Error{"is a folder; name a file in it", path};
  }
  if (exists && !S_ISREG(about.st_mode)) {
    out.file_ = FileDescriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!out.file_) return Error{"cannot be opened for writing: " + systemErrorText(errno), path};
    return out;
  }
  out.target_ = realTarget(path);
  const std::string folder = folderOf(out.target_);
  std::string temporary = folder + "/.pyrometer-XXXXXX";
  out.file_ = FileDescriptor(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!out.file_) return cannotCreate(path, folder, errno);
  out.temporary_ = std::move(temporary);
  out.seekable_ = true;
  return out;
}

Result<OutputFile> OutputFile::anonymous() {
  const char* told = std::getenv("TMPDIR");
  const std::string folder = told != nullptr && *told != '\0' ? told : "/tmp";
  OutputFile out;
  out.name_ = "a temporary file in " + folder;
  // Not O_TMPFILE, which some file systems do not have.
  std::string path = folder + "/.pyrometer-XXXXXX";
  out.file_ = FileDescriptor(::mkostemp(path.data(), O_CLOEXEC));
  if (!out.file_) return cannotCreate(out.name_, folder, errno);
  ::unlink(path.c_str());
  out.seekable_ = true;
  return out;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : name_(std::move(other.name_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)),
      seekable_(other.seekable_),
      written_(other.written_) {}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Error OutputFile::failed(int error_number) const {
  return {"cannot be written: " + systemErrorText(error_number) + " (after " + sizeText(written_) + ")",
          name_};
}

Result<void> OutputFile::write(std::string_view bytes) {
  const int file = file_ ? file_.get() : STDOUT_FILENO;
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0) {
      if (errno == EINTR) continue;
      return failed(errno);
    }
    written_ += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<void> OutputFile::readBack(const std::function<Result<void>(std::string_view)>& sink) const {
  std::vector<char> window(1 << 20);
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(file_.get(), window.data(), window.size(), at);
    if (got == 0) return {};
    if (got < 0) {
      if (errno == EINTR) continue;
      return Error{"cannot be read: " + systemErrorText(errno), name_};
    }
    if (auto taken = sink({window.data(), static_cast<std::size_t>(got)}); !taken) return taken;
    at += got;
  }
}

Result<void> OutputFile::commit() {
  if (file_ && !file_.close()) return failed(errno);
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) return failed(errno);
  temporary_.clear();
  return {};
}

Result<bool> OutputFile::commitUnlessTaken() {
  if (file_ && !file_.close()) return failed(errno);
  if (temporary_.empty()) return true;
  int failure =
      ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) == 0 ? 0 : errno;
  if (failure == EINVAL || failure == ENOSYS) {
    // A file system that cannot do this may know hard links.
    failure = ::link(temporary_.c_str(), target_.c_str()) == 0 ? 0 : errno;
    if (failure == 0) ::unlink(temporary_.c_str());
  }
  if (failure == EEXIST) return false;
  if (failure != 0) return failed(failure);
  temporary_.clear();
  return true;
}

}  // namespace pyrometer
