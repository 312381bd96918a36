#pragma once

#include <map>
#include <string>

#include "daemon/exporters/buffered_sink.h"
#include "daemon/exporters/vmprof/code_ids.h"
#include "daemon/exporters/vmprof/memory_cursor.h"
#include "daemon/exporters/vmprof/resampler.h"
#include "daemon/exporters/vmprof/shape.h"
#include "daemon/exporters/vmprof/stack_cells.h"

namespace pyrometer::vmprof {

/// Writes one profile as a file of version 6: head, names, samples, end.
class FileWriter {
 public:
  FileWriter(const Profile& profile, const ExportOptions& options, ByteSink& sink);
  Result<void> write();

 private:
  std::uint64_t weightOfEach() const;
  std::uint64_t periodMicroseconds() const;
  std::string interpreterName() const;
  std::map<std::string, std::string> meta() const;
  void putHead();
  void putNames();
  void putSamples();
  void makeRecord(std::size_t row, const Sample& sample, std::string& record);

  const Profile& profile_;
  Shape shape_;
  CodeIds ids_;
  StackCells cells_;
  Resampler resampler_;
  MemoryCursor memory_;
  BufferedSink out_;
};

}  // namespace pyrometer::vmprof
