#pragma once

#include <memory>

#include "daemon/importers/jitlog/log_file.h"
#include "daemon/importers/jitlog/log_layout.h"
#include "daemon/jit/stage_body.h"

namespace pyrometer::jitlog {

/// The second pass: one stage, whole, when somebody asks. Any thread may.
class StageReader : public jit::StageSource {
 public:
  StageReader(LogFile file, std::shared_ptr<const LogLayout> layout)
      : file_(std::move(file)), layout_(std::move(layout)) {}

  Result<jit::StageBody> read(const jit::Stage& stage) const override;

 private:
  LogFile file_;
  std::shared_ptr<const LogLayout> layout_;
};

}  // namespace pyrometer::jitlog
