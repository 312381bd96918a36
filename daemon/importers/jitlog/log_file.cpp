#include "daemon/importers/jitlog/log_file.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "daemon/importers/bundle/entries.h"
#include "daemon/support/gzip.h"
#include "daemon/support/output_file.h"
#include "daemon/support/read_window.h"

namespace pyrometer::jitlog {
namespace {

/// Logs become 8 to 20 times smaller. What claims to be a hundred times larger than it is, is none.
constexpr std::uint64_t kLargestRatio = 100, kNoBomb = std::uint64_t{64} << 20;

/// Takes inflated bytes into the temporary file.
class Unwrapped {
 public:
  Unwrapped(OutputFile file, std::string path, std::uint64_t wrapped)
      : file_(std::move(file)), path_(std::move(path)), most_(std::max(kNoBomb, wrapped * kLargestRatio)) {}

  Result<void> take(std::span<const std::byte> bytes) {
    if (file_.written() + bytes.size() > most_) {
      return Error{
          "is compressed to less than a hundredth of its size, which no log is; if you trust it, "
          "unpack it and read what comes out",
          path_};
    }
    return file_.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  Result<InputFile> done() const { return InputFile::of(file_.descriptor(), path_); }

 private:
  OutputFile file_;
  std::string path_;
  std::uint64_t most_;
};

Result<std::optional<Damage>> unwrapGzip(const InputFile& file, Unwrapped& into, ReadingWatch& watch) {
  GzipInflater inflater;
  std::vector<std::byte> window = readWindow(file.size());
  for (std::uint64_t at = 0; at < file.size();) {
    const auto got = file.readAt(at, window);
    if (!got) return got.error();
    const auto fed = inflater.feed(std::span(window).first(*got),
                                   [&](std::span<const std::byte> plain) { return into.take(plain); });
    if (!fed) return fed.error();
    at += *got;
    if (auto going_on = watch.at(at); !going_on) return going_on.error();
  }
  if (const auto problem = inflater.problem()) return std::optional(Damage{file.size(), *problem});
  return std::optional<Damage>();
}

/// What cannot be read of an entry is a loss; what is refused is an Error.
Result<std::optional<Damage>> unpack(bundle::Entries& entries, const std::string& name, Unwrapped& into,
                                     ReadingWatch& watch) {
  std::optional<Error> refused;
  const auto read = entries.stream(name, [&](std::span<const std::byte> bytes) -> Result<void> {
    auto taken = into.take(bytes);
    // How much of the archive that was libzip does not tell.
    if (taken) taken = watch.at(0);
    if (!taken) refused = taken.error();
    return taken;
  });
  if (refused) return *refused;
  if (!read) return std::optional(Damage{0, read.error().message});
  return entries.loss();
}

Result<std::optional<Damage>> unwrapZip(const std::string& path, Unwrapped& into, ReadingWatch& watch) {
  const auto entries = bundle::openZip(path);
  if (!entries) return entries.error();
  const std::vector<std::string> names = (*entries)->names();
  if (names.size() != 1) {
    std::string list;
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 5); ++i) {
      list += (i == 0 ? ": " : ", ") + names[i];
    }
    return Error{"is a zip file that holds " + std::to_string(names.size()) + " files" + list +
                     "; a log is wrapped alone. Unpack it and read the one that is the log",
                 path};
  }
  return unpack(**entries, names[0], into, watch);
}

std::optional<Damage> cutWithin(std::uint64_t offset) {
  return Damage{offset, "the recording is cut within it"};
}

}  // namespace

Result<std::size_t> LogFile::readAt(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return std::size_t{0};
  return plain_.readAt(begin_ + offset, into.first(std::min<std::uint64_t>(into.size(), size_ - offset)));
}

Result<LogFile> LogFile::openMember(bundle::Entries& recording, const std::string& where,
                                    const std::string& name, const ReadOptions& options) {
  const std::string path = where + ", " + name;
  auto stored = recording.plain(name);
  if (!stored) return stored.error();
  if (*stored) {
    LogFile log(path, std::move((*stored)->file));
    log.begin_ = (*stored)->begin;
    log.size_ = (*stored)->size;
    if (!(*stored)->whole) log.loss_ = cutWithin(log.size_);
    return log;
  }
  const auto packed = InputFile::open(where);
  if (!packed) return packed.error();
  auto temporary = OutputFile::anonymous();
  if (!temporary) return temporary.error();
  Unwrapped into(std::move(*temporary), path, packed->size());
  ReadingWatch watch(options.stop, options.progress, packed->size());
  const auto loss = unpack(recording, name, into, watch);
  if (!loss) return loss.error();
  auto plain = into.done();
  if (!plain) return plain.error();
  if (plain->size() == 0) return Error{*loss ? (*loss)->what : std::string("is empty"), path};
  LogFile log(path, std::move(*plain));
  log.unwrapped_ = true;
  log.loss_ = *loss;
  return log;
}

Result<LogFile> LogFile::open(const std::string& path, const ReadOptions& options) {
  auto file = InputFile::open(path);
  if (!file) return file.error();
  std::array<std::byte, 4> head;
  const auto got = file->readAt(0, head);
  if (!got) return got.error();
  const auto first = std::span(head).first(*got);
  const bool zip = bundle::looksLikeZip(first);
  if (!zip && !looksLikeGzip(first)) return LogFile(path, std::move(*file));

  auto temporary = OutputFile::anonymous();
  if (!temporary) return temporary.error();
  Unwrapped into(std::move(*temporary), path, file->size());
  ReadingWatch watch(options.stop, options.progress, file->size());
  const auto loss = zip ? unwrapZip(path, into, watch) : unwrapGzip(*file, into, watch);
  if (!loss) return loss.error();
  auto plain = into.done();
  if (!plain) return plain.error();
  if (plain->size() == 0 && *loss) return Error{(*loss)->what, path};
  LogFile log(path, std::move(*plain));
  log.unwrapped_ = true;
  log.loss_ = *loss;
  return log;
}

}  // namespace pyrometer::jitlog
