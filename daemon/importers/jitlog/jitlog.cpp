#include "daemon/importers/jitlog/jitlog.h"

#include <algorithm>
#include <array>

#include "daemon/importers/jitlog/indexer.h"
#include "daemon/importers/jitlog/stage_reader.h"

namespace pyrometer::jitlog {

bool looksLikeJitlog(std::span<const std::byte> head) {
  if (head.empty() || static_cast<Mark>(head[0]) != Mark::kHeader) return false;
  // Of a header that is whole: version, width, a machine's name that is one.
  if (head.size() < 8) return true;
  ByteReader in(head.subspan(1));
  const auto version = in.little<std::uint16_t>();
  const std::uint8_t narrow = in.u8();
  const auto length = in.little<std::uint32_t>();
  constexpr int kMostVersions = 64;
  constexpr std::uint32_t kLongestName = 64;
  return version >= version::kFirst && version < kMostVersions && narrow <= 1 && length <= kLongestName;
}

Result<std::shared_ptr<const jit::TraceForest>> readJitlog(const std::string& path,
                                                           const ReadOptions& options) {
  return readJitlog(LogFile::open(path, options), options);
}

Result<std::shared_ptr<const jit::TraceForest>> readJitlog(Result<LogFile> file, const ReadOptions& options) {
  if (!file) return file.error();
  const std::string path = file->path();
  std::array<std::byte, 64> head;
  const auto got = file->readAt(0, head);
  if (!got) return got.error();
  if (*got == 0) return Error{"is empty: no log was written, or the disk was full", path};
  if (!looksLikeJitlog(std::span(head).first(*got))) {
    return Error{"is no log of PyPy's JIT (_jitlog, JITLOG=file)", path};
  }
  jit::ForestBuilder forest;
  forest.info().path = path;
  forest.info().bytes = file->size();
  Indexer indexer(*file, forest);
  ReadingWatch watch(options.stop, file->unwrapped() ? nullptr : options.progress, file->size());
  if (auto read = indexer.run(watch); !read) return read.error();
  if (file->loss()) forest.info().damage.push_back(*file->loss());
  return forest.build(std::make_shared<StageReader>(std::move(*file), indexer.layout()));
}

}  // namespace pyrometer::jitlog
