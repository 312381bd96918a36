#include "daemon/cli/grammar.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "daemon/cli/styled_line.h"

namespace pyrometer {

Grammar::Grammar(std::string name, std::string usage, std::string about, std::string example)
    : app_(std::make_unique<CLI::App>(about, name)),
      name_(std::move(name)),
      usage_(std::move(usage)),
      about_(std::move(about)),
      example_(std::move(example)) {
  app_->set_help_flag("-h,--help", "this text");
}

Grammar::~Grammar() = default;

std::optional<Answer> Grammar::parse(std::vector<std::string> words, int usage_status) {
  // CLI11 takes them from the back.
  std::reverse(words.begin(), words.end());
  try {
    app_->parse(std::move(words));
    return std::nullopt;
  } catch (const CLI::CallForHelp&) {
    return Answer{help(), 0};
  } catch (const CLI::ParseError& error) {
    return wrong(error.what(), usage_status);
  }
}

Answer Grammar::wrong(std::string_view what, int status) const {
  return {fmt::format("pyrometer: {}: {} (see pyrometer {} --help)\n", name_, what, name_), status};
}

std::string Grammar::help() const {
  std::string options;
  for (const CLI::Option* option : app_->get_options()) {
    if (!option->nonpositional() || option->get_group().empty()) continue;
    std::string names = option->get_name(false, true);
    if (const std::string value = option->get_type_name(); !value.empty()) names += " " + value;
    options += paragraph({.width = 80}, fmt::format("  {:<22} ", names), option->get_description());
  }
  return fmt::format("{}\n\nUsage: pyrometer {}\n\nOptions:\n{}\nExample: {}\n", about_, usage_, options,
                     example_);
}

CLI::Option* taken(CLI::App& app, const std::string& name, std::function<Result<void>(std::string_view)> take,
                   const std::string& about) {
  return app.add_option_function<std::string>(
      name,
      [take = std::move(take)](const std::string& text) {
        if (const Result<void> value = take(text); !value.ok())
          throw CLI::ValidationError(value.error().message);
      },
      about);
}

void flag(CLI::App& app, const std::string& name, std::optional<bool>& to, bool value,
          const std::string& about) {
  app.add_flag_callback(
      name, [&to, value] { to = value; }, about);
}

}  // namespace pyrometer
