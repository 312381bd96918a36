#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pyrometer {

/// The Python processes of a run that could not be sampled, and why: named, a few of them, in one sentence.
class UnsampledProcesses {
 public:
  /// `why` is a part of a sentence. The same again is counted.
  void add(const std::string& command, const std::string& why);
  /// A forked process that ended before it could register. 0: one whose pid is not known.
  void addEnded(std::int32_t pid);
  /// Those of `add`.
  bool any() const { return count_ != 0; }
  /// "2 Python processes ... were not sampled: ..."; empty if there are none.
  std::string note() const;
  /// "3 forked processes ended before they could be sampled: 17, 18 and 19."; empty if none did.
  std::string noteOfEnded() const;

  /// Whether a file that is no process yet is a Python, by its symbols or its name. Asked once for each path.
  bool isPython(const std::string& path);

 private:
  struct Kind {
    std::string command, why;
    std::size_t count = 0;
  };
  std::vector<Kind> kinds_;
  std::size_t count_ = 0;
  std::vector<std::int32_t> ended_named_;
  std::size_t ended_count_ = 0;
  std::map<std::string, bool> looked_into_;
};

}  // namespace pyrometer
