#include "daemon/jit/disassembler.h"

#include <capstone/capstone.h>

#include <algorithm>
#include <optional>

namespace pyrometer::jit {
namespace {

struct Machine {
  cs_arch arch;
  cs_mode mode;
  std::size_t least;  ///< bytes of the shortest instruction: what is passed over when one is none
};

std::optional<Machine> machineOf(std::string_view name, int word_bits) {
  const bool x86 = name == "x86_64" || name == "amd64" || name == "AMD64" || name == "x86" ||
                   (name.size() == 4 && name.front() == 'i' && name.ends_with("86"));
  if (x86) return Machine{CS_ARCH_X86, word_bits == 32 ? CS_MODE_32 : CS_MODE_64, 1};
  if (name == "aarch64" || name == "arm64") return Machine{CS_ARCH_ARM64, CS_MODE_LITTLE_ENDIAN, 4};
  if (name == "ppc64le") {
    return Machine{CS_ARCH_PPC, static_cast<cs_mode>(CS_MODE_64 | CS_MODE_LITTLE_ENDIAN), 4};
  }
  if (name == "ppc64") return Machine{CS_ARCH_PPC, static_cast<cs_mode>(CS_MODE_64 | CS_MODE_BIG_ENDIAN), 4};
  if (name == "s390x") return Machine{CS_ARCH_SYSZ, CS_MODE_BIG_ENDIAN, 2};
  return std::nullopt;
}

std::string dataText(std::span<const std::byte> bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = ".byte ";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto value = std::to_integer<unsigned>(bytes[i]);
    if (i > 0) text += ", ";
    text += {'0', 'x', kDigits[value >> 4], kDigits[value & 15]};
  }
  return text;
}

}  // namespace

struct Disassembler::State {
  bool open = false;
  csh handle = 0;
  cs_insn* instruction = nullptr;
  std::size_t least = 1;
};

Disassembler::Disassembler(std::string_view machine, int word_bits) : state_(std::make_unique<State>()) {
  const auto found = machineOf(machine, word_bits);
  if (!found || cs_open(found->arch, found->mode, &state_->handle) != CS_ERR_OK) return;
  state_->open = true;
  state_->least = found->least;
  state_->instruction = cs_malloc(state_->handle);
}

Disassembler::~Disassembler() {
  if (state_->instruction != nullptr) cs_free(state_->instruction, 1);
  if (state_->open) cs_close(&state_->handle);
}

bool Disassembler::known() const { return state_->instruction != nullptr; }

std::vector<Disassembler::Instruction> Disassembler::disassemble(std::span<const std::byte> code,
                                                                 std::uint64_t address) {
  constexpr std::size_t kDataBytes = 8;
  std::vector<Instruction> all;
  const auto addData = [&](std::size_t size) {
    Instruction* last = all.empty() ? nullptr : &all.back();
    const auto bytes = code.first(size);
    if (last != nullptr && last->text.starts_with(".byte") && last->bytes.size() + size <= kDataBytes) {
      last->bytes = {last->bytes.data(), last->bytes.size() + size};
      last->text = dataText(last->bytes);
    } else {
      all.push_back({address, bytes, dataText(bytes)});
    }
    code = code.subspan(size);
    address += size;
  };
  while (!code.empty()) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(code.data());
    std::size_t left = code.size();
    std::uint64_t here = address;
    if (known() && cs_disasm_iter(state_->handle, &at, &left, &here, state_->instruction) &&
        left < code.size()) {
      const std::size_t size = code.size() - left;
      const cs_insn& one = *state_->instruction;
      std::string text = one.mnemonic;
      if (one.op_str[0] != '\0') text.append(" ").append(one.op_str);
      all.push_back({address, code.first(size), std::move(text)});
      code = code.subspan(size);
      address += size;
    } else {
      addData(std::min(known() ? state_->least : kDataBytes, code.size()));
    }
  }
  return all;
}

}  // namespace pyrometer::jit
