#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/profile/profile.h"
#include "daemon/support/text_lines.h"

namespace pyrometer {

/// The recorded text behind a profile's lines; each file is split once, when first asked for.
/// Not for several threads.
class SourceText {
 public:
  explicit SourceText(const Profile& profile) : profile_(&profile) {}

  /// Without the indentation; empty where no text was recorded or the file has no such line.
  std::string_view codeAt(LineId line);
  /// Null where no text was recorded.
  const std::vector<std::string_view>* linesOf(FileId file);

 private:
  const Profile* profile_;
  std::deque<std::string> decoded_;  ///< texts that were not UTF-8
  std::map<FileId, std::optional<std::vector<std::string_view>>> files_;
};

}  // namespace pyrometer
