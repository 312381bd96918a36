#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "sampler/children_environment.h"
#include "sampler/children_image.h"
#include "sampler/session.h"
#include "tests/unit/sampler/session_folder.h"

namespace pyrometer::sampler {
namespace {

using Environment = std::vector<std::string>;

/// What a child that is started with this environment gets.
Environment passed(const Environment& environment) {
  std::vector<char*> array;
  for (const std::string& variable : environment) array.push_back(const_cast<char*>(variable.c_str()));
  array.push_back(nullptr);
  Environment got;
  startChild(array.data(), [&](char* const* with) {
    for (; *with != nullptr; ++with) got.emplace_back(*with);
    return 0;
  });
  return got;
}

/// One session for all: a process takes it once.
class Children : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new test::SessionFolder;
    setenv(session::kFolderVariable, folder->path().c_str(), 1);
    close(open(library().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    setenv("LD_PRELOAD", ("/usr/lib/other.so:" + library()).c_str(), 1);
    taken = takeSession();
  }
  static void TearDownTestSuite() {
    delete folder;
    unsetenv("LD_PRELOAD");
  }

  static std::string session() { return std::string(session::kFolderVariable) + "=" + folder->path(); }
  static std::string library() { return folder->path() + "/libpyrometer_sampler.so"; }
  inline static test::SessionFolder* folder = nullptr;
  inline static bool taken = false;
};

TEST_F(Children, AreNotSeenInTheProgramsOwnEnvironment) {
  ASSERT_TRUE(taken);
  EXPECT_EQ(getenv(session::kFolderVariable), nullptr);
  EXPECT_STREQ(getenv("LD_PRELOAD"), "/usr/lib/other.so");
  EXPECT_TRUE(passesSession());
}

TEST_F(Children, GetTheSessionBehindTheirOwnVariables) {
  EXPECT_EQ(passed({"A=1", "B=2"}), (Environment{"A=1", "B=2", "LD_PRELOAD=" + library(), session()}));
  EXPECT_EQ(passed({}), (Environment{"LD_PRELOAD=" + library(), session()}));
}

TEST_F(Children, KeepWhatIsPreloadedForThem) {
  EXPECT_EQ(passed({"A=1", "LD_PRELOAD=/x.so /y.so", "B=2"}),
            (Environment{"A=1", "LD_PRELOAD=" + library() + ":/x.so:/y.so", "B=2", session()}));
  EXPECT_EQ(passed({"LD_PRELOAD=", "LD_PRELOAD_NOT=1"}),
            (Environment{"LD_PRELOAD=" + library(), "LD_PRELOAD_NOT=1", session()}));
}

TEST_F(Children, GoWithoutWhereTheLibraryIsOutOfSight) {
  const std::string hidden = library() + ".hidden";
  ASSERT_EQ(rename(library().c_str(), hidden.c_str()), 0);
  EXPECT_FALSE(passesSession());
  ASSERT_EQ(rename(hidden.c_str(), library().c_str()), 0);
  EXPECT_TRUE(passesSession());
}

TEST_F(Children, GetItOnce) {
  const Environment once = passed({"A=1"});
  EXPECT_EQ(passed(once), once);
  EXPECT_EQ(passed({"PYROMETER_SESSION=/elsewhere", "A=1"}), once) << "it has ended";
}

TEST_F(Children, OfAnotherRunAreLeftToIt) {
  const test::SessionFolder another;
  const Environment given{"A=1", std::string(session::kFolderVariable) + "=" + another.path(),
                          "LD_PRELOAD=/another/libpyrometer_sampler.so"};
  EXPECT_EQ(passed(given), given);
}

TEST_F(Children, AreNotSeenWhereTheEnvironmentWasCopiedMeanwhile) {
  setenv("A", "1", 1);
  char* const before = preloadVariable();
  ASSERT_STREQ(before, "LD_PRELOAD=/usr/lib/other.so");
  char** const found = environ;
  startChild(environ, [&](char* const* with) {
    environ = const_cast<char**>(with);
    setenv("SET_MEANWHILE", "1", 1);
    EXPECT_NE(getenv(session::kFolderVariable), nullptr);
    takeBack(before);
    return 0;
  });
  EXPECT_EQ(getenv(session::kFolderVariable), nullptr);
  EXPECT_STREQ(getenv("LD_PRELOAD"), "/usr/lib/other.so");
  EXPECT_STREQ(getenv("A"), "1");
  EXPECT_STREQ(getenv("SET_MEANWHILE"), "1");
  EXPECT_STREQ(environmentValue("SET_MEANWHILE"), "1");
  EXPECT_NE(environ, found);
}

TEST_F(Children, MayHaveALargeEnvironment) {
  Environment large;
  for (int i = 0; i < 20'000; ++i) large.push_back("V" + std::to_string(i) + "=x");
  const Environment got = passed(large);
  ASSERT_EQ(got.size(), large.size() + 2);
  EXPECT_EQ(got[19'999], "V19999=x");
}

/// Bytes of address space.
std::size_t mapped() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST_F(Children, LeaveNoPagesBehindWhenTheyBecomeAnotherProgram) {
  std::vector<std::string> variables;
  for (int i = 0; i < 100'000; ++i) variables.push_back("V" + std::to_string(i));
  std::vector<char*> large;
  for (std::string& variable : variables) large.push_back(variable.data());
  large.push_back(nullptr);
  const std::size_t size = roomForChild(large.data());
  const auto start = [&] {
    const pid_t child = vfork();
    // As exec does: startChild never returns.
    if (child == 0) startChild(large.data(), [](char* const*) -> int { _exit(0); });
    waitpid(child, nullptr, 0);
  };
  start();
  const std::size_t before = mapped();
  for (int i = 0; i < 30; ++i) start();
  EXPECT_LT(mapped(), before + 5 * size);
}

TEST_F(Children, NeedLittleRoomForAnEnvironmentOfTheUsualSize) {
  std::vector<std::string> variables{"LD_PRELOAD=/usr/lib/other.so"};
  for (int i = 0; i < 100; ++i) variables.push_back("V" + std::to_string(i));
  std::vector<char*> array;
  for (std::string& variable : variables) array.push_back(variable.data());
  array.push_back(nullptr);
  EXPECT_LE(roomForChild(array.data()), kEnvironmentOnStack);
}

TEST_F(Children, GoWithoutWhereItMakesTheEnvironmentTooLarge) {
  char* const small[] = {const_cast<char*>("A=1"), nullptr};
  int calls = 0;
  const int result = startChild(small, [&](char* const* with) {
    ++calls;
    if (with == small) return 7;
    errno = E2BIG;
    return -1;
  });
  EXPECT_EQ(result, 7);
  EXPECT_EQ(calls, 2);
}

TEST(ChildrenImage, BelievesInWhatCannotBeRead) {
  EXPECT_TRUE(judgeImage("/no/such/file").pass);
  EXPECT_TRUE(judgeImage("/etc").pass);
  EXPECT_EQ(judgeImage("/bin/sh").why, nullptr);
  EXPECT_EQ(judgeOnPath("sh").why, nullptr);
  EXPECT_EQ(judgeOnPath("no-such-program").why, nullptr);
}

/// A file in a folder of its own.
class Image : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes, mode_t mode = 0755) {
    const std::string path = folder_.path() + "/" + name;
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    EXPECT_EQ(::write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    fchmod(fd, mode);
    close(fd);
    return path;
  }
  static std::string shell() {
    std::string bytes;
    const int fd = open("/bin/sh", O_RDONLY);
    char piece[65536];
    for (ssize_t n = 0; (n = read(fd, piece, sizeof piece)) > 0;)
      bytes.append(piece, static_cast<std::size_t>(n));
    close(fd);
    return bytes;
  }
  test::SessionFolder folder_;
};

TEST_F(Image, OfAnotherLibcOrMachineIsLeftAlone) {
  std::string bytes = shell();
  const std::string loader = "ld-linux";
  const std::size_t at = bytes.find(loader);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, loader.size(), "ld-musl-");
  const std::string musl = write("musl", bytes);
  const ImageVerdict verdict = judgeImage(musl.c_str());
  EXPECT_FALSE(verdict.pass);
  ASSERT_NE(verdict.why, nullptr);
  EXPECT_NE(std::string(verdict.why).find("musl"), std::string::npos);
  EXPECT_EQ(verdict.path, musl);

  for (const std::string& line : {"#! " + musl + " -x\nexit\n", "#!" + musl, "#!\t" + musl + "\r\n"}) {
    const std::string script = write("script", line);
    EXPECT_FALSE(judgeImage(script.c_str()).pass) << line;
    EXPECT_EQ(judgeImage(script.c_str()).path, musl) << line;
    const std::string another = write("another", "#!" + script);
    EXPECT_EQ(judgeImage(another.c_str()).path, musl) << line;
  }

  bytes = shell();
  bytes[4] = 1;  // 32 bits
  EXPECT_FALSE(judgeImage(write("narrow", bytes).c_str()).pass);
}

TEST_F(Image, IsJudgedFromTheFolderOnThatItIsGivenFrom) {
  std::string bytes = shell();
  bytes[4] = 1;  // 32 bits
  const std::string path = write("narrow", bytes);
  const int folder = open(folder_.path().c_str(), O_PATH | O_DIRECTORY);
  const int file = open(path.c_str(), O_PATH);
  const std::string absolute = folder_.path() + "/narrow";
  for (const ImageVerdict& verdict : {judgeIn(folder, "narrow"), judgeIn(folder, absolute.c_str()),
                                      judgeIn(AT_FDCWD, absolute.c_str()), judgeIn(file, "")}) {
    EXPECT_FALSE(verdict.pass);
    EXPECT_EQ(verdict.path, absolute);
  }
  EXPECT_TRUE(judgeIn(folder, "nothing").pass);
  EXPECT_TRUE(judgeIn(-1, "narrow").pass);
  EXPECT_TRUE(judgeIn(file, std::string(2000, 'x').c_str()).pass);
  close(file);
  close(folder);
}

TEST_F(Image, ThatIsCutOrNonsenseDoesNoHarm) {
  const std::string bytes = shell();
  for (const std::size_t size : {0u, 1u, 4u, 63u, 64u, 100u, 600u})
    EXPECT_TRUE(judgeImage(write("cut", bytes.substr(0, size)).c_str()).pass) << size;
  EXPECT_TRUE(judgeImage(write("loop", "#!" + folder_.path() + "/loop\n").c_str()).pass);
  EXPECT_TRUE(judgeImage(write("empty", "#!\n").c_str()).pass);
  EXPECT_TRUE(judgeImage(write("long", "#!" + std::string(300, 'x')).c_str()).pass);
}

TEST_F(Image, OfAnotherUserThatRunsAsHimIsNamed) {
  const std::string path = write("privileged", shell(), 04755);
  // Only root can give files away; one's own gives nobody another's rights.
  const bool given = chown(path.c_str(), 1, 1) == 0;
  chmod(path.c_str(), 04755);
  const ImageVerdict verdict = judgeImage(path.c_str());
  EXPECT_EQ(verdict.pass, !given);
  if (!given) return;
  ASSERT_NE(verdict.why, nullptr);
  EXPECT_NE(std::string(verdict.why).find("setuid"), std::string::npos);
}

}  // namespace
}  // namespace pyrometer::sampler
