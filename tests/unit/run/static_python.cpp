// Looks like a statically linked CPython 3.11 to whoever reads the file. Never run.

// The names are CPython's. NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern const unsigned long Py_Version;
const unsigned long Py_Version = 0x030b02f0;
char _PyRuntime[64] = {1};
int Py_BytesMain();
int Py_BytesMain() { return static_cast<int>(Py_Version) + _PyRuntime[0]; }
}
// NOLINTEND(readability-identifier-naming)

int main() { return Py_BytesMain(); }
