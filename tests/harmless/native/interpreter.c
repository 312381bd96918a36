/* What looks like CPython from outside, to be compiled with a sanitizer or for another loader. */
#include <stdint.h>
#include <stdio.h>

const uint32_t Py_Version = 0x030b02f0;
char _PyRuntime[4096];

int Py_BytesMain(int count, char** words) {
  printf("ran with %d words, %p\n", count, (void*)words);
  return 0;
}

int main(int count, char** words) { return Py_BytesMain(count, words); }
