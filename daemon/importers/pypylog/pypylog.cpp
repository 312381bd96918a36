#include "daemon/importers/pypylog/pypylog.h"

#include <algorithm>

#include "daemon/importers/jitlog/log_file.h"
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

Result<std::string> readPhaseText(const PhaseLog& log, const Phase& phase, std::uint64_t most) {
  auto file = jitlog::LogFile::open(log.path, {});
  if (!file) return file.error();
  std::string text, plain;
  std::vector<std::byte> window(1 << 16);
  LineCutter cutter;
  std::uint32_t inside = 0;
  for (std::uint64_t at = phase.text_begin; at < phase.text_end && text.size() < most;) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(window.size(), phase.text_end - at));
    const auto got = file->readAt(at, std::span(window).first(wanted));
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
