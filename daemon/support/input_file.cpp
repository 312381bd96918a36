#include "daemon/support/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "daemon/support/system_error.h"

namespace pyrometer {
namespace {

std::int64_t writtenAt(const struct stat& about) {
  return about.st_mtim.tv_sec * std::int64_t{1'000'000'000} + about.st_mtim.tv_nsec;
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& path, Links links) {
  const int no_links = links == Links::kRefuse ? O_NOFOLLOW : 0;
  // Non-blocking: a pipe that nobody writes to shall be an error, not a wait.
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | no_links));
  if (!file) return Error{"cannot be opened: " + systemErrorText(errno), path};
  return take(std::move(file), path);
}

Result<InputFile> InputFile::of(int descriptor, std::string name) {
  FileDescriptor file(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!file) return Error{"cannot be opened: " + systemErrorText(errno), name};
  return take(std::move(file), std::move(name));
}

Result<InputFile> InputFile::take(FileDescriptor file, std::string path) {
  struct stat about = {};
  if (::fstat(file.get(), &about) != 0) return Error{"cannot be read: " + systemErrorText(errno), path};
  if (S_ISDIR(about.st_mode)) return Error{"is a folder, not a file", path};
  if (!S_ISREG(about.st_mode))
    return Error{"is no regular file; save what comes out of it to a file first", path};
  return InputFile(std::move(path), std::move(file), static_cast<std::uint64_t>(about.st_size),
                   writtenAt(about));
}

Result<void> InputFile::unchanged() const {
  struct stat about = {};
  if (::fstat(file_.get(), &about) != 0) return Error{"cannot be read: " + systemErrorText(errno), path_};
  if (static_cast<std::uint64_t>(about.st_size) == size_ && writtenAt(about) == written_ns_) return {};
  return Error{"was changed after it had been opened; open it again", path_};
}

Result<std::size_t> InputFile::readAt(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return std::size_t{0};
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  std::size_t done = 0;
  while (done < wanted) {
    const ssize_t got =
        ::pread(file_.get(), into.data() + done, wanted - done, static_cast<off_t>(offset + done));
    if (got > 0) {
      done += static_cast<std::size_t>(got);
    } else if (got == 0) {
      return Error{"became shorter while it was read; nothing may write to it meanwhile",
                   path_ + ", byte " + std::to_string(offset + done)};
    } else if (errno != EINTR) {
      return Error{"cannot be read: " + systemErrorText(errno),
                   path_ + ", byte " + std::to_string(offset + done)};
    }
  }
  return done;
}

Result<std::string> InputFile::readAll(std::uint64_t limit) const {
  if (size_ > limit) {
    return Error{"is larger than such a file can be (" + std::to_string(size_) + " bytes)", path_};
  }
  std::string text(static_cast<std::size_t>(size_), '\0');
  const auto got = readAt(0, std::as_writable_bytes(std::span(text)));
  if (!got) return got.error();
  return text;
}

}  // namespace pyrometer
