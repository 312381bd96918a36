#include "daemon/native/demangle.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

TEST(Demangle, NamesAsTheirProgrammersKnowThem) {
  EXPECT_EQ(demangled("list_sort_impl"), "list_sort_impl");
  EXPECT_EQ(demangled("list_sort_impl.constprop.0.cold"), "list_sort_impl");
  EXPECT_EQ(demangled("memcpy@@GLIBC_2.14"), "memcpy");
  EXPECT_EQ(demangled("_ZNSt6vectorIiSaIiEE9push_backERKi"),
            "std::vector<int, std::allocator<int> >::push_back(int const&)");
  EXPECT_EQ(demangled("_ZNSt6vectorIiSaIiEE5clearEv.part.0"),
            "std::vector<int, std::allocator<int> >::clear()");
  EXPECT_EQ(demangled("_Znonsense"), "_Znonsense");
}

TEST(Demangle, RustOfBothKinds) {
  EXPECT_EQ(demangled("_ZN4core3ptr4read17h0123456789abcdefE"), "core::ptr::read");
  EXPECT_EQ(demangled("_ZN50_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$Trait$GT$4next17h0123456789abcdefE"),
            "<alloc::vec::Vec<T> as Trait>::next");
  EXPECT_EQ(demangled("_RNvCskwGfYPst2Cb_3foo3bar"), "foo::bar");
  EXPECT_EQ(demangled("_RNvMs_NtCs1234_4core3strNtB4_3Foo3bar"), "<core::str::Foo>::bar");
  EXPECT_EQ(demangled("_RINvNtCs1234_3std3mem8align_ofdE"), "std::mem::align_of");
  EXPECT_EQ(demangled("_RNvXCs1_1aNtB2_1SNtB2_1T1f"), "<a::S as a::T>::f");
}

TEST(Demangle, DamagedNamesStay) {
  for (const char* name : {"_R", "_RNv", "_RNvC9999999999foo", "_RB_", "_RNvB_B_", "_RNvC3fo", "_RIC1aI"})
    EXPECT_EQ(demangled(name), name);
  const std::string deep = "_R" + std::string(5000, 'N');
  EXPECT_FALSE(demangled(deep).empty());
}

}  // namespace
}  // namespace pyrometer
