#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace pyrometer {

/// The Python processes of a run that could not be sampled, and why: named, a few of them, in one sentence.
class UnsampledProcesses {
 public:
  /// `why` is a part of a sentence. The same again is counted.
  void add(const std::string& command, const std::string& why);
  bool any() const { return count_ != 0; }
  /// "2 Python processes ... were not sampled: ..."; empty if there are none.
  std::string note() const;

  /// Whether a file that is no process yet is a Python, by its symbols or its name. Asked once for each path.
  bool isPython(const std::string& path);

 private:
  struct Kind {
    std::string command, why;
    std::size_t count = 0;
  };
  std::vector<Kind> kinds_;
  std::size_t count_ = 0;
  std::map<std::string, bool> looked_into_;
};

}  // namespace pyrometer
