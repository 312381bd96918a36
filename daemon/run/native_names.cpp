#include "daemon/run/native_names.h"

#include <utility>

namespace pyrometer {

NativeName NativeNames::name(const std::string& path, const std::string& build_id, std::uint64_t offset) {
  NativeSymbol symbol = symbols_.find(path, build_id, offset);
  blocks_.symbol({.module = build_id.empty() ? path : build_id,
                  .offset = offset,
                  .function = symbol.function,
                  .begin = symbol.begin,
                  .file = symbol.file,
                  .line = symbol.line});
  return {.function = std::move(symbol.function),
          .begin = symbol.begin,
          .file = std::move(symbol.file),
          .line = symbol.line};
}

std::string NativeNames::takeBlocks() { return blocks_.take(); }

}  // namespace pyrometer
