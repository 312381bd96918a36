#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "daemon/importers/bundle/entries.h"
#include "daemon/importers/importer.h"
#include "daemon/importers/jitlog/log_file.h"
#include "daemon/profile/phase_log.h"

namespace pyrometer::pypylog {

/// Whether the (unwrapped) bytes are of a PYPYLOG: one of the first lines opens or closes a section.
bool looksLikePypylog(std::span<const std::byte> head);

/// Reads PyPy's text log (environment variable PYPYLOG), plain or as it went to a terminal, also in a gzip
/// wrapper: when each section began and ended. What the sections say stays in the file; see PhaseTexts.
Result<std::shared_ptr<PhaseLog>> readPypylog(const std::string& path, const ImportOptions& options = {});

/// The same of an entry of a recording; `where` is the recording.
Result<std::shared_ptr<PhaseLog>> readPypylogMember(bundle::Entries& recording, const std::string& where,
                                                    const std::string& name, const ImportOptions& options);

/// What sections say, read again from the log, which is opened (and taken out of its wrapper) once.
class PhaseTexts {
 public:
  static Result<PhaseTexts> open(const PhaseLog& log);

  /// What a section says itself, without the sections inside it and without colours: valid UTF-8, lines ended
  /// by newlines; at most `most` bytes of it.
  Result<std::string> read(const Phase& phase, std::uint64_t most) const;

 private:
  explicit PhaseTexts(jitlog::LogFile file) : file_(std::move(file)) {}

  jitlog::LogFile file_;
};

}  // namespace pyrometer::pypylog
