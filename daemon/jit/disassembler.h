#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pyrometer::jit {

/// Machine code as text, for the machines that PyPy's JIT writes for. Bytes that are no instruction
/// (constants lie between them) are given as data, so that nothing is left out. For one thread.
class Disassembler {
 public:
  struct Instruction {
    std::uint64_t address = 0;
    std::span<const std::byte> bytes;
    std::string text;  ///< "mov rax, rbx"; ".byte 0x90, 0x90" for what is no instruction
  };

  /// `machine`: as the log says it: "x86_64", "i686", "aarch64", "ppc64", "ppc64le", "s390x".
  Disassembler(std::string_view machine, int word_bits);
  ~Disassembler();
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  /// False: code of this machine can only be given as data.
  bool known() const;

  std::vector<Instruction> disassemble(std::span<const std::byte> code, std::uint64_t address);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pyrometer::jit
