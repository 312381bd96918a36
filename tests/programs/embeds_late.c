/* A program that loads an interpreter when it has long begun, and runs what its second argument says. The
 * profile must show that code; since the interpreter could not make itself known, it is read from outside,
 * and a note says so.
 *
 *   embeds_late LIBPYTHON TEXT
 */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char** argv) {
  void* library = argc == 3 ? dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL) : NULL;
  if (library == NULL) {
    fprintf(stderr, "%s\n", argc == 3 ? dlerror() : "two arguments are wanted");
    return 1;
  }
  void (*begin)(void) = (void (*)(void))dlsym(library, "Py_Initialize");
  int (*run)(const char*, void*) = (int (*)(const char*, void*))dlsym(library, "PyRun_SimpleStringFlags");
  int (*finish)(void) = (int (*)(void))dlsym(library, "Py_FinalizeEx");
  if (begin == NULL || run == NULL || finish == NULL) return 1;
  begin();
  const int status = run(argv[2], NULL);
  finish();
  return status;
}
