#pragma once

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace pyrometer::test {

/// The interpreters to test with: PYROMETER_TEST_PYTHONS (a colon separated list), else the system's.
inline std::vector<std::string> testPythons() {
  const char* listed = std::getenv("PYROMETER_TEST_PYTHONS");
  const std::string text = listed != nullptr && *listed != '\0' ? listed : "/usr/bin/python3";
  std::vector<std::string> all;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(':', at), text.size());
    if (end > at) all.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return all;
}

/// All that PYROMETER_TEST_INTERPRETERS, a folder, has; without that variable testPythons().
inline std::vector<std::string> allPythons() {
  const char* folder = std::getenv("PYROMETER_TEST_INTERPRETERS");
  std::vector<std::string> all;
  std::error_code ignored;
  if (folder != nullptr) {
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
      if (entry.path().filename().string().starts_with("python3.")) all.push_back(entry.path().string());
    }
  }
  std::sort(all.begin(), all.end());
  return all.empty() ? testPythons() : all;
}

/// Its path, for names of tests.
inline std::string testName(std::string python) {
  std::replace_if(
      python.begin(), python.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return python;
}

}  // namespace pyrometer::test
