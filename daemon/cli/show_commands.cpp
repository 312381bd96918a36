#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "daemon/cli/commands.h"
#include "daemon/cli/complain.h"
#include "daemon/cli/figures.h"
#include "daemon/cli/files.h"
#include "daemon/cli/jit_view.h"
#include "daemon/cli/json_views.h"
#include "daemon/cli/origins.h"
#include "daemon/cli/phases_view.h"
#include "daemon/cli/places.h"
#include "daemon/cli/styled_line.h"
#include "daemon/cli/watched_reading.h"

namespace pyrometer {
namespace {

constexpr std::size_t kLargestSource = std::size_t{64} << 20;
constexpr int kMostPartsListed = 50;

int written(const std::string& text) {
  const Result<void> done = writeAll(STDOUT_FILENO, text);
  return done.ok() ? 0 : complain(done.error(), kFailed);
}

/// Of what was read, the part of the processes and threads that were asked for.
Result<void> choose(OpenedFile& read, const std::string& file, const OriginChoice& origin) {
  Result<std::shared_ptr<const Profile>> part = chosen(read.profile, origin);
  if (!part.ok()) return Error{part.error().message, file};
  read.profile = *std::move(part);
  return {};
}

/// What stands below a view: that it rests on few samples, and what the run had to say.
std::string afterwords(const Profile& profile, const Terminal& terminal) {
  std::string out;
  if (const std::string few = tooFewText(profile); !few.empty()) out += paragraph(terminal, "", few);
  out += notesText(profile, terminal);
  return out.empty() ? out : "\n" + out;
}

std::uint64_t heatOf(const Profile& profile, FileId file) {
  std::uint64_t time = 0;
  for (const LineId line : profile.fileLines(file)) {
    const Counters counters = profile.lineCounters(line);
    time += profile.file(file).owner == Owner::kUser ? counters.charged_time : counters.self_time;
  }
  return time;
}

/// The program's own files with samples, hottest first; all files if it has none.
std::vector<FileId> hotFiles(const Profile& profile, bool all) {
  std::vector<std::pair<std::uint64_t, FileId>> hot;
  for (const bool own : {true, false}) {
    for (std::uint32_t i = 0; i < profile.files().size(); ++i) {
      if (own && !all && profile.file(FileId{i}).owner != Owner::kUser) continue;
      if (const std::uint64_t time = heatOf(profile, FileId{i}); time != 0) hot.push_back({time, FileId{i}});
    }
    if (!hot.empty()) break;
  }
  std::stable_sort(hot.begin(), hot.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<FileId> files;
  for (const auto& [time, file] : hot) files.push_back(file);
  return files;
}

int showLines(const Profile& profile, const ShowCommand& command, const Terminal& terminal) {
  const std::vector<FileId> files = hotFiles(profile, command.options.all);
  if (files.empty()) {
    return written(command.json ? sourceJson(profile, std::nullopt, {})
                                : paragraph(terminal, "", "No line of any file has samples."));
  }
  if (command.json) return written(sourceJson(profile, files.front(), {}));
  std::string out = sourceView(profile, files.front(), {}, command.options, terminal);
  if (files.size() > 1) {
    const PlaceNames names(profile);
    std::string others;
    constexpr std::size_t kNamed = 8;
    for (std::size_t i = 1; i < std::min(files.size(), kNamed + 1); ++i) {
      // Code that exec() ran has no file to ask for.
      if (names.path(files[i]).starts_with('<')) continue;
      others += (others.empty() ? "" : ", ") + names.path(files[i]);
    }
    if (files.size() > kNamed + 1) others += fmt::format(" and {} more", files.size() - kNamed - 1);
    out += "\n" +
           paragraph(terminal, "",
                     fmt::format("This is the hottest file. For the others, pyrometer lines {} SOURCE.py: {}",
                                 command.file, others));
  }
  return written(out + afterwords(profile, terminal));
}

/// What to say of a source that no stack of the profile has.
Error notFound(const Profile& profile, const std::string& source) {
  const std::string_view name = std::string_view(source).substr(source.rfind('/') + 1);
  const PlaceNames names(profile);
  std::string same, others;
  std::size_t count = 0;
  for (const FileId file : hotFiles(profile, false)) {
    const std::string_view path = profile.string(profile.file(file).path);
    if (path.ends_with(fmt::format("/{}", name))) same += (same.empty() ? "" : ", ") + std::string(path);
    if (++count <= 5) others += (others.empty() ? "" : ", ") + names.path(file);
  }
  if (!same.empty()) return {fmt::format("which one? The recording has {}", same), source};
  if (others.empty()) return {"no sample was taken in this file, nor in any other", source};
  return {fmt::format("no sample was taken in this file; the hottest files are {}", others), source};
}

int showPhases(const ShowCommand& command, const OpenedFile& opened, const Terminal& terminal) {
  if (!opened.phases) {
    std::string why = "has no PYPYLOG in it or beside it; one of the same run belongs in FILE.pypylog";
    if (!opened.notes.empty()) why += " (" + opened.notes.front() + ")";
    return complain({why, command.file}, kFailed);
  }
  if (!command.section.empty()) {
    const Result<std::string> text = sectionTexts(*opened.phases, command.section, command.options, terminal);
    return text.ok() ? written(*text) : complain(text.error(), kFailed);
  }
  if (command.json) return written(phasesJson(*opened.phases, command.options));
  return written(phasesView(*opened.phases, command.options, terminal));
}

/// The files that were read along with this one, and those that were not.
std::string neighboursText(const OpenedFile& opened, const Terminal& terminal) {
  std::string out;
  for (const std::string& name : opened.members) {
    out +=
        paragraph(terminal, "in it         ",
                  fmt::format("{}, {}", name, name.ends_with(".jit") ? "the JIT's log" : "PyPy's own log"));
  }
  for (const std::string& path : opened.joined) {
    const bool log = opened.phases && path == opened.phases->path;
    out += paragraph(terminal, "beside it     ",
                     fmt::format("{}, {} of the same run", path.substr(path.rfind('/') + 1),
                                 log ? "PyPy's own log" : "the JIT's log"));
  }
  for (const std::string& note : opened.notes) out += paragraph(terminal, "note: ", note);
  return out;
}

}  // namespace

int show(const ShowCommand& command) {
  const bool phases = command.view == View::kPhases || !command.section.empty();
  const Terminal terminal = terminalOf(STDOUT_FILENO);
  Result<OpenedFile> read = openWatched(
      command.file,
      {.import = {.part = command.part - 1, .log_process = command.origin.process}, .join = phases});
  if (!read.ok()) return complain(read.error(), kFailed);
  // A log that is named alone has one view.
  if (phases || (read->phases && !command.view_named)) return showPhases(command, *read, terminal);
  if (read->kind == FileKind::kJitlog && command.view == View::kFlat) {
    const JitSelection selection{.limit = command.options.limit};
    if (command.json) return written(jitListJson(*read->jit, selection));
    return written(jitListView(*read->jit, selection, terminal) + jitNotesText(*read->jit, terminal));
  }
  if (!read->profile) return complain(withoutSamples(*read, command.file), kFailed);
  if (const Result<void> part = choose(*read, command.file, command.origin); !part.ok())
    return complain(part.error(), kFailed);
  const Profile& profile = *read->profile;
  switch (command.view) {
    case View::kFlat:
      if (command.json) return written(flatJson(profile, command.options));
      return written(flatView(profile, command.options, terminal) + afterwords(profile, terminal));
    case View::kTree:
      if (command.json) return written(treeJson(profile, command.options));
      return written(treeView(profile, command.options, terminal) + afterwords(profile, terminal));
    case View::kLines:
      return showLines(profile, command, terminal);
    case View::kMemory:
      if (command.json) return written(memoryJson(profile, command.options));
      return written(memoryView(profile, command.options, terminal) + notesText(profile, terminal));
    case View::kStates:
      if (command.json) return written(statesJson(profile));
      return written(statesView(profile, terminal) + afterwords(profile, terminal));
    case View::kPhases:
      break;
  }
  return kFailed;
}

int lines(const LinesCommand& command) {
  Result<OpenedFile> read = openProfileWatched(command.file, command.part);
  if (!read.ok()) return complain(read.error(), kFailed);
  if (const Result<void> part = choose(*read, command.file, command.origin); !part.ok())
    return complain(part.error(), kFailed);
  const Profile& profile = *read->profile;
  const std::optional<FileId> file = profile.findFile(command.source);
  if (!file) return complain(notFound(profile, command.source), kFailed);
  // The text that ran comes from the recording; only where it has none is the file read, which the user
  // named.
  const Source* recorded = profile.findSource(*file);
  const Result<std::string> on_disk = readTextFile(command.source, kLargestSource);
  const std::string_view text = on_disk.ok() ? std::string_view(*on_disk) : std::string_view();
  if (command.json) return written(sourceJson(profile, *file, text));
  const Terminal terminal = terminalOf(STDOUT_FILENO);
  std::string out = sourceView(profile, *file, text, command.options, terminal);
  if (recorded == nullptr && on_disk.ok()) {
    out += paragraph(terminal, "note: ", "the recording holds no sources; this is the file as it is now");
  } else if (recorded == nullptr) {
    out += paragraph(terminal, "note: ",
                     fmt::format("the recording holds no sources, and the file could not be read ({})",
                                 on_disk.error().message));
  } else if (on_disk.ok() && text != profile.string(recorded->text)) {
    out += paragraph(terminal, "note: ", "the file has been changed since; this is the text that ran");
  }
  return written(out + afterwords(profile, terminal));
}

int info(const InfoCommand& command) {
  const Result<OpenedFile> read = openWatched(command.file, {.import = {.part = command.part - 1}});
  if (!read.ok()) return complain(read.error(), kFailed);
  const Terminal terminal = terminalOf(STDOUT_FILENO);
  if (read->kind == FileKind::kPypylog)
    return written(command.json ? phasesJson(*read->phases, {}) : phaseLogInfo(*read->phases, terminal));
  if (read->kind == FileKind::kJitlog) {
    if (command.json) return written(jitInfoJson(*read->jit));
    return written(jitInfoView(*read->jit, terminal) + jitNotesText(*read->jit, terminal));
  }
  if (!read->profile) return complain(withoutSamples(*read, command.file), kFailed);
  const Profile& profile = *read->profile;
  if (command.json) return written(infoJson(profile));
  std::string out = infoView(profile, terminal) + neighboursText(*read, terminal);
  const int parts = profile.info().parts;
  for (int part = 1; parts > 1 && part <= std::min(parts, kMostPartsListed); ++part) {
    if (part == 1) out += "\n";
    const Result<OpenedFile> other = openProfileWatched(command.file, part);
    const std::string words =
        other.ok() ? fmt::format("{}: {}", titleOf(other->profile->info()), summaryText(*other->profile))
                   : other.error().message;
    out += paragraph(terminal, fmt::format("part {:>3}  ", part), words);
  }
  if (parts > kMostPartsListed)
    out += paragraph(terminal, "", fmt::format("... and {} more", parts - kMostPartsListed));
  return written(out + afterwords(profile, terminal));
}

}  // namespace pyrometer
