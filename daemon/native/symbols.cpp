#include "daemon/native/symbols.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/native/demangle.h"
#include "daemon/native/elf_layout.h"
#include "daemon/native/image_bytes.h"
#include "daemon/native/unwind_table.h"
#include "daemon/support/file_descriptor.h"

namespace pyrometer {

namespace {

constexpr std::string_view kDebugFolder = "/usr/lib/debug";
constexpr std::string_view kBuildIdFolder = "/usr/lib/debug/.build-id/";

int openRegular(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status {};
  if (fd >= 0 && (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))) {
    close(fd);
    return -1;
  }
  return fd;
}

/// Where the debug file of a module may be installed. (libdwfl's own search would ask servers on the network
/// if the environment names some.)
int findDebugFile(Dwfl_Module* module, void**, const char*, Dwarf_Addr, const char* file, const char* link,
                  GElf_Word, char** found) {
  std::vector<std::string> places;
  const unsigned char* id = nullptr;
  GElf_Addr address = 0;
  if (const int size = dwfl_module_build_id(module, &id, &address); size > 1) {
    const std::string hex = hexOf(std::as_bytes(std::span(id, static_cast<std::size_t>(size))));
    places.push_back(std::string(kBuildIdFolder) + hex.substr(0, 2) + "/" + hex.substr(2) + ".debug");
  }
  if (file != nullptr && link != nullptr && std::strchr(link, '/') == nullptr) {
    const std::string path = file;
    const std::string folder = path.substr(0, path.rfind('/') + 1);
    for (const std::string& place :
         {folder + link, folder + ".debug/" + link, std::string(kDebugFolder) + folder + link}) {
      if (place != path) places.push_back(place);
    }
  }
  for (const std::string& place : places) {
    const int fd = openRegular(place);
    if (fd < 0) continue;
    *found = strdup(place.c_str());
    return fd;
  }
  return -1;
}

const Dwfl_Callbacks kCallbacks = {.find_elf = dwfl_build_id_find_elf,
                                   .find_debuginfo = findDebugFile,
                                   .section_address = dwfl_offline_section_address,
                                   .debuginfo_path = nullptr};

}  // namespace

class Symbols::File {
 public:
  File(const std::string& path, const std::string& build_id) {
    const FileDescriptor fd(openRegular(path));
    if (!fd) return;
    const ImageBytes bytes = bytesOfFile(fd.get());
    auto layout = readElfLayout(bytes);
    if (!layout || (!build_id.empty() && layout->build_id != build_id)) return;
    layout_ = std::move(layout).value();
    functions_ = findFunctions(bytes, layout_);
    dwfl_.reset(dwfl_begin(&kCallbacks));
    if (!dwfl_) return;
    // It keeps a descriptor of its own.
    const int own = openRegular(path);
    if (own < 0) return;
    module_ = dwfl_report_elf(dwfl_.get(), path.c_str(), path.c_str(), own, 0, false);
    if (module_ == nullptr) close(own);
    dwfl_report_end(dwfl_.get(), nullptr, nullptr);
  }

  NativeSymbol find(std::uint64_t offset) {
    NativeSymbol symbol;
    const auto address = layout_.addressOf(offset);
    if (!address) return symbol;
    if (module_ != nullptr) lookUp(*address, symbol);
    if (symbol.function.empty()) symbol.begin = beginOf(*address);
    return symbol;
  }

 private:
  struct End {
    void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
  };

  void lookUp(std::uint64_t address, NativeSymbol& symbol) {
    GElf_Off distance = 0;
    GElf_Sym row;
    const char* name = dwfl_module_addrinfo(module_, address, &distance, &row, nullptr, nullptr, nullptr);
    // The nearest name before a nameless function is the name of another one.
    if (name != nullptr && distance < row.st_size && GELF_ST_TYPE(row.st_info) != STT_SECTION) {
      symbol.function = demangled(name);
      symbol.begin = address - distance;
    }
    Dwfl_Line* line = dwfl_module_getsrc(module_, address);
    if (line == nullptr) return;
    int number = 0;
    const char* source = dwfl_lineinfo(line, nullptr, &number, nullptr, nullptr, nullptr);
    if (source == nullptr || number <= 0) return;
    symbol.line = static_cast<std::uint32_t>(number);
    symbol.file = source;
    if (symbol.file.empty() || symbol.file.front() == '/') return;
    Dwarf_Addr bias = 0;
    Dwarf_Die* unit = dwfl_module_addrdie(module_, address, &bias);
    Dwarf_Attribute attribute;
    const char* folder =
        unit == nullptr ? nullptr : dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
    if (folder != nullptr) symbol.file = std::string(folder) + "/" + symbol.file;
  }

  std::optional<std::uint64_t> beginOf(std::uint64_t address) const {
    const auto after = std::upper_bound(
        functions_.begin(), functions_.end(), address,
        [](std::uint64_t wanted, const FunctionExtent& function) { return wanted < function.begin; });
    if (after == functions_.begin() || address >= std::prev(after)->end) return std::nullopt;
    return std::prev(after)->begin;
  }

  ElfLayout layout_;
  std::vector<FunctionExtent> functions_;
  std::unique_ptr<Dwfl, End> dwfl_;
  Dwfl_Module* module_ = nullptr;
};

Symbols::Symbols() = default;
Symbols::~Symbols() = default;

NativeSymbol Symbols::find(const std::string& path, const std::string& build_id, std::uint64_t offset) {
  auto& file = files_[path + '\n' + build_id];
  if (!file) file = std::make_unique<File>(path, build_id);
  return file->find(offset);
}

}  // namespace pyrometer
