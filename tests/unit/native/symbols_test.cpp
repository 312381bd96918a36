#include "daemon/native/symbols.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "daemon/native/mapped_code.h"

namespace pyrometer {
namespace {

extern "C" [[gnu::noinline]] int pyrometerTestFunction(int x) { return x * 3 + 1; }

struct Place {
  std::string path;
  std::uint64_t offset = 0;
};
Place placeOf(const void* function) {
  const auto address = reinterpret_cast<std::uint64_t>(function);
  for (const MappedCode& code : readMappedCode(getpid())) {
    if (address >= code.begin && address < code.end) return {code.path, address - code.begin + code.offset};
  }
  return {};
}

TEST(Symbols, NamesAFunctionOfThisProgram) {
  const Place place = placeOf(reinterpret_cast<const void*>(&pyrometerTestFunction));
  Symbols symbols;
  const NativeSymbol symbol = symbols.find(place.path, "", place.offset);
  EXPECT_EQ(symbol.function, "pyrometerTestFunction");
  EXPECT_TRUE(symbol.begin.has_value());
}

TEST(Symbols, AnotherFileOfThatNameHasNoSay) {
  const Place place = placeOf(reinterpret_cast<const void*>(&pyrometerTestFunction));
  Symbols symbols;
  EXPECT_EQ(symbols.find(place.path, "0123456789abcdef", place.offset).function, "");
  EXPECT_EQ(symbols.find("/no/such/file", "", 77).function, "");
  EXPECT_EQ(symbols.find("/dev/zero", "", 77).function, "");
}

TEST(Symbols, DamagedFilesNameNothing) {
  const Place place = placeOf(reinterpret_cast<const void*>(&pyrometerTestFunction));
  std::ifstream in(place.path, std::ios::binary);
  std::string head(200000, '\0');
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  const std::string path = testing::TempDir() + "pyrometer_damaged_" + std::to_string(getpid());
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{5}, std::size_t{64}, std::size_t{300}, head.size()}) {
    std::ofstream(path, std::ios::binary) << head.substr(0, size);
    Symbols symbols;
    symbols.find(path, "", 0x1000);
  }
  // Program headers that point to nowhere.
  for (std::size_t i = 64; i < 900; i += 4) {
    std::string damaged = head;
    damaged.replace(i, 4, "\xff\xff\xff\x7f");
    std::ofstream(path, std::ios::binary) << damaged;
    Symbols symbols;
    symbols.find(path, "", 0x1000);
  }
  unlink(path.c_str());
}

}  // namespace
}  // namespace pyrometer
