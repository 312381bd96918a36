#include "daemon/run/interpreter.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "daemon/run/elf_image.h"
#include "daemon/run/supported_python.h"
#include "tests/unit/run/temporary_folder.h"

namespace pyrometer {
namespace {

using Words = std::vector<std::string>;
constexpr char kPython[] = "/usr/bin/python3.11";

class Interpreter : public testing::Test {
 protected:
  Interpreter() {
    bin_ = folder_.folder("bin");
    folder_.link("bin/python3", kPython);
    script_ = folder_.file("program.py", "print('hello')\n");
  }
  Surroundings surroundings() const { return {.path = bin_, .virtual_env = {}}; }
  Result<LaunchPlan> plan(Words command, const std::string& python = {}, bool outside = false) const {
    return planLaunch({.command = std::move(command), .python = python, .outside = outside}, surroundings());
  }
  std::string errorOf(Words command, const std::string& python = {}, bool outside = false) const {
    const auto made = plan(std::move(command), python, outside);
    return made.ok() ? "" : made.error().text();
  }
  /// A copy of a true interpreter, for what depends on the file itself.
  std::string copyOfPython(const std::string& name, unsigned mode) const {
    return folder_.file(name, readFile(kPython), mode);
  }

  TemporaryFolder folder_;
  std::string bin_, script_;
};

TEST_F(Interpreter, AScriptIsRunByPython3OnPath) {
  const auto made = plan({script_, "one", "two"});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->executable, bin_ + "/python3");
  EXPECT_EQ(made->argv, (Words{bin_ + "/python3", script_, "one", "two"}));
  EXPECT_EQ(made->script, script_);
  EXPECT_EQ(made->my_code.front(), folder_.path());
  EXPECT_EQ(made->python.kind, PythonKind::kCPython);
  EXPECT_EQ(made->python.py_version >> 16, 0x030bu);
}

TEST_F(Interpreter, AVirtualEnvironmentComesBeforePath) {
  const std::string python = folder_.link("venv/bin/python3", kPython);
  Surroundings around = surroundings();
  around.virtual_env = folder_.path() + "/venv";
  const auto made = planLaunch({.command = {script_}, .python = {}}, around);
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->executable, python);
}

TEST_F(Interpreter, AVirtualEnvironmentMayHavePythonOnly) {
  const std::string python = folder_.link("venv/bin/python", kPython);
  Surroundings around = surroundings();
  around.virtual_env = folder_.path() + "/venv";
  const auto made = planLaunch({.command = {"-m", "this"}, .python = {}}, around);
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->argv, (Words{python, "-m", "this"}));
}

TEST_F(Interpreter, TheFirstLineComesBeforePath) {
  const std::string named = folder_.link("other/python3.11", kPython);
  const std::string script = folder_.file("first.py", "#!" + named + " -O\nprint()\n");
  const auto made = plan({script});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->argv, (Words{named, "-O", script}));
}

TEST_F(Interpreter, TheFirstLineThroughEnv) {
  folder_.link("bin/python3.11", kPython);
  const std::string script = folder_.file("first.py", "#!/usr/bin/env -S python3.11 -X dev\nprint()\n");
  const auto made = plan({script});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->argv, (Words{bin_ + "/python3.11", "-X", "dev", script}));
}

TEST_F(Interpreter, AFirstLineThatLeadsNowhereIsPassedOver) {
  const std::string script = folder_.file("first.py", "#!/nowhere/python3\nprint()\n");
  const auto made = plan({script});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->executable, bin_ + "/python3");
}

TEST_F(Interpreter, TheOptionComesBeforeAll) {
  const std::string script = folder_.file("first.py", "#!/usr/bin/env python3\n");
  Surroundings around = surroundings();
  around.virtual_env = folder_.path() + "/venv";
  folder_.link("venv/bin/python3", kPython);
  const auto made = planLaunch({.command = {script}, .python = kPython}, around);
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->argv, (Words{kPython, script}));
}

TEST_F(Interpreter, TheOptionMayBeANameOnPath) {
  const auto made = plan({script_}, "python3");
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->executable, bin_ + "/python3");
}

TEST_F(Interpreter, AnInterpreterWithArgumentsIsRunAsItIs) {
  const auto made = plan({"python3", "-X", "dev", script_, "-m"});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->executable, bin_ + "/python3");
  EXPECT_EQ(made->argv, (Words{"python3", "-X", "dev", script_, "-m"}));
  EXPECT_EQ(made->script, script_);
  EXPECT_EQ(made->python.kind, PythonKind::kCPython);
  EXPECT_NE(errorOf({"python3", script_}, kPython).find("--python"), std::string::npos);
}

TEST_F(Interpreter, AConsoleScriptIsRunByItsOwnFirstLine) {
  folder_.file("bin/tool", "#!" + std::string(kPython) + "\nprint()\n", 0755);
  const auto made = plan({"tool", "x"});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->executable, bin_ + "/tool");
  EXPECT_EQ(made->argv, (Words{"tool", "x"}));
  EXPECT_EQ(made->python.kind, PythonKind::kCPython);
  const auto chosen = plan({bin_ + "/tool"}, kPython);
  ASSERT_TRUE(chosen.ok()) << chosen.error().text();
  EXPECT_EQ(chosen->argv, (Words{kPython, bin_ + "/tool"}));
}

TEST_F(Interpreter, AShimIsAskedForItsVersion) {
  unlink((bin_ + "/python3").c_str());
  folder_.file("bin/python3", "#!/bin/sh\nexec " + std::string(kPython) + " \"$@\"\n", 0755);
  const auto made = plan({script_});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_FALSE(made->python.looked_into);
  EXPECT_EQ(made->python.kind, PythonKind::kCPython);
  EXPECT_EQ(made->python.py_version >> 16, 0x030bu);
}

TEST_F(Interpreter, AScriptNeedsNoEnding) {
  const std::string script = folder_.file("program", "print('hello')\n");
  const auto made = plan({script});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->argv, (Words{bin_ + "/python3", script}));
}

TEST_F(Interpreter, AFolderIsRunIfItCanBe) {
  folder_.file("app/__main__.py", "");
  EXPECT_TRUE(plan({folder_.path() + "/app"}).ok());
  folder_.folder("nothing");
  EXPECT_NE(errorOf({folder_.path() + "/nothing"}).find("is a directory"), std::string::npos);
}

TEST_F(Interpreter, ALinkedScriptHasTwoFolders) {
  const std::string real = folder_.file("elsewhere/real.py", "");
  const std::string link = folder_.link("link.py", real);
  const auto made = plan({link});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->my_code, (Words{folder_.path(), folder_.path() + "/elsewhere"}));
}

TEST_F(Interpreter, WhatIsNotThere) {
  const std::string missing = folder_.path() + "/missing.py";
  EXPECT_EQ(errorOf({missing}), missing + ": no such program");
  EXPECT_EQ(errorOf({"no-such-program"}),
            "no-such-program: no such program, neither in this folder nor on PATH");
  EXPECT_NE(errorOf({}), "");
  EXPECT_NE(errorOf({""}), "");
  EXPECT_NE(errorOf({script_}, "/nowhere/python").find("/nowhere/python: no such interpreter"),
            std::string::npos);
  unlink((bin_ + "/python3").c_str());
  EXPECT_NE(errorOf({script_}).find("no python3 on PATH"), std::string::npos);
}

TEST_F(Interpreter, WhatIsNoProgram) {
  const std::string image = folder_.file("picture.py", std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16));
  EXPECT_NE(errorOf({image}).find("not Python"), std::string::npos);
  const std::string text = folder_.file("text", "words\n");
  EXPECT_NE(errorOf({script_}, text).find("is not executable"), std::string::npos);
  EXPECT_NE(errorOf({script_}, folder_.path()).find("is a directory"), std::string::npos);
  EXPECT_NE(errorOf({script_}, "/bin/true").find("is not a Python interpreter"), std::string::npos);
  const std::string broken = folder_.file("broken",
                                          std::string("\x7f"
                                                      "ELF\0\1\2\3\4\5\6\7",
                                                      12),
                                          0755);
  EXPECT_NE(errorOf({script_}, broken).find(broken), std::string::npos);
  const std::string loose = copyOfPython("python3.11", 0644);
  EXPECT_NE(errorOf({loose, "x.py"}).find("is not executable"), std::string::npos);
}

TEST_F(Interpreter, WhatMayNotBeRead) {
  const std::string secret = folder_.file("secret.py", "print()\n", 0000);
  chmod(folder_.path().c_str(), 0755);
  const bool root = geteuid() == 0;
  if (root) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  const std::string error = errorOf({secret});
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  EXPECT_NE(error.find("ermission denied"), std::string::npos) << error;
}

TEST_F(Interpreter, AProgramThatIsNoPythonIsRun) {
  const auto made = plan({"/bin/true"});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->python.kind, PythonKind::kNone);
  const std::string script = folder_.file("start", "#!/bin/sh\nexec python3 x.py\n", 0755);
  const auto shell = plan({script});
  ASSERT_TRUE(shell.ok()) << shell.error().text();
  EXPECT_EQ(shell->executable, script);
  EXPECT_EQ(shell->python.kind, PythonKind::kNone);
}

TEST_F(Interpreter, APythonOfTheWrongAge) {
  for (const auto& [version, word] :
       {std::pair("2.7.18", "too old"), {"3.8.19", "too old"}, {"3.99.0", "not known"}}) {
    unlink((bin_ + "/python3").c_str());
    folder_.file("bin/python3", "#!/bin/sh\necho Python " + std::string(version) + "\n", 0755);
    const std::string error = errorOf({script_});
    EXPECT_NE(error.find(std::string("is Python ") + version), std::string::npos) << error;
    EXPECT_NE(error.find(word), std::string::npos) << error;
    EXPECT_NE(error.find("3.11"), std::string::npos) << error;
  }
}

TEST_F(Interpreter, PyPyIsSampledFromInsideOnly) {
  unlink((bin_ + "/python3").c_str());
  folder_.file("bin/python3", "#!/bin/sh\necho 'Python 3.10.14 (x, y)'\necho '[PyPy 7.3.17 with GCC]'\n",
               0755);
  const auto made = plan({script_});
  ASSERT_TRUE(made.ok()) << made.error().text();
  EXPECT_EQ(made->python.kind, PythonKind::kPyPy);
  EXPECT_NE(errorOf({script_}, {}, true).find("cannot be read from outside"), std::string::npos);
}

TEST_F(Interpreter, PyPyForPython2IsTooOld) {
  unlink((bin_ + "/python3").c_str());
  folder_.file("bin/python3", "#!/bin/sh\necho 'Python 2.7.18 (x, y)'\necho '[PyPy 7.3.17 with GCC]'\n",
               0755);
  EXPECT_NE(errorOf({script_}).find("PyPy for Python 2.7.18, which is too old"), std::string::npos);
}

TEST_F(Interpreter, APrivilegedInterpreterCannotBePreloaded) {
  if (geteuid() != 0) return;  // only root can give a file to somebody else
  const std::string python = copyOfPython("python3.11", 0755);
  ASSERT_EQ(chown(python.c_str(), 65534, 65534), 0);
  chmod(python.c_str(), 04755);
  EXPECT_NE(errorOf({script_}, python).find("set-user-ID"), std::string::npos);
  EXPECT_EQ(errorOf({script_}, python, true), "");
}

TEST_F(Interpreter, AStaticInterpreterCannotBePreloaded) {
  const std::string python = PYROMETER_STATIC_PYTHON;
  const std::string error = errorOf({script_}, python);
  EXPECT_NE(error.find("is statically linked"), std::string::npos) << error;
  EXPECT_NE(error.find("--outside"), std::string::npos);
  EXPECT_EQ(errorOf({script_}, python, true), "");
}

/// A text in a file by another that is no longer.
std::string replaced(std::string bytes, const std::string& text, std::string by) {
  by.resize(text.size(), '\0');
  const std::size_t at = bytes.find(text + '\0');
  EXPECT_NE(at, std::string::npos) << text;
  return at == std::string::npos ? bytes : bytes.replace(at, text.size(), by);
}

TEST_F(Interpreter, WhatBearsNoPreloadedLibraryIsRefusedWithAWord) {
  const auto image = readElfImage(kPython);
  ASSERT_TRUE(image.ok() && image->has_value());
  const std::string musl = folder_.file(
      "python-musl", replaced(readFile(kPython), image.value()->loader, "/lib/ld-musl-x86_64.so.1"), 0755);
  EXPECT_NE(errorOf({script_}, musl).find("musl"), std::string::npos) << errorOf({script_}, musl);
  const std::string sanitized =
      folder_.file("python-sanitized", replaced(readFile(kPython), "libexpat.so.1", "libasan.so.8"), 0755);
  const std::string error = errorOf({script_}, sanitized);
  EXPECT_NE(error.find("AddressSanitizer"), std::string::npos) << error;
  EXPECT_NE(error.find(sanitized), std::string::npos) << error;
  for (const std::string& program : {musl, sanitized}) {
    EXPECT_TRUE(plan({script_}, program, true).ok()) << "from outside anything can be read";
    EXPECT_NE(errorOf({program, script_}), "") << "also where it is the program itself";
  }
}

TEST(ElfImage, ReadsAnInterpreter) {
  const auto image = readElfImage(kPython);
  ASSERT_TRUE(image.ok() && image.value());
  EXPECT_TRUE((*image)->has_runtime);
  EXPECT_TRUE((*image)->has_python_api);
  EXPECT_NE((*image)->loader, "");
  EXPECT_EQ((*image)->py_version >> 16, 0x030bu);
  EXPECT_NE((*image)->runtime_address, 0u);
}

TEST(ElfImage, AsksTheLoaderForLibraries) {
  const auto image = readElfImage("/bin/true");
  ASSERT_TRUE(image.ok() && image.value());
  bool has_libc = false;
  for (const std::string& library : librariesOf("/bin/true", (*image)->loader)) {
    has_libc |= library.find("/libc.so") != std::string::npos;
  }
  EXPECT_TRUE(has_libc);
}

TEST(SupportedPython, KnowsItsVersions) {
  EXPECT_TRUE(isSupportedPython(0x030b02f0));
  EXPECT_TRUE(isSupportedPython(0x030b0000));
  EXPECT_FALSE(isSupportedPython(0x030800f0));
  EXPECT_FALSE(isSupportedPython(0x020712f0));
  EXPECT_FALSE(isSupportedPython(0x036300f0));
  EXPECT_NE(supportedPythons().find("3.11"), std::string::npos);
}

TEST_F(Interpreter, ARecordingIsNoProgram) {
  EXPECT_NE(errorOf({folder_.file("old.pyrometer", "PK\x03\x04")}).find("pyrometer show"), std::string::npos);
}

TEST_F(Interpreter, TheSameProgramHasTheSameOwnCodeHoweverItIsNamed) {
  const Words here = {plan({"-m", "json.tool"})->working_directory};
  for (const Words& command :
       {Words{"-m", "flask", "run"}, Words{"-Im", "flask", "run"}, Words{"-mflask", "run"},
        Words{"python3", "-m", "flask", "run"}, Words{"python3", "-um", "flask", "run"},
        Words{"python3", "-X", "dev", "-c", "pass", script_}}) {
    const auto made = plan(command);
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->my_code, here) << testing::PrintToString(command);
    EXPECT_EQ(made->script, "") << testing::PrintToString(command);
  }
  for (const Words& command : {Words{script_, "-m", "flask"}, Words{"-X", "dev", script_, "-m", "flask"},
                               Words{"python3", "-Wd", "-u", script_, "-m", "flask"}}) {
    const auto made = plan(command);
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(made->my_code, Words{folder_.path()}) << testing::PrintToString(command);
    EXPECT_EQ(made->script, script_) << testing::PrintToString(command);
  }
}

TEST_F(Interpreter, WithoutArgumentsTheProgramIsStillNamed) {
  const std::string python = bin_ + "/python3";
  const std::string shim = folder_.file("shims/python3", "#!/bin/sh\nexec true\n", 0755);
  const std::string tool = folder_.file("tool", "#!" + python + "\n", 0755);
  const std::vector<std::pair<Words, Words>> commands = {
      {{script_, "secret"}, {script_}},
      {{"-m", "json.tool", "secret"}, {"-m", "json.tool"}},
      {{"-Im", "json.tool", "secret"}, {"-Im", "json.tool"}},
      {{"-mthis", "secret"}, {"-mthis"}},
      {{"-c", "secret"}, {"-c"}},
      {{"-Bcsecret", "secret"}, {"-Bc"}},
      {{"-X", "dev", "-Werror", script_, "secret"}, {"-X", "dev", "-Werror", script_}},
      {{"python3", script_, "secret"}, {"python3", script_}},
      {{python, "-W", "error", script_, "-c", "secret"}, {python, "-W", "error", script_}},
      {{"python3", "-m", "this", "secret"}, {"python3", "-m", "this"}},
      {{"python3", "-c", "secret"}, {"python3", "-c"}},
      {{"python3", "-", "secret"}, {"python3", "-"}},
      {{shim, script_, "secret"}, {shim, script_}},
      {{tool, "secret"}, {tool}},
      {{"/bin/sh", "-c", "secret"}, {"/bin/sh"}},
  };
  for (const auto& [command, kept] : commands) {
    const auto made = plan(command);
    ASSERT_TRUE(made.ok()) << made.error().text();
    EXPECT_EQ(withoutArguments(command, *made), kept);
  }
}

}  // namespace
}  // namespace pyrometer
