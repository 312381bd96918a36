#include "daemon/native/native_code.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include <algorithm>

#include "daemon/native/elf_symbol.h"
#include "daemon/native/unwind_table.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

namespace {

constexpr char kKernelCode[] = "[vdso]";
constexpr char kEvaluation[] = "_PyEval_EvalFrameDefault";

/// The file as the process sees it; none if another one has taken its place.
FileDescriptor openMapped(const MappedCode& code, std::int32_t pid) {
  const auto isIt = [&](const FileDescriptor& fd) {
    struct stat status {};
    // Devices are not compared: some file systems (overlays) show another one in the maps.
    return fd && fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_ino == code.inode;
  };
  if (!code.deleted) {
    // Through the process's root: it may live in a container.
    FileDescriptor file(
        open(fmt::format("/proc/{}/root{}", pid, code.path).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (isIt(file)) return file;
  }
  // The mapping itself, where one has the right to it.
  FileDescriptor mapped(open(fmt::format("/proc/{}/map_files/{:x}-{:x}", pid, code.begin, code.end).c_str(),
                             O_RDONLY | O_CLOEXEC));
  if (isIt(mapped)) return mapped;
  return FileDescriptor();
}

/// The kernel's code is the same in all processes: ours is looked at.
std::span<const std::byte> kernelImage() {
  const auto* image = reinterpret_cast<const std::byte*>(getauxval(AT_SYSINFO_EHDR));
  if (image == nullptr) return {};
  constexpr std::size_t kPage = 4096;
  const auto* header = reinterpret_cast<const ElfW(Ehdr)*>(image);
  // Headers and sections of a vDSO are in its pages, the table of sections last.
  const std::size_t size = header->e_shoff + std::size_t{header->e_shentsize} * header->e_shnum;
  return {image, std::max(size, kPage)};
}

}  // namespace

Result<std::unique_ptr<NativeCode>> NativeCode::make() {
  auto area = UnwindArea::make();
  if (!area) return area.error();
  return std::unique_ptr<NativeCode>(new NativeCode(std::move(area).value()));
}

void NativeCode::removeProcess(std::uint32_t place) {
  area_->removeProcess(place);
  seen_.erase(place);
}

NativeCode::File& NativeCode::fileOf(const MappedCode& code, std::int32_t pid) {
  const auto [found, fresh] = files_.try_emplace({code.device, code.inode});
  File& file = found->second;
  if (!fresh) return file;
  const bool kernel = code.path == kKernelCode;
  const FileDescriptor descriptor = kernel ? FileDescriptor() : openMapped(code, pid);
  if (!kernel && !descriptor) return file;
  const ImageBytes bytes = kernel ? bytesOfMemory(kernelImage()) : bytesOfFile(descriptor.get());
  auto layout = readElfLayout(bytes);
  if (!layout) return file;
  file.layout = std::move(layout).value();
  file.build_id = file.layout.build_id;
  if (!file.build_id.empty()) {
    if (const auto known = tables_.find(file.build_id); known != tables_.end()) {
      file.table = known->second;
      return file;
    }
  }
  // A damaged one has no rules, and its frames are the last ones known.
  const auto table = makeUnwindTable(bytes, file.layout);
  if (table && !table->empty()) file.table = area_->addTable(*table);
  if (!file.build_id.empty()) tables_[file.build_id] = file.table;
  return file;
}

std::vector<NativeCode::Module> NativeCode::look(std::uint32_t place, std::int32_t pid,
                                                 bool finds_evaluation) {
  std::vector<Module> fresh;
  std::vector<MappedCode> mapped = readMappedCode(pid);
  std::vector<MappedCode>& seen = seen_[place];
  if (mapped.empty() || mapped == seen) return fresh;
  std::vector<unwind::Range> ranges;
  for (const MappedCode& code : mapped) {
    File& file = fileOf(code, pid);
    const auto address = file.layout.addressOf(code.offset);
    ranges.push_back({.begin = code.begin,
                      .end = code.end,
                      .bias = address ? code.begin - *address : 0,
                      .table = address ? file.table : 0});
    if (finds_evaluation && address && !std::exchange(file.looked_for_evaluation, true)) {
      const FileDescriptor descriptor = openMapped(code, pid);
      const auto symbol = descriptor ? findElfSymbol(descriptor.get(), kEvaluation) : std::nullopt;
      if (symbol) {
        file.evaluation_begin = symbol->address;
        file.evaluation_end = symbol->address + symbol->size;
      }
    }
    if (finds_evaluation && address && file.evaluation_begin != 0) {
      const std::uint64_t bias = code.begin - *address;
      area_->setEvaluation(place, bias + file.evaluation_begin, bias + file.evaluation_end);
    }
    if (std::find(seen.begin(), seen.end(), code) == seen.end()) fresh.push_back({code, file.build_id});
  }
  area_->publish(place, ranges);
  seen = std::move(mapped);
  return fresh;
}

}  // namespace pyrometer
