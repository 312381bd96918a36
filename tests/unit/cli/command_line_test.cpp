#include "daemon/cli/command_line.h"

#include <gtest/gtest.h>

namespace pyrometer {
namespace {

using Words = std::vector<std::string>;

template <class T>
T parsed(const Words& words) {
  const CommandLine line = parseCommandLine(words);
  if (const auto* command = std::get_if<T>(&line)) return *command;
  ADD_FAILURE() << (std::holds_alternative<Answer>(line) ? std::get<Answer>(line).text : "another command");
  return {};
}

Answer answered(const Words& words) { return parsed<Answer>(words); }

TEST(CommandLine, RunTakesItsOptionsBeforeTheProgram) {
  const auto run =
      parsed<RunCommand>({"run", "-o", "x.prof", "--rate", "250", "--mode=wall", "--no-mem", "app.py"});
  EXPECT_EQ(run.settings.output, "x.prof");
  EXPECT_EQ(run.settings.rate_hz, 250);
  EXPECT_EQ(run.settings.mode, Mode::kWall);
  EXPECT_EQ(run.settings.memory, false);
  EXPECT_FALSE(run.settings.quiet);
  EXPECT_EQ(run.program, (Words{"app.py"}));
}

TEST(CommandLine, TheProgramsOwnOptionsAreItsOwn) {
  EXPECT_EQ(parsed<RunCommand>({"run", "app.py", "-o", "y", "--rate", "x", "--", "--help"}).program,
            (Words{"app.py", "-o", "y", "--rate", "x", "--", "--help"}));
  EXPECT_EQ(parsed<RunCommand>({"run", "--quiet", "--", "-odd.py", "--quiet"}).program,
            (Words{"-odd.py", "--quiet"}));
  EXPECT_EQ(parsed<RunCommand>({"run", "python3", "-X", "dev", "info"}).program,
            (Words{"python3", "-X", "dev", "info"}));
  EXPECT_EQ(parsed<RunCommand>({"run", "show"}).program, (Words{"show"}))
      << "a program may have a command's name";
}

TEST(CommandLine, Modules) {
  EXPECT_EQ(parsed<RunCommand>({"run", "-m", "json.tool", "-h"}).program, (Words{"-m", "json.tool", "-h"}));
  EXPECT_EQ(parsed<RunCommand>({"run", "-p", "0.01", "-mjson.tool"}).program, (Words{"-m", "json.tool"}));
  EXPECT_EQ(answered({"run", "-m"}).status, kRunFailed);
}

TEST(CommandLine, ValuesThatLookLikeProgramsBelongToTheirOptions) {
  const auto run =
      parsed<RunCommand>({"run", "--python", "python3.11", "-orun.prof", "--config=c.ini", "app.py"});
  EXPECT_EQ(run.settings.python, "python3.11");
  EXPECT_EQ(run.settings.output, "run.prof");
  EXPECT_EQ(run.config, "c.ini");
  EXPECT_EQ(run.program, (Words{"app.py"}));
}

TEST(CommandLine, AttachTakesAProcessAndForHowLong) {
  const auto attach = parsed<AttachCommand>({"attach", "4711", "-d", "2.5", "--mode", "wall", "--blocking",
                                             "--no-children", "-o", "x.prof", "--rate", "100"});
  EXPECT_EQ(attach.pid, 4711);
  EXPECT_EQ(attach.seconds, 2.5);
  EXPECT_TRUE(attach.blocking);
  EXPECT_EQ(attach.settings.mode, Mode::kWall);
  EXPECT_EQ(attach.settings.children, false);
  EXPECT_EQ(attach.settings.output, "x.prof");
  EXPECT_EQ(attach.settings.rate_hz, 100);
  EXPECT_FALSE(parsed<AttachCommand>({"attach", "1"}).seconds);
  for (const Words& words : {Words{"attach"}, Words{"attach", "0"}, Words{"attach", "-5"},
                             Words{"attach", "x"}, Words{"attach", "1", "2"}, Words{"attach", "1", "-d", "0"},
                             Words{"attach", "1", "-d", "inf"}, Words{"attach", "1", "--outside"}}) {
    EXPECT_EQ(answered(words).status, kUsageError) << words.size();
  }
}

TEST(CommandLine, DoctorMayBeAskedAboutAnInterpreter) {
  EXPECT_EQ(parsed<DoctorCommand>({"doctor", "--python", "/bin/python3", "--json"}).python, "/bin/python3");
  EXPECT_FALSE(parsed<DoctorCommand>({"doctor"}).json);
  EXPECT_EQ(answered({"doctor", "4711"}).status, kUsageError);
}

TEST(CommandLine, RunTellsItsOwnMistakesFromTheProgramsStatus) {
  for (const Words& words :
       {Words{"run"}, Words{"run", "--"}, Words{"run", "--speed", "x", "app.py"},
        Words{"run", "--rate", "fast", "app.py"}, Words{"run", "--mode", "none", "app.py"},
        Words{"run", "--rate", "5", "-p", "0.1", "app.py"}, Words{"run", "-o"},
        Words{"run", "-c", "print()"}}) {
    const Answer answer = answered(words);
    EXPECT_EQ(answer.status, kRunFailed) << answer.text;
    EXPECT_TRUE(answer.text.starts_with("pyrometer: run: ")) << answer.text;
    EXPECT_EQ(answer.text.find('\n'), answer.text.size() - 1) << "one line";
  }
}

TEST(CommandLine, Show) {
  const auto show =
      parsed<ShowCommand>({"show", "x.prof", "tree", "--all", "--limit", "7", "--json", "--part", "2"});
  EXPECT_EQ(show.file, "x.prof");
  EXPECT_EQ(show.view, View::kTree);
  EXPECT_TRUE(show.options.all);
  EXPECT_EQ(show.options.limit, 7U);
  EXPECT_TRUE(show.json);
  EXPECT_EQ(show.part, 2);
  EXPECT_EQ(parsed<ShowCommand>({"show", "x.prof"}).view, View::kFlat);
  EXPECT_EQ(parsed<ShowCommand>({"show", "--json", "x.prof", "states"}).view, View::kStates);
}

TEST(CommandLine, LinesInfoExport) {
  const auto lines = parsed<LinesCommand>({"lines", "x.prof", "app.py"});
  EXPECT_EQ(lines.file, "x.prof");
  EXPECT_EQ(lines.source, "app.py");
  EXPECT_TRUE(parsed<InfoCommand>({"info", "x.prof", "--json"}).json);
  const auto list =
      parsed<JitCommand>({"jit", "x.jit", "--kind", "loop", "--sort", "bytes", "--function", "f*"});
  EXPECT_FALSE(list.trace);
  EXPECT_EQ(list.selection.kind, jit::TraceKind::kLoop);
  EXPECT_EQ(list.selection.sort, JitSort::kBytes);
  EXPECT_EQ(list.selection.function, "f*");
  const auto shown = parsed<JitCommand>({"jit", "x.jit", "show", "17", "--stage", "noopt"});
  EXPECT_EQ(shown.trace, 17u);
  EXPECT_EQ(shown.stage, jit::StageKind::kRecorded);
  EXPECT_EQ(parsed<JitCommand>({"jit", "x.jit", "show", "17", "--asm"}).stage, jit::StageKind::kAssembled);
  const auto out =
      parsed<ExportCommand>({"export", "x.prof", "--to", "collapsed", "-o", "-", "--unit", "samples"});
  EXPECT_EQ(out.format, "collapsed");
  EXPECT_EQ(out.output, "-");
  EXPECT_TRUE(out.count_samples);
  EXPECT_FALSE(parsed<ExportCommand>({"export", "x.prof", "--to", "collapsed"}).count_samples);
}

TEST(CommandLine, ServeTakesNothing) {
  parsed<ServeCommand>({"serve"});
  EXPECT_EQ(answered({"serve", "app.py"}).status, kUsageError);
  const Answer help = answered({"serve", "--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_NE(help.text.find("Language Server Protocol"), std::string::npos) << help.text;
}

TEST(CommandLine, RecordTakesDescriptors) {
  const auto record = parsed<RecordCommand>({"record", "--pid", "4711", "--fd", "7", "--report", "9",
                                             "--lines", "-p", "0.002", "--mode", "wall", "--thread", "4712"});
  EXPECT_EQ(record.pid, 4711);
  EXPECT_EQ(record.output, 7);
  EXPECT_EQ(record.report, 9);
  EXPECT_DOUBLE_EQ(record.rate_hz, 500);
  EXPECT_EQ(record.mode, Mode::kWall);
  EXPECT_TRUE(record.lines && record.argv);
  EXPECT_FALSE(record.memory);
  EXPECT_EQ(record.thread, 4712);
  for (const Words& words :
       {Words{"record"}, Words{"record", "--pid", "1"}, Words{"record", "--pid", "x", "--fd", "1"},
        Words{"record", "--pid", "1", "--fd", "-1"}, Words{"record", "--pid", "1", "--fd", "1", "-p", "2"}}) {
    EXPECT_EQ(answered(words).status, kUsageError);
  }
}

TEST(CommandLine, OptionsOfVmprofAreAnswered) {
  const auto run = parsed<RunCommand>(
      {"run", "--lines", "--no-native", "--web-url", "http://x", "--web-auth", "secret", "app.py"});
  ASSERT_EQ(run.settings.remarks.size(), 2u);
  EXPECT_NE(run.settings.remarks[0].find("--web-url does nothing"), std::string::npos);
  EXPECT_EQ(run.settings.native, std::optional(false));
  EXPECT_EQ(parsed<RunCommand>({"run", "-n", "app.py"}).settings.native, std::optional(true));
  EXPECT_EQ(parsed<RunCommand>({"run", "app.py"}).settings.native, std::nullopt);
  EXPECT_NE(answered({"run", "--web", "app.py"}).text.find("nothing is sent anywhere"), std::string::npos);
  EXPECT_EQ(answered({"run", "--help"}).text.find("--web"), std::string::npos);
}

TEST(CommandLine, UsageErrorsAreTwo) {
  for (const Words& words :
       {Words{"show"}, Words{"show", "x", "sideways"}, Words{"show", "x", "flat", "y"},
        Words{"show", "x", "--limit", "0"}, Words{"show", "x", "--limit", "-3"},
        Words{"show", "x", "--part", "0"}, Words{"lines", "x"}, Words{"export", "x"},
        Words{"export", "x", "--to", "collapsed", "--unit", "pounds"}, Words{"dance"}, Words{"--frobnicate"},
        Words{"info", "x", "--all"}, Words{"jit", "x", "show"}, Words{"jit", "x", "show", "-1"},
        Words{"jit", "x", "show", "1x"}, Words{"jit", "x", "tell", "1"}, Words{"jit", "x", "--asm"},
        Words{"jit", "x", "--kind", "circle"}}) {
    const Answer answer = answered(words);
    EXPECT_EQ(answer.status, kUsageError) << answer.text;
    EXPECT_EQ(answer.text.find('\n'), answer.text.size() - 1) << answer.text;
  }
}

TEST(CommandLine, AScriptWithoutRunGetsTheRightWord) {
  EXPECT_NE(answered({"app.py"}).text.find("pyrometer run app.py"), std::string::npos);
}

TEST(CommandLine, HelpIsShortAndHasAnExample) {
  for (const char* command : {"run", "show", "lines", "info", "jit", "export"}) {
    const Answer answer = answered({command, "--help"});
    EXPECT_EQ(answer.status, 0);
    EXPECT_NE(answer.text.find("Example: pyrometer "), std::string::npos) << answer.text;
    EXPECT_LT(std::count(answer.text.begin(), answer.text.end(), '\n'), 45) << answer.text;
  }
  EXPECT_NE(answered({"export", "--help"}).text.find("speedscope"), std::string::npos);
  EXPECT_EQ(answered({}).status, 0);
  EXPECT_EQ(answered({"--version"}).text.rfind("pyrometer ", 0), 0U);
}

}  // namespace
}  // namespace pyrometer
