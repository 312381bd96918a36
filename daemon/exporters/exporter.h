#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/profile.h"
#include "daemon/support/result.h"

namespace pyrometer {

/// What a number in the exported file counts.
enum class Unit : std::uint8_t { kTime, kSamples };

struct ExportOptions {
  Unit unit = Unit::kTime;
};

/// Takes bytes in order; a failed write is an Error with the path (see support/output_file.h, which writes
/// beside the target and renames at the end, so that no half file stays).
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Result<void> write(std::string_view bytes) = 0;
};

/// A format that can be written. Stateless.
class Exporter {
 public:
  virtual ~Exporter() = default;
  virtual std::string_view name() const = 0;         ///< as `--to` takes it
  virtual std::string_view description() const = 0;  ///< one line for `export --help`
  virtual std::string_view extension() const = 0;    ///< with the dot
  /// Sentences about what this format cannot hold of this profile; shown to the user, stated in the file if
  /// it can.
  virtual std::vector<std::string> losses(const Profile& profile, const ExportOptions& options) const = 0;
  virtual Result<void> write(const Profile& profile, const ExportOptions& options, ByteSink& sink) const = 0;
};

/// All formats, in the order `export --help` lists them.
std::span<const Exporter* const> exporters();
const Exporter* findExporter(std::string_view name);

}  // namespace pyrometer
