#include <dirent.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/exporters/bundle/bundle.h"
#include "daemon/exporters/bundle/zip_archive.h"
#include "daemon/support/output_file.h"

namespace pyrometer::bundle {
namespace {

/// The files in one of the recording's folders that are named by a number and this ending.
std::vector<std::string> numberedFiles(const std::string& recording, const std::string& folder,
                                       std::string_view ending) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> opened(::opendir((recording + "/" + folder).c_str()),
                                                   &::closedir);
  while (const dirent* entry = opened ? ::readdir(opened.get()) : nullptr) {
    std::string_view number = entry->d_name;
    if (!number.ends_with(ending)) continue;
    number.remove_suffix(ending.size());
    if (!number.empty() &&
        std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      names.push_back(folder + "/" + entry->d_name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> writeArchive(const std::string& folder, OutputFile& out, std::stop_token stop = {}) {
  using Method = ZipArchive::Method;
  ZipArchive zip(out, std::move(stop));
  std::vector<std::string> deflated = numberedFiles(folder, kSourcesFolder, "");
  if (!deflated.empty()) deflated.insert(deflated.begin(), kSourcesIndex);
  if (auto added = zip.addFile(kManifest, folder + "/" + kManifest, Method::kDeflated); !added) return added;
  // Stored: compact as it is, and readable without unpacking.
  if (auto added = zip.addFile(kSamples, folder + "/" + kSamples, Method::kStored); !added) return added;
  for (const std::string& name : numberedFiles(folder, kLogsFolder, ".jit")) {
    if (auto added = zip.addFile(name, folder + "/" + name, Method::kStored); !added) return added;
  }
  for (std::string& name : numberedFiles(folder, kLogsFolder, ".pypylog"))
    deflated.push_back(std::move(name));
  for (const std::string& name : deflated) {
    if (auto added = zip.addFile(name, folder + "/" + name, Method::kDeflated); !added) return added;
  }
  return zip.finish();
}

}  // namespace

Result<void> pack(const std::string& recording_folder, const std::string& target) {
  auto out = OutputFile::create(target);
  if (!out) return out.error();
  if (out->seekable()) {
    if (auto written = writeArchive(recording_folder, *out); !written) return written;
    return out->commit();
  }
  auto whole = OutputFile::anonymous();
  if (!whole) return whole.error();
  if (auto written = writeArchive(recording_folder, *whole); !written) return written;
  const auto copy = [&](std::string_view bytes) { return out->write(bytes); };
  if (auto copied = whole->readBack(copy); !copied) return copied;
  return out->commit();
}

Result<bool> packUnlessTaken(const std::string& recording_folder, const std::string& target,
                             std::stop_token stop) {
  auto out = OutputFile::create(target);
  if (!out) return out.error();
  if (auto written = writeArchive(recording_folder, *out, std::move(stop)); !written) return written.error();
  return out->commitUnlessTaken();
}

}  // namespace pyrometer::bundle
