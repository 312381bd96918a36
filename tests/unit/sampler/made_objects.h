#pragma once

#include <cstdint>
#include <string>

#include "sampler/interpreters/layouts.h"
#include "tests/unit/sampler/memory_image.h"

namespace pyrometer::test {

/// Objects of a made-up interpreter, one after the other in a memory image.
class MadeObjects {
 public:
  explicit MadeObjects(const interpreters::Layout& layout) : layout_(layout) {}

  MemoryImage& memory() { return memory_; }
  const interpreters::Layout& layout() const { return layout_; }

  std::uint64_t place(std::size_t size) {
    const std::uint64_t address = next_;
    memory_.add(address, size);
    next_ += 0x10000;
    return address;
  }
  std::uint64_t type(const std::string& name) {
    const std::uint64_t text = place(name.size() + 1);
    for (std::size_t i = 0; i < name.size(); ++i) memory_.put(text, i, name[i]);
    const std::uint64_t address = place(1024);
    memory_.put(address, layout_.objects.type_name, text);
    return address;
  }
  std::uint64_t object(std::uint64_t type, std::size_t size) {
    const std::uint64_t address = place(size);
    memory_.put(address, layout_.type, type);
    return address;
  }
  std::uint64_t text(const std::string& ascii) {
    const std::uint64_t address = next_;
    next_ += 0x10000;
    memory_.addText(layout_, address, ascii);
    memory_.put(address, layout_.type, str_);
    return address;
  }
  std::uint64_t bytes(const std::string& content) {
    const std::uint64_t address = next_;
    next_ += 0x10000;
    memory_.addBytes(layout_, address, content);
    memory_.put(address, layout_.type, bytes_);
    return address;
  }
  std::uint64_t code(const std::string& name, const std::string& file) {
    const std::uint64_t address = object(code_, 512);
    memory_.put(address, layout_.code.name, text(name));
    memory_.put(address, layout_.code.filename, text(file));
    memory_.put(address, layout_.code.linetable, bytes("table"));
    memory_.put(address, layout_.code.first_line, std::int32_t{1});
    return address;
  }

 private:
  interpreters::Layout layout_;
  MemoryImage memory_;
  std::uint64_t next_ = 0x1000000;
  std::uint64_t str_ = type("str"), bytes_ = type("bytes"), code_ = type("code");
};

}  // namespace pyrometer::test
