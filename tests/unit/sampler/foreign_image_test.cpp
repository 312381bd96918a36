#include "sampler/foreign_image.h"

#include <elf.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace pyrometer::sampler {
namespace {

#if defined(__x86_64__)
constexpr int kOurs = EM_X86_64, kAnother = EM_AARCH64;
#else
constexpr int kOurs = EM_AARCH64, kAnother = EM_X86_64;
#endif

/// An ELF program with no code: a loader, a dynamic section and its strings.
struct Program {
  std::string loader = "/lib64/ld-linux-x86-64.so.2";
  std::string strings = std::string("\0libc.so.6\0malloc\0", 18);
  int machine = kOurs;
  unsigned char elf_class = ELFCLASS64;

  std::string bytes() const {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = elf_class;
    header.e_machine = static_cast<Elf64_Half>(machine);
    header.e_phoff = sizeof header;
    header.e_phnum = loader.empty() ? 2 : 3;
    constexpr std::uint64_t kBase = 0x400000;
    const std::uint64_t dynamic_at = sizeof header + 3 * sizeof(Elf64_Phdr);
    const std::uint64_t loader_at = dynamic_at + 3 * sizeof(Elf64_Dyn);
    const std::uint64_t strings_at = loader_at + loader.size() + 1;
    Elf64_Phdr load{}, dynamic{}, interpreter{};
    load.p_type = PT_LOAD;
    load.p_vaddr = kBase;
    load.p_filesz = strings_at + strings.size();
    dynamic.p_type = PT_DYNAMIC;
    dynamic.p_offset = dynamic_at;
    dynamic.p_filesz = 3 * sizeof(Elf64_Dyn);
    interpreter.p_type = PT_INTERP;
    interpreter.p_offset = loader_at;
    interpreter.p_filesz = loader.size() + 1;
    Elf64_Dyn entries[3]{};
    entries[0].d_tag = DT_STRTAB;
    entries[0].d_un.d_ptr = kBase + strings_at;
    entries[1].d_tag = DT_STRSZ;
    entries[1].d_un.d_val = strings.size();
    std::string file;
    const auto add = [&](const void* part, std::size_t size) {
      file.append(static_cast<const char*>(part), size);
    };
    add(&header, sizeof header);
    add(&load, sizeof load);
    add(&dynamic, sizeof dynamic);
    add(&interpreter, sizeof interpreter);
    add(entries, sizeof entries);
    add(loader.c_str(), loader.size() + 1);
    return file + strings;
  }
};

class ForeignImage : public testing::Test {
 protected:
  ForeignImage() {
    char folder[] = "/tmp/pyrometer-foreign-XXXXXX";
    folder_ = mkdtemp(folder);
  }
  ~ForeignImage() override {
    unlink((folder_ + "/program").c_str());
    rmdir(folder_.c_str());
  }
  std::string file(const std::string& bytes) const {
    const std::string path = folder_ + "/program";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  Bearing bearing(const std::string& bytes) const {
    const std::string path = file(bytes);
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    Elf64_Ehdr header{};
    const ssize_t read = pread(fd, &header, sizeof header, 0);
    const Bearing found = read == sizeof header ? bearingOf(fd, header) : Bearing::kBears;
    close(fd);
    return found;
  }
  Bearing bearing(const Program& program) const { return bearing(program.bytes()); }

 private:
  std::string folder_;
};

TEST_F(ForeignImage, ordinary_programs_bear_it) {
  std::ifstream shell("/bin/sh", std::ios::binary);
  EXPECT_EQ(bearing(std::string(std::istreambuf_iterator<char>(shell), {})), Bearing::kBears);
  EXPECT_EQ(bearing(Program{}), Bearing::kBears);
}

TEST_F(ForeignImage, sanitizers_do_not) {
  for (const char* name :
       {"libasan.so.8", "__asan_init", "libtsan.so.2", "__msan_init", "libclang_rt.asan-x86_64.so"}) {
    Program program;
    program.strings += std::string(name) + '\0';
    EXPECT_EQ(bearing(program), Bearing::kSanitizer) << name;
    EXPECT_NE(std::string(describe(bearing(program))), "");
  }
}

TEST_F(ForeignImage, a_name_across_any_edge_of_what_is_read_at_once_is_found) {
  for (std::size_t before = 440; before < 580; ++before) {
    Program program;
    program.strings = std::string(before, 'x') + '\0' + "libasan.so.8" + '\0' + std::string(2000, 'y');
    ASSERT_EQ(bearing(program), Bearing::kSanitizer) << before;
  }
}

TEST_F(ForeignImage, musl_and_other_machines_do_not) {
  Program program;
  program.loader = "/lib/ld-musl-x86_64.so.1";
  EXPECT_EQ(bearing(program), Bearing::kMusl);
  program.loader.clear();
  EXPECT_EQ(bearing(program), Bearing::kStatic);
  EXPECT_EQ(bearing(Program{.machine = kAnother}), Bearing::kMachine);
  EXPECT_EQ(bearing(Program{.machine = EM_386, .elf_class = ELFCLASS32}), Bearing::kMachine);
}

TEST_F(ForeignImage, what_is_cut_bears_it) {
  const std::string whole = Program{}.bytes();
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    EXPECT_EQ(bearing(whole.substr(0, length)), Bearing::kBears) << length;
  }
}

}  // namespace
}  // namespace pyrometer::sampler
