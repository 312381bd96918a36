#include "daemon/importers/pypylog/pypylog.h"

#include <algorithm>

#include "daemon/importers/pypylog/pypylog_reader.h"
#include "daemon/importers/unwrapped.h"
#include "daemon/support/utf.h"

namespace pyrometer::pypylog {
namespace {

/// PyPy's own names, and what programs would sensibly choose: other text in brackets shall not pass.
bool isUsualName(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == ' ';
  });
}

}  // namespace

bool looksLikePypylog(std::span<const std::byte> head) {
  constexpr std::size_t kLookedAt = 16 * 1024;
  std::string plain;
  bool found = false;
  LineCutter cutter;
  cutter.feed(head.first(std::min(head.size(), kLookedAt)),
              [&](std::string_view line, std::uint64_t, std::uint64_t) {
                if (found || !maybeSectionLine(line)) return;
                const auto section = parseSectionLine(plainLine(line, plain));
                found = section && isUsualName(section->name);
              });
  return found;
}

Result<std::shared_ptr<PhaseLog>> readPypylog(const std::string& path, const ImportOptions& options) {
  PypylogReader reader(path);
  std::optional<std::string> problem;
  if (const auto read = readUnwrapped(path, options, reader, problem); !read) return read.error();
  std::shared_ptr<PhaseLog> log = reader.take();
  if (problem) log->damage.push_back({log->bytes, *problem});
  return log;
}

Result<std::shared_ptr<PhaseLog>> readPypylogMember(bundle::Entries& recording, const std::string& where,
                                                    const std::string& name, const ImportOptions& options) {
  PypylogReader reader(where, name);
  const auto packed = InputFile::open(where);
  ReadingWatch watch(options.stop, options.progress, packed.ok() ? packed->size() : 0);
  Result<void> failure;
  const auto read = recording.stream(name, [&](std::span<const std::byte> bytes) {
    failure = reader.feed(bytes);
    // How much of the recording that was is not known.
    if (failure) failure = watch.at(0);
    return failure;
  });
  if (!failure) return failure.error();
  if (const auto done = reader.finish(); !done) return done.error();
  std::shared_ptr<PhaseLog> log = reader.take();
  if (!read) log->damage.push_back({log->bytes, read.error().message});
  return log;
}

Result<PhaseTexts> PhaseTexts::open(const PhaseLog& log) {
  const auto file = [&]() -> Result<jitlog::LogFile> {
    if (log.member.empty()) return jitlog::LogFile::open(log.path, {});
    const auto recording = bundle::openBundle(log.path);
    if (!recording) return recording.error();
    return jitlog::LogFile::openMember(**recording, log.path, log.member, {});
  };
  auto opened = file();
  if (!opened) return opened.error();
  if (opened->size() != log.bytes)
    return Error{"was changed after it had been read; open it again", log.path};
  return PhaseTexts(std::move(*opened));
}

Result<std::string> PhaseTexts::read(const Phase& phase, std::uint64_t most) const {
  std::string text, plain;
  std::vector<std::byte> window(1 << 16);
  LineCutter cutter;
  std::uint32_t inside = 0;
  for (std::uint64_t at = phase.text_begin; at < phase.text_end && text.size() < most;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(window.size(), phase.text_end - at));
    const auto got = file_.readAt(at, std::span(window).first(wanted));
    if (!got) return got.error();
    if (*got == 0) break;
    at += *got;
    cutter.feed(std::span(window).first(*got), [&](std::string_view line, std::uint64_t, std::uint64_t) {
      line = plainLine(line, plain);
      if (maybeSectionLine(line)) {
        if (const auto section = parseSectionLine(line)) {
          inside = section->opens ? inside + 1 : inside - std::min(inside, 1u);
          return;
        }
      }
      if (inside == 0 && text.size() < most) text.append(line).append("\n");
    });
  }
  if (text.size() > most) text.resize(static_cast<std::size_t>(most));
  return repairedUtf8(text);
}

}  // namespace pyrometer::pypylog
