#include "daemon/profile/thread_title.h"

namespace pyrometer {

std::string threadTitle(const Profile& profile, const Thread& thread) {
  const std::string_view name = profile.string(thread.name);
  std::string title = name.empty() ? "thread " + std::to_string(thread.tid) : std::string(name);
  const std::string_view task = profile.string(thread.task);
  if (!task.empty()) title.append(" · task ").append(task);
  return title;
}

std::size_t threadCount(const Profile& profile) {
  std::size_t threads = 0;
  for (std::size_t i = 0; i < profile.threads().size(); ++i) {
    if (profile.threads()[i].thread == ThreadId{static_cast<std::uint32_t>(i)}) ++threads;
  }
  return threads;
}

}  // namespace pyrometer
