/* A program that is linked with an interpreter's shared library, and runs what its argument says. The profile
 * must show that code, sampled as in an interpreter of its own: nothing is read from outside.
 *
 *   embeds_linked TEXT
 */
#include <stdio.h>

void Py_Initialize(void);
int PyRun_SimpleStringFlags(const char* text, void* flags);
int Py_FinalizeEx(void);

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "an argument is wanted\n");
    return 1;
  }
  Py_Initialize();
  const int status = PyRun_SimpleStringFlags(argv[1], NULL);
  Py_FinalizeEx();
  return status;
}
