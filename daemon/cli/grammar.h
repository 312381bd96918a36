#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/cli/command_line.h"
#include "daemon/support/result.h"

namespace CLI {  // NOLINT(readability-identifier-naming): not ours
class App;
class Option;
}  // namespace CLI

namespace pyrometer {

/// One command's options, and the words around them in its help.
class Grammar {
 public:
  Grammar(std::string name, std::string usage, std::string about, std::string example);
  ~Grammar();
  Grammar(const Grammar&) = delete;
  Grammar& operator=(const Grammar&) = delete;

  CLI::App& app() { return *app_; }

  /// Empty if all is well, else what to answer.
  std::optional<Answer> parse(std::vector<std::string> words, int usage_status);
  Answer wrong(std::string_view what, int status) const;
  std::string help() const;

 private:
  std::unique_ptr<CLI::App> app_;
  std::string name_, usage_, about_, example_;
};

/// An option whose value goes to `take`; an Error of that is a usage error.
CLI::Option* taken(CLI::App& app, const std::string& name, std::function<Result<void>(std::string_view)> take,
                   const std::string& about);

/// Puts the value of a text option through a parser of ours.
template <class T>
CLI::Option* parsed(CLI::App& app, const std::string& name, Result<T> (*parse)(std::string_view),
                    std::optional<T>& to, const std::string& about) {
  return taken(
      app, name,
      [parse, &to](std::string_view text) -> Result<void> {
        const Result<T> value = parse(text);
        if (!value.ok()) return value.error();
        to = *value;
        return {};
      },
      about);
}

void flag(CLI::App& app, const std::string& name, std::optional<bool>& to, bool value,
          const std::string& about);

}  // namespace pyrometer
