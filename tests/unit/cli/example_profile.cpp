#include "tests/unit/cli/example_profile.h"

namespace pyrometer {
namespace {

constexpr char kApp[] = "/home/ada/work/app.py";
constexpr char kEncoder[] = "/usr/lib/python3.11/json/encoder.py";
constexpr char kNumbers[] = "/home/ada/work/zahlen/größe.py";
constexpr char kFrozen[] = "<frozen importlib._bootstrap>";

/// CR LF as Windows ends lines, tabs, a very long line, characters of two columns and of none, an escape
/// code.
constexpr char kAppText[] =
    "import json, numbers\r\n"
    "\r\n"
    "def weigh(rows):\r\n"
    "\ttotal = 0\r\n"
    "\tfor row in rows:\r\n"
    "\t\ttotal += row.width * row.height * row.depth  # in cubic metres\r\n"
    "\treturn total\r\n"
    "\r\n"
    "def fib(n):\r\n"
    "\treturn n if n < 2 else fib(n - 1) + fib(n - 2)\r\n"
    "\r\n"
    "def save(rows):\r\n"
    "\ttext = json.dumps([row.name for row in rows], indent=2, sort_keys=True, ensure_ascii=False, "
    "default=str, "
    "separators=(',', ': '))\r\n"
    "\treturn text\r\n"
    "\r\n"
    "def main():\r\n"
    "\tname = '温度計の値段'  # wide\tand a tab\r\n"
    "\te = 'e\xCC\x81t\xC3\xA9 \x1b[31mred\x1b[0m \xFF'\r\n"
    "\tweigh(name), fib(30), save(e)\r\n"
    "\r\n"
    "main()\r\n";

}  // namespace

void Sampler::take(std::uint64_t count, const std::vector<Place>& stack, SampleState state) {
  std::optional<StackId> node;
  for (const Place& place : stack) {
    const FileId file = builder_.internFile(place.file);
    const FunctionId function = builder_.internFunction(place.function, file, place.first_line);
    node = builder_.internStack(node, builder_.internFrame(function, place.line, place.columns));
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    now_ += 1'000'000;
    builder_.addSample(
        {.time = now_, .weight = 1'000'000, .stack = *node, .thread = thread_, .state = state});
  }
}

std::shared_ptr<const Profile> exampleProfile(std::uint64_t scale, bool with_sources) {
  ProfileBuilder builder(MyCode({"/home/ada/work"}));
  RunInfo& info = builder.info();
  info.format = "pyrometer";
  info.interpreter = "CPython 3.11.2";
  info.argv = {"app.py", "--fast"};
  info.command = "app.py --fast";
  info.working_directory = "/home/ada/work";
  info.host = "lovelace";
  info.rate_auto = true;
  info.finished = true;

  Sampler sampler(builder);
  const Sampler::Place top{kApp, "<module>", 1, 21};
  const Sampler::Place main{kApp, "main", 16, 19};
  const Sampler::Place weigh{kApp, "weigh", 3, 6};
  const Sampler::Place save{kApp, "save", 12, 13};
  const Sampler::Place dumps{"/usr/lib/python3.11/json/__init__.py", "dumps", 183, 238};
  sampler.take(
      18 * scale,
      {{kApp, "<module>", 1, 1}, {kFrozen, "_find_and_load", 1165, 1178}, {kFrozen, "_call", 200, 241}});
  // What is called where in line 19, and where the products of line 6 are.
  const auto weighing = main.at(1, 12), recursing = main.at(14, 21), saving = main.at(23, 30);
  sampler.take(20 * scale, {top, weighing, weigh});
  sampler.take(90 * scale, {top, weighing, weigh.at(11, 45)});
  sampler.take(70 * scale, {top, weighing, weigh.at(23, 33)});
  sampler.take(30 * scale, {top, weighing, weigh.at(11, 20)});
  sampler.take(12 * scale, {top, weighing, {kApp, "weigh", 3, 5}});
  sampler.take(90 * scale, {top, saving, save.at(8, 129), dumps, {kEncoder, "JSONEncoder.encode", 183, 202}});
  sampler.take(30 * scale,
               {top, saving, save.at(8, 129), dumps, {kEncoder, "JSONEncoder.iterencode", 205, 258}},
               {VmState::kGc, ThreadState::kRunning});
  sampler.take(4 * scale, {top, saving, save.at(19, 45)});
  std::vector<Sampler::Place> deep = {top, recursing};
  for (int i = 0; i < 40; ++i) {
    deep.push_back(Sampler::Place{kApp, "fib", 9, 10}.at(i % 4 == 3 ? 37 : 24, i % 4 == 3 ? 47 : 34));
    sampler.take(scale, deep);
  }
  sampler.take(2 * scale, {top, main, {kNumbers, "größe_von.<locals>.人\x1b]0;title\x07", 2, 3}});
  sampler.take(scale, {{"/usr/lib/python3.11/threading.py", "Thread._bootstrap", 990, 1002}},
               {VmState::kInterpreter, ThreadState::kWaitingForGil});

  const std::uint64_t samples = 407 * scale;
  for (std::uint64_t i = 0; i <= 40; ++i) {
    builder.addMemory({.time = static_cast<std::int64_t>(samples * 1'000'000 / 40 * i),
                       .rss = 20'000'000 + (i < 30 ? i * i * 100'000 : 30'000'000),
                       .process = sampler.process()});
  }
  if (with_sources) builder.addSource(builder.internFile(kApp), kAppText, false);
  info.duration_ns = static_cast<std::int64_t>(samples * 1'100'000);
  info.cpu_ns = static_cast<std::int64_t>(samples * 1'000'000);
  return builder.snapshot();
}

}  // namespace pyrometer
