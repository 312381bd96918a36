#include "daemon/support/system_error.h"

#include <cctype>
#include <cerrno>
#include <system_error>

namespace pyrometer {

std::string systemErrorText(int error_number) {
  switch (error_number) {
    case ENOENT:
      return "no such file or folder";
    case ENOSPC:
      return "the disk is full";
    case EDQUOT:
      return "the disk quota is used up";
    case EFBIG:
      return "larger than files may be here (see ulimit -f)";
    case EROFS:
      return "the file system is read-only";
    default:
      break;
  }
  std::string text = std::generic_category().message(error_number);
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace pyrometer
