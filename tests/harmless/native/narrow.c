/* A program for the 32-bit machine, without a C library. */
void _start(void) { __asm__ volatile("int $0x80" : : "a"(1), "b"(6)); }
