#include "daemon/importers/read_part.h"

#include <fmt/format.h>

#include "daemon/importers/registry.h"

namespace pyrometer {

Result<std::shared_ptr<const Profile>> readPart(const std::string& file, int part) {
  Result<std::shared_ptr<const Profile>> profile = readProfile(file, {.part = part - 1});
  if (!profile.ok()) return profile;
  const int parts = (*profile)->info().parts;
  if (part <= parts) return profile;
  return Error{parts == 1 ? fmt::format("there is no part {}: the file holds one profile", part)
                          : fmt::format("there is no part {}: the file holds {} profiles", part, parts),
               file};
}

}  // namespace pyrometer
