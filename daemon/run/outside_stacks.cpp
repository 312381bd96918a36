#include "daemon/run/outside_stacks.h"

#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <set>
#include <span>
#include <string_view>

#include "daemon/run/elf_image.h"
#include "daemon/run/process_files.h"
#include "daemon/run/python_file.h"

namespace pyrometer {

namespace {

constexpr std::size_t kMostMaps = 16 * 1024 * 1024;

constexpr std::string_view kDeleted = " (deleted)";

struct MappedFile {
  std::uint64_t start = 0;
  std::uint64_t offset = 0;
  std::string_view range;  ///< "start-end"
  std::string_view path;   ///< without kDeleted
  bool deleted = false;    ///< or another file has taken its name
};

/// "start-end perms offset device inode   path"
std::optional<MappedFile> parseMap(std::string_view line) {
  MappedFile file;
  const char* const end = line.data() + line.size();
  const auto start = std::from_chars(line.data(), end, file.start, 16);
  if (start.ec != std::errc()) return std::nullopt;
  file.range = line.substr(0, line.find(' '));
  for (int field = 0; field < 2; ++field) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    line.remove_prefix(space + 1);
  }
  if (std::from_chars(line.data(), end, file.offset, 16).ec != std::errc()) return std::nullopt;
  const std::size_t slash = line.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  file.path = line.substr(slash);
  file.deleted = file.path.ends_with(kDeleted);
  if (file.deleted) file.path.remove_suffix(kDeleted.size());
  return file;
}

/// Where the mapped file itself can be read, whatever has its name now.
std::string placeOfDeleted(const std::string& process, const MappedFile& file) {
  const std::string program = process + "/exe";
  if (linkTarget(program) == std::string(file.path) + std::string(kDeleted)) return program;
  return process + "/map_files/" + std::string(file.range);  // for root alone
}

}  // namespace

std::optional<RuntimePlace> findRuntime(std::int32_t pid) {
  const std::string root = "/proc/" + std::to_string(pid);
  const auto maps = readSmallFile(root + "/maps", kMostMaps);
  if (!maps) return std::nullopt;
  const std::string own_root = linkTarget(root + "/root");
  std::set<std::string_view> seen;
  std::string_view rest = *maps;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const auto mapped = parseMap(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!mapped || mapped->offset != 0 || !seen.insert(mapped->path).second) continue;
    // Through the process's own root: it may live in a container. Of one in a chroot the path is told from
    // our root on.
    const bool in_root = own_root.size() > 1 && mapped->path.starts_with(own_root + "/");
    const auto image = readElfImage(
        mapped->deleted ? placeOfDeleted(root, *mapped)
                        : root + "/root" + std::string(mapped->path.substr(in_root ? own_root.size() : 0)));
    if (!image || !image.value() || (*image)->runtime_address == 0) continue;
    RuntimePlace place{.address = (*image)->runtime_address - (*image)->first_address + mapped->start,
                       .py_version = (*image)->py_version,
                       .file = std::string(mapped->path)};
    if (place.py_version == 0) place.py_version = pythonVersionOfName(place.file);
    return place;
  }
  return std::nullopt;
}

Result<std::unique_ptr<interpreters::OutsideReader>> openOutsideReader(std::int32_t pid,
                                                                       const RuntimePlace& place) {
  std::array<std::byte, interpreters::kRuntimeBytes> bytes{};
  iovec here{.iov_base = bytes.data(), .iov_len = bytes.size()};
  iovec there{.iov_base = reinterpret_cast<void*>(place.address), .iov_len = bytes.size()};
  if (process_vm_readv(pid, &here, 1, &there, 1, 0) != static_cast<ssize_t>(bytes.size())) {
    const std::string process = "process " + std::to_string(pid);
    if (errno == EPERM || errno == ENOSYS) {
      return Error{"the system does not permit reading its memory (" + std::string(std::strerror(errno)) +
                       "); see kernel.yama.ptrace_scope, or the container's rules",
                   process};
    }
    return Error{std::string("its memory cannot be read: ") + std::strerror(errno), process};
  }
  const auto search = interpreters::findLayout(place.py_version, bytes);
  if (!search.found()) return Error{search.reason, place.file};
  return std::make_unique<interpreters::OutsideReader>(pid, search.layout, place.address);
}

}  // namespace pyrometer
