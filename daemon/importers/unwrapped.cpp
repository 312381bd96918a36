#include "daemon/importers/unwrapped.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "daemon/support/figures.h"
#include "daemon/support/gzip.h"
#include "daemon/support/read_window.h"

namespace pyrometer {
namespace {

/// Files of many equal samples become a hundred times smaller, deflated zeros a thousand times.
constexpr std::uint64_t kLargestRatio = 200, kNoBomb = std::uint64_t{256} << 20;

Error bomb(std::uint64_t inflated) {
  return {"becomes more than " + std::to_string(kLargestRatio) + " times as large when it is unpacked (" +
              bytesText(inflated) +
              " so far), which no profile does; if you trust it, unpack it and read what comes out",
          ""};
}

Result<void> feedAll(const InputFile& file, const ImportOptions& options, Reader& reader,
                     std::optional<std::string>& problem) {
  ReadingWatch watch(options.stop, options.progress, file.size());
  std::vector<std::byte> window = readWindow(file.size());
  std::optional<GzipInflater> wrapper;
  std::uint64_t inflated = 0;
  const auto most = std::max(kNoBomb, file.size() * kLargestRatio);
  const auto unwrapped = [&](std::span<const std::byte> bytes) -> Result<void> {
    inflated += bytes.size();
    return inflated > most ? Result<void>(bomb(inflated)) : reader.feed(bytes);
  };
  for (std::uint64_t at = 0;;) {
    const auto got = file.readAt(at, window);
    if (!got) return got.error();
    if (*got == 0) break;
    const auto bytes = std::span<const std::byte>(window).first(*got);
    if (at == 0 && looksLikeGzip(bytes)) wrapper.emplace();
    if (auto fed = wrapper ? wrapper->feed(bytes, unwrapped) : reader.feed(bytes); !fed) return fed;
    at += *got;
    if (auto going_on = watch.at(at); !going_on) return going_on;
  }
  if (wrapper) problem = wrapper->problem();
  return reader.finish();
}

}  // namespace

Result<void> readUnwrapped(const std::string& path, const ImportOptions& options, Reader& reader,
                           std::optional<std::string>& problem) {
  const auto file = InputFile::open(path);
  if (!file) return file.error();
  auto fed = feedAll(*file, options, reader, problem);
  if (fed) return fed;
  // Nothing could be read, and the wrapper may be why.
  std::string message = fed.error().message;
  if (problem) message += " (" + *problem + ")";
  return Error{std::move(message), fed.error().where.empty() ? path : fed.error().where};
}

Result<std::vector<std::byte>> unwrappedHead(const InputFile& file, std::size_t most) {
  std::vector<std::byte> head(most);
  const auto got = file.readAt(0, head);
  if (!got) return got.error();
  head.resize(*got);
  if (!looksLikeGzip(head)) return head;
  std::vector<std::byte> inside;
  GzipInflater wrapper;
  const auto enough = wrapper.feed(head, [&](std::span<const std::byte> bytes) -> Result<void> {
    inside.insert(inside.end(), bytes.begin(), bytes.end());
    return inside.size() < most ? Result<void>() : Error{"", ""};
  });
  static_cast<void>(enough.ok());
  if (inside.size() > most) inside.resize(most);
  return inside;
}

}  // namespace pyrometer
