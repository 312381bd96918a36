/* What looks like CPython from outside, to be compiled with a sanitizer, for another loader, or of another
 * version. */
#include <stdint.h>
#include <stdio.h>

#ifndef VERSION
#define VERSION 0x030b02f0
#endif

const uint32_t Py_Version = VERSION;
char _PyRuntime[4096];

int Py_BytesMain(int count, char** words) {
  printf("ran with %d words, %p\n", count, (void*)words);
  return 0;
}

int main(int count, char** words) { return Py_BytesMain(count, words); }
