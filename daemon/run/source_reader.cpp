#include "daemon/run/source_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "daemon/support/file_descriptor.h"

namespace pyrometer {
namespace {

std::int64_t writtenAt(const struct stat& status) {
  return status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
}

bool isText(const std::string& text) { return text.find('\0') == std::string::npos; }

std::optional<SourceReader::Source> readFile(int fd, const struct stat& status) {
  if (status.st_size < 0 || static_cast<std::size_t>(status.st_size) > SourceReader::kLargestFile)
    return std::nullopt;
  SourceReader::Source source;
  source.text.resize(static_cast<std::size_t>(status.st_size));
  std::size_t got = 0;
  while (got < source.text.size()) {
    const ssize_t n = ::read(fd, source.text.data() + got, source.text.size() - got);
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  source.text.resize(got);
  if (!isText(source.text)) return std::nullopt;  // a zip or a .pyc
  source.written_unix_ns = writtenAt(status);
  return source;
}

}  // namespace

std::optional<SourceReader::Source> SourceReader::read(const std::string& path) {
  // A name in a code object may be anything: a pipe must not hold us up.
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return readFromZip(path);
  struct stat status {};
  if (fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return readFile(fd.get(), status);
}

std::optional<SourceReader::Source> SourceReader::readFromZip(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string archive = path.substr(0, slash);
    struct stat status {};
    if (stat(archive.c_str(), &status) != 0) return std::nullopt;
    if (S_ISDIR(status.st_mode)) continue;
    if (!S_ISREG(status.st_mode)) return std::nullopt;
    if (archive_path_ != archive) {
      auto opened = bundle::openZip(archive);
      archive_path_ = archive;
      archive_ = opened ? std::move(*opened) : nullptr;
    }
    if (!archive_) return std::nullopt;
    auto text = archive_->read(path.substr(slash + 1), kLargestFile);
    if (!text || !*text || !isText(**text)) return std::nullopt;
    return Source{.text = **std::move(text), .written_unix_ns = writtenAt(status)};
  }
  return std::nullopt;
}

}  // namespace pyrometer
