#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "daemon/support/result.h"

namespace pyrometer {

/// Whether bytes begin like a gzip file.
bool looksLikeGzip(std::span<const std::byte> head);

/// Inflates a gzip file that comes in pieces, several members one behind the other included. Everything
/// before a cut or a damage comes out.
class GzipInflater {
 public:
  using Sink = std::function<Result<void>(std::span<const std::byte>)>;

  GzipInflater();
  ~GzipInflater();
  GzipInflater(const GzipInflater&) = delete;
  GzipInflater& operator=(const GzipInflater&) = delete;

  /// An Error is the sink's. Bytes behind a damage are ignored.
  Result<void> feed(std::span<const std::byte> bytes, const Sink& sink);

  /// After the last byte: what was wrong with the file, or nothing.
  std::optional<std::string> problem() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pyrometer
