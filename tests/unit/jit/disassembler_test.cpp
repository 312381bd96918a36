#include "daemon/jit/disassembler.h"

#include <gtest/gtest.h>

#include <string>

namespace pyrometer::jit {
namespace {

std::string disassembled(const char* machine, int bits, std::string_view code) {
  Disassembler disassembler(machine, bits);
  std::string text;
  std::uint64_t next = 0x1000;
  for (const auto& one : disassembler.disassemble(std::as_bytes(std::span(code)), next)) {
    EXPECT_EQ(one.address, next);
    next += one.bytes.size();
    text += one.text + "; ";
  }
  EXPECT_EQ(next, 0x1000 + code.size());
  return text;
}

TEST(Disassembler, KnowsTheMachinesOfPyPy) {
  EXPECT_EQ(disassembled("x86_64", 64, std::string("\x49\xff\x03\x48\x89\xd8", 6)),
            "inc qword ptr [r11]; mov rax, rbx; ");
  EXPECT_EQ(disassembled("i686", 32, "\x89\xd8\x40"), "mov eax, ebx; inc eax; ");
  EXPECT_EQ(disassembled("aarch64", 64, std::string("\x20\x00\x02\x8b", 4)), "add x0, x1, x2; ");
  EXPECT_EQ(disassembled("ppc64le", 64, std::string("\x14\x22\x60\x7c", 4)), "add r3, r0, r4; ");
  EXPECT_EQ(disassembled("ppc64", 64, std::string("\x7c\x60\x22\x14", 4)), "add r3, r0, r4; ");
  EXPECT_EQ(disassembled("s390x", 64, std::string("\xb9\x04\x00\x23", 4)), "lgr %r2, %r3; ");
}

TEST(Disassembler, LeavesNothingOut) {
  // 06 is no instruction of 64 bit.
  EXPECT_EQ(disassembled("x86_64", 64, "\x06\x06\x90"), ".byte 0x06, 0x06; nop; ");
  // An instruction that is cut.
  EXPECT_EQ(disassembled("x86_64", 64, "\x90\x48"), "nop; .byte 0x48; ");
  EXPECT_EQ(disassembled("aarch64", 64, std::string("\x20\x00\x02", 3)), ".byte 0x20, 0x00, 0x02; ");
}

TEST(Disassembler, GivesBytesForAMachineThatItDoesNotKnow) {
  Disassembler disassembler("pdp11", 16);
  EXPECT_FALSE(disassembler.known());
  EXPECT_EQ(disassembled("pdp11", 16, "123456789"),
            ".byte 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38; .byte 0x39; ");
}

}  // namespace
}  // namespace pyrometer::jit
