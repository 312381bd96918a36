#pragma once

#include <map>
#include <memory>
#include <string>

#include "daemon/profile/ids.h"
#include "daemon/server/documents/line_map.h"

namespace pyrometer {

/// A document that is open, beside the file of the profile that it is: what names and places in answers need.
struct OpenFile {
  std::string uri;  ///< as the client spells it
  std::shared_ptr<const LineMap> map;
};
using OpenFiles = std::map<FileId, OpenFile>;

}  // namespace pyrometer
