#include "daemon/run/recording_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/support/system_error.h"

namespace pyrometer {

namespace {

Error failed(const std::string& path) { return Error{systemErrorText(errno), path}; }

/// As much of a program's name as is harmless in a file name.
std::string harmless(std::string_view name) {
  std::string result;
  for (const char c : name.substr(0, 64)) {
    const auto byte = static_cast<unsigned char>(c);
    result.push_back(std::isalnum(byte) || c == '_' || c == '.' || c == '-' || byte >= 0x80 ? c : '_');
  }
  if (result.empty() || result.front() == '.') result.insert(0, "run");
  return result;
}

std::string dateNow() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &local);
  return text;
}

bool writeWhole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

std::shared_ptr<RecordingLock> RecordingLock::tryTake(const std::string& folder) {
  FileDescriptor fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd || flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return nullptr;
  return std::shared_ptr<RecordingLock>(new RecordingLock(std::move(fd)));
}

Result<RecordingFolder> RecordingFolder::make(const std::string& parent, const std::string& name) {
  RecordingFolder folder;
  // Under a hidden name until it is locked: to others an unlocked recording is one that was left behind.
  std::string hidden = parent + "/.new-XXXXXX";
  if (mkdtemp(hidden.data()) == nullptr) return failed(parent);
  folder.lock_ = RecordingLock::tryTake(hidden);
  folder.path_ = parent + "/" + harmless(name) + "-" + dateNow() + hidden.substr(hidden.size() - 7);
  if (!folder.lock_ || rename(hidden.c_str(), folder.path_.c_str()) != 0) {
    const Error error = failed(parent);
    rmdir(hidden.c_str());
    return error;
  }
  const std::string samples = folder.path_ + "/" + bundle::kSamples;
  folder.samples_ = FileDescriptor(open(samples.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!folder.samples_ || mkdir((folder.path_ + "/" + bundle::kSourcesFolder).c_str(), 0700) != 0) {
    const Error error = failed(samples);
    unlink(samples.c_str());
    rmdir(folder.path_.c_str());
    return error;
  }
  return folder;
}

Result<void> RecordingFolder::append(std::string_view batch) {
  if (!samples_) return Error{"no more samples can be kept", path_};
  if (writeWhole(samples_.get(), batch)) {
    length_ += batch.size();
    return {};
  }
  const Error error = failed(path_ + "/" + bundle::kSamples);
  [[maybe_unused]] const int cut = ftruncate(samples_.get(), static_cast<off_t>(length_));
  samples_ = FileDescriptor();
  return error;
}

Result<void> RecordingFolder::replaceFile(const std::string& name, std::string_view text) const {
  const std::string fresh = name + ".new";
  if (const auto written = writeFile(fresh, text); !written) return written.error();
  if (rename((path_ + "/" + fresh).c_str(), (path_ + "/" + name).c_str()) == 0) return {};
  const Error error = failed(path_ + "/" + name);
  unlink((path_ + "/" + fresh).c_str());
  return error;
}

Result<void> RecordingFolder::writeFile(const std::string& name, std::string_view text) const {
  const std::string path = path_ + "/" + name;
  const FileDescriptor fd(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (fd && writeWhole(fd.get(), text)) return {};
  const Error error = failed(path);
  unlink(path.c_str());
  return error;
}

Result<void> RecordingFolder::writeManifest(std::string_view text) {
  return replaceFile(bundle::kManifest, text);
}

Result<void> RecordingFolder::addSource(const std::string& path, std::string_view text, bool changed) {
  const std::string file = std::string(bundle::kSourcesFolder) + "/" + std::to_string(sources_.size());
  // Not before it is whole is it in the list.
  const auto written = writeFile(file, text);
  if (!written) return written.error();
  sources_.push_back({path, file, changed});
  return {};
}

Result<void> RecordingFolder::writeSourcesIndex() {
  if (listed_ == sources_.size()) return {};
  auto list = nlohmann::json::array();
  for (const Source& source : sources_) {
    list.push_back({{"path", source.path}, {"file", source.file}, {"changed", source.changed}});
  }
  // A path may be any bytes; what is not UTF-8 is replaced, as it is in the samples.
  const auto written =
      replaceFile(bundle::kSourcesIndex, list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  if (!written) return written.error();
  listed_ = sources_.size();
  return {};
}

}  // namespace pyrometer
