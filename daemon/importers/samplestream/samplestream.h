#pragma once

#include <memory>

#include "daemon/importers/importer.h"
#include "daemon/importers/samplestream/native_namer.h"

namespace pyrometer {

/// Reads the sample stream (sampler/sample_stream.h), from its magic on: a recording as it goes on, and the
/// `samples` entry of a bundle. Samples appear in `target` at each kBatchEnd, in order of time, and the rest
/// at finish(). What is known of the run must be in target.info() before the first byte: the mode decides
/// what weights count. Thread: the builder's.
///
/// `namer` is asked for names of native code that the stream does not have; null: nobody is. It must outlive
/// the reader.
std::unique_ptr<Reader> openSampleStream(ProfileBuilder& target, NativeNamer* namer = nullptr);

/// The same as a file format of its own.
const Importer& sampleStreamImporter();

}  // namespace pyrometer
