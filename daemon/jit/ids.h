#pragma once

#include <cstdint>

#include "daemon/profile/ids.h"

/// The JIT's model is made of integers as the profile's is (daemon/profile/ids.h): each dense from 0 and
/// valid within one TraceForest only. Files and functions are the log's own, not the profile's.
namespace pyrometer::jit {

using pyrometer::index;

enum class TraceId : std::uint32_t {};     ///< a row of the forest; the number in the log is Trace::number
enum class StageId : std::uint32_t {};     ///< a stage of some trace, in the order of the log
enum class FileId : std::uint32_t {};      ///< a source file as merge points name it
enum class FunctionId : std::uint32_t {};  ///< (file, scope)
enum class PlaceId : std::uint32_t {};     ///< (file, line, function), sorted in that order
enum class OpCode : std::uint16_t {};      ///< an operation's row in the log's own table of names

/// What guards, labels and call targets are known by: the address of PyPy's object at the time of logging. 0
/// is none. A process may use a number again after the object is gone; see TraceForest for who wins then.
using DescrNumber = std::uint64_t;

}  // namespace pyrometer::jit
