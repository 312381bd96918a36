#pragma once

#include <cstdint>

/// The model is made of integers. Each kind of thing has an id of its own type, dense from 0, valid within
/// one profile only; a wrong mixture does not compile.
namespace pyrometer {

enum class StringId : std::uint32_t {};    ///< text, interned once
enum class FileId : std::uint32_t {};      ///< a source file as the interpreter names it
enum class FunctionId : std::uint32_t {};  ///< a code object, a native function: what has a name
enum class LineId : std::uint32_t {};      ///< (file, line)
enum class SpanId : std::uint32_t {};      ///< (line, columns): what an instruction was made from
enum class FrameId : std::uint32_t {};     ///< (function, line, span): a place in the program
enum class BlockId : std::uint32_t {};     ///< machine code that a JIT made, by where it begins
enum class StackId : std::uint32_t {};     ///< a node of the stack tree: a whole stack
enum class LeafId : std::uint32_t {};      ///< a stack that has samples of its own, by order of first sample
enum class ThreadId : std::uint32_t {};
enum class ProcessId : std::uint32_t {};

template <class Id>
constexpr std::uint32_t index(Id id) {
  return static_cast<std::uint32_t>(id);
}

}  // namespace pyrometer
