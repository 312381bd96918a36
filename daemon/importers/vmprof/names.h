#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "daemon/importers/vmprof/layout.h"

namespace pyrometer::vmprof {

/// What the records 0x02 and 0x08 call the cells of stacks (vmprof file format, section Names). The last name
/// of an id counts. Names of symbols count for native cells only, and where there is no code name: that table
/// holds junk.
class Names {
 public:
  void addCode(std::uint64_t id, std::string_view name) { codes_.insert_or_assign(id, std::string(name)); }
  void addSymbol(std::uint64_t id, std::string_view name, const Layout& layout) {
    if (layout.isNative(id)) symbols_.insert_or_assign(id, std::string(name));
  }
  /// Empty where there is none.
  std::optional<std::string_view> find(std::uint64_t id) const;
  bool empty() const { return codes_.empty(); }

 private:
  std::unordered_map<std::uint64_t, std::string> codes_, symbols_;
};

/// A name taken apart: "lang:function:firstline:file".
struct ParsedName {
  std::string function, file;  ///< UTF-8, whatever the file has
  std::uint32_t first_line = 0;
  bool native = false;
};

/// `pypy`: colons were replaced by semicolons when it was written; a drive's letter gets its own back.
ParsedName parseName(std::string_view name, bool pypy);

}  // namespace pyrometer::vmprof
