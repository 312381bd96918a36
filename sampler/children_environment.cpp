#include "sampler/children_environment.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sampler/session.h"
#include "sampler/session_client.h"

namespace pyrometer::sampler {

namespace {

constexpr char kLibraryName[] = "libpyrometer_sampler.so";
constexpr char kPreload[] = "LD_PRELOAD=";
constexpr std::size_t kPreloadLength = sizeof kPreload - 1;
constexpr std::size_t kLongestPath = 4096;

constinit bool g_passes = false;
/// "PYROMETER_SESSION=folder" and "LD_PRELOAD=library", as an environment has them.
char g_session[kLongestPath + sizeof session::kFolderVariable];
char g_preload[kLongestPath];
char g_socket[kLongestPath];

/// Pages that this thread has taken, as a thread or as a child of vfork, which shares this with its parent.
struct Pages {
  void* memory;
  std::size_t size;
  pid_t user;  ///< the process that took them
};
thread_local constinit Pages t_pages{};

/// The next entry of a list as in LD_PRELOAD: its length; `at` is moved behind what separates it.
struct Entry {
  const char* text;
  std::size_t length;
};
Entry nextEntry(const char*& at) {
  const Entry entry{at, std::strcspn(at, ": ")};
  at += entry.length;
  if (*at != '\0') ++at;
  return entry;
}

bool isOurs(const Entry& entry) {
  constexpr std::size_t kName = sizeof kLibraryName - 1;
  return entry.length >= kName && std::memcmp(entry.text + entry.length - kName, kLibraryName, kName) == 0 &&
         (entry.length == kName || entry.text[entry.length - kName - 1] == '/');
}

/// Copies the entries that are not ours, and returns how long they are together. `to` may be `list`.
std::size_t copyOthers(const char* list, char* to) {
  std::size_t length = 0;
  while (*list != '\0') {
    const Entry entry = nextEntry(list);
    if (entry.length == 0 || isOurs(entry)) continue;
    if (length != 0) to[length++] = ':';
    std::memmove(to + length, entry.text, entry.length);
    length += entry.length;
  }
  to[length] = '\0';
  return length;
}

bool names(const char* variable, const char* name, std::size_t length) {
  return std::strncmp(variable, name, length) == 0 && variable[length] == '=';
}

constexpr std::size_t kSessionName = sizeof session::kFolderVariable - 1;

bool isPreload(const char* variable) { return names(variable, kPreload, kPreloadLength - 1); }
bool isSession(const char* variable) { return names(variable, session::kFolderVariable, kSessionName); }

/// Two texts with a character between them; false if that does not fit.
bool put(char* to, std::size_t size, const char* first, char between, const char* second) {
  const std::size_t head = std::strlen(first), tail = std::strlen(second);
  if (head + 1 + tail + 1 > size) return false;
  std::memcpy(to, first, head);
  to[head] = between;
  std::memcpy(to + head + 1, second, tail + 1);
  return true;
}

/// The variable's text behind "NAME=" in this process's environment; null if there is none.
char* valueOf(const char* name, std::size_t length) {
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    if (names(*at, name, length)) return *at + length + 1;
  }
  return nullptr;
}

/// Takes out of this process's environment what `leaves` says no to. The array stays where it is: the program
/// was given it, or is about to be.
template <class Leaves>
void keepVariables(Leaves leaves) {
  char** to = environ;
  if (to == nullptr) return;
  for (char** at = to; *at != nullptr; ++at) {
    if (leaves(*at)) *to++ = *at;
  }
  *to = nullptr;
}

}  // namespace

const char* environmentValue(const char* name) { return valueOf(name, std::strlen(name)); }

bool takeSession() {
  char* folder = valueOf(session::kFolderVariable, kSessionName);
  if (folder == nullptr) return false;
  const bool kept = keepFolder(folder) &&
                    put(g_session, sizeof g_session, session::kFolderVariable, '=', folder) &&
                    put(g_socket, sizeof g_socket, folder, '/', session::kSocketName);
  const char* preload = valueOf(kPreload, kPreloadLength - 1);
  for (const char* at = preload; kept && at != nullptr && *at != '\0';) {
    const Entry entry = nextEntry(at);
    if (!isOurs(entry) || kPreloadLength + entry.length >= sizeof g_preload) continue;
    std::memcpy(g_preload, kPreload, kPreloadLength);
    std::memcpy(g_preload + kPreloadLength, entry.text, entry.length);
    g_preload[kPreloadLength + entry.length] = '\0';
    g_passes = true;
  }
  keepVariables([](char* variable) {
    // What others have there keeps its place, and is moved to the text's beginning.
    return !isSession(variable) &&
           (!isPreload(variable) || copyOthers(variable + kPreloadLength, variable + kPreloadLength) != 0);
  });
  return kept;
}

char* preloadVariable() {
  char* value = valueOf(kPreload, kPreloadLength - 1);
  return value == nullptr ? nullptr : value - kPreloadLength;
}

void takeBack(char* preload) {
  keepVariables([&](char*& variable) {
    if (isPreload(variable)) variable = preload;
    return variable != nullptr && !isSession(variable);
  });
}

void* takePages(std::size_t size) {
  const pid_t self = getpid();
  // Not where one of our own calls is interrupted by this one, nor our parent's between its vfork and now.
  if (t_pages.memory != nullptr && t_pages.user != self && t_pages.user != getppid()) returnLeftPages();
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  if (t_pages.memory == nullptr) t_pages = {.memory = memory, .size = size, .user = self};
  return memory;
}

void returnPages(void* pages, std::size_t size) {
  if (t_pages.memory == pages) t_pages.memory = nullptr;
  munmap(pages, size);
}

void returnLeftPages() {
  if (t_pages.memory != nullptr) returnPages(t_pages.memory, t_pages.size);
}

void stopPassing() { g_passes = false; }

bool passesSession() {
  if (!g_passes) return false;
  const int saved = errno;
  // After the recording's end nothing must be left of it; nor where the folder is out of sight (chroot). Of a
  // library that is out of sight the loader would complain.
  const bool there = faccessat(AT_FDCWD, g_socket, F_OK, 0) == 0 &&
                     faccessat(AT_FDCWD, g_preload + kPreloadLength, R_OK, 0) == 0;
  errno = saved;
  return there;
}

bool isForAnotherSession(char* const* environment) {
  for (; environment != nullptr && *environment != nullptr; ++environment) {
    const char* variable = *environment;
    if (!isSession(variable) || std::strcmp(variable, g_session) == 0) continue;
    const int saved = errno;
    // One that has ended is of no use to anybody.
    const bool lives = faccessat(AT_FDCWD, variable + kSessionName + 1, F_OK, 0) == 0;
    errno = saved;
    if (lives) return true;
  }
  return false;
}

std::size_t roomForChild(char* const* environment) {
  std::size_t count = 0, preload = 0;
  for (; environment != nullptr && environment[count] != nullptr; ++count) {
    if (isPreload(environment[count]))
      preload = std::max(preload, std::strlen(g_preload) + std::strlen(environment[count]) + 2);
  }
  return (count + 3) * sizeof(char*) + preload;
}

char** environmentForChild(char* const* environment, void* room) {
  std::size_t count = 0;
  while (environment != nullptr && environment[count] != nullptr) ++count;
  auto** array = static_cast<char**>(room);
  char* text = reinterpret_cast<char*>(array + count + 3);
  char** next = array;
  bool preloaded = false;
  for (std::size_t i = 0; i < count; ++i) {
    char* variable = environment[i];
    if (isSession(variable)) continue;
    if (isPreload(variable)) {
      // The loader takes the first; a program may have given it twice.
      if (preloaded) continue;
      preloaded = true;
      const std::size_t ours = std::strlen(g_preload);
      std::memcpy(text, g_preload, ours);
      const std::size_t others = copyOthers(variable + kPreloadLength, text + ours + 1);
      text[ours] = others == 0 ? '\0' : ':';
      variable = text;
    }
    *next++ = variable;
  }
  if (!preloaded) *next++ = g_preload;
  *next++ = g_session;
  *next = nullptr;
  return array;
}

}  // namespace pyrometer::sampler
