#include "daemon/importers/samplestream/modules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace pyrometer::samplestream {

namespace {

constexpr std::size_t kMostNames = 1 << 20;  ///< of one module: a stream may name without end

/// Functions of CPython that pass a call on, evaluate, or start what runs (3.9 to 3.15).
constexpr std::array kInterpreterPlumbing = {
    std::string_view("PyCFunction_Call"),
    std::string_view("PyEval_CallObjectWithKeywords"),
    std::string_view("PyEval_EvalCode"),
    std::string_view("PyEval_EvalCodeEx"),
    std::string_view("PyEval_EvalFrame"),
    std::string_view("PyEval_EvalFrameEx"),
    std::string_view("PyObject_Call"),
    std::string_view("PyObject_CallFunction"),
    std::string_view("PyObject_CallFunctionObjArgs"),
    std::string_view("PyObject_CallMethod"),
    std::string_view("PyObject_CallMethodObjArgs"),
    std::string_view("PyObject_CallNoArgs"),
    std::string_view("PyObject_CallObject"),
    std::string_view("PyObject_CallOneArg"),
    std::string_view("PyObject_Vectorcall"),
    std::string_view("PyObject_VectorcallDict"),
    std::string_view("PyObject_VectorcallMethod"),
    std::string_view("PyRun_AnyFileExFlags"),
    std::string_view("PyRun_AnyFileObject"),
    std::string_view("PyRun_FileExFlags"),
    std::string_view("PyRun_SimpleFileExFlags"),
    std::string_view("PyRun_SimpleFileObject"),
    std::string_view("PyRun_SimpleStringFlags"),
    std::string_view("PyRun_StringFlags"),
    std::string_view("PyVectorcall_Call"),
    std::string_view("PyVectorcall_Function"),
    std::string_view("Py_BytesMain"),
    std::string_view("Py_Main"),
    std::string_view("Py_RunMain"),
    std::string_view("_PyEval_EvalCodeWithName"),
    std::string_view("_PyEval_EvalFrameDefault"),
    std::string_view("_PyEval_Vector"),
    std::string_view("_PyFunction_FastCallDict"),
    std::string_view("_PyFunction_Vectorcall"),
    std::string_view("_PyFunction_Vectorcall.localalias"),
    std::string_view("_PyObject_Call"),
    std::string_view("_PyObject_CallFunction_SizeT"),
    std::string_view("_PyObject_CallMethodIdObjArgs"),
    std::string_view("_PyObject_CallMethod_SizeT"),
    std::string_view("_PyObject_Call_Prepend"),
    std::string_view("_PyObject_FastCall"),
    std::string_view("_PyObject_FastCallDict"),
    std::string_view("_PyObject_FastCallDictTstate"),
    std::string_view("_PyObject_MakeTpCall"),
    std::string_view("_PyObject_Vectorcall"),
    std::string_view("_PyObject_VectorcallDictTstate"),
    std::string_view("_PyObject_VectorcallTstate"),
    std::string_view("_PyRun_AnyFileObject"),
    std::string_view("_PyRun_SimpleFileObject"),
    std::string_view("_PyRun_SimpleStringFlagsWithName"),
    std::string_view("_PyVectorcall_Call"),
    std::string_view("_PyVectorcall_FunctionInline"),
    std::string_view("_Py_RunMain"),
    std::string_view("_start"),
    std::string_view("builtin_exec"),
    std::string_view("builtin_exec_impl"),
    std::string_view("call_function"),
    std::string_view("cfunction_call"),
    std::string_view("cfunction_vectorcall_FASTCALL"),
    std::string_view("cfunction_vectorcall_FASTCALL_KEYWORDS"),
    std::string_view("cfunction_vectorcall_FASTCALL_KEYWORDS_METHOD"),
    std::string_view("cfunction_vectorcall_NOARGS"),
    std::string_view("cfunction_vectorcall_O"),
    std::string_view("context_run"),
    std::string_view("do_call_core"),
    std::string_view("function_code_fastcall"),
    std::string_view("gen_iternext"),
    std::string_view("gen_send_ex"),
    std::string_view("gen_send_ex2"),
    std::string_view("main"),
    std::string_view("method_vectorcall"),
    std::string_view("method_vectorcall_FASTCALL"),
    std::string_view("method_vectorcall_FASTCALL_KEYWORDS"),
    std::string_view("method_vectorcall_FASTCALL_KEYWORDS_METHOD"),
    std::string_view("method_vectorcall_NOARGS"),
    std::string_view("method_vectorcall_O"),
    std::string_view("method_vectorcall_VARARGS"),
    std::string_view("method_vectorcall_VARARGS_KEYWORDS"),
    std::string_view("object_vacall"),
    std::string_view("pymain_main"),
    std::string_view("pymain_run_file"),
    std::string_view("pymain_run_file_obj"),
    std::string_view("pymain_run_module"),
    std::string_view("pymain_run_python"),
    std::string_view("pyrun_file"),
    std::string_view("pyrun_simple_file"),
    std::string_view("pythread_wrapper"),
    std::string_view("run_eval_code_obj"),
    std::string_view("run_mod"),
    std::string_view("slot_tp_call"),
    std::string_view("slot_tp_init"),
    std::string_view("slot_tp_new"),
    std::string_view("thread_run"),
    std::string_view("type_call"),
    std::string_view("vectorcall_method"),
    std::string_view("vectorcall_unbound"),
    std::string_view("wrapperdescr_call"),
};
static_assert(std::is_sorted(kInterpreterPlumbing.begin(), kInterpreterPlumbing.end()));

/// Of the C library: below them is what they start.
constexpr std::array kStarters = {
    std::string_view("__clone"),
    std::string_view("__clone3"),
    std::string_view("__libc_start_call_main"),
    std::string_view("__libc_start_main"),
    std::string_view("__libc_start_main_impl"),
    std::string_view("_start"),
    std::string_view("clone"),
    std::string_view("clone3"),
    std::string_view("start_thread"),
};
static_assert(std::is_sorted(kStarters.begin(), kStarters.end()));

bool isInterpreter(std::string_view module) {
  return module.starts_with("python3") || module.starts_with("libpython3") || module == "python";
}

std::string_view baseName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

bool isPlumbing(std::string_view function, std::string_view module_name) {
  // What stands between the program and the system on our account.
  if (module_name.starts_with("libpyrometer_sampler.")) return true;
  if (isInterpreter(module_name))
    return std::binary_search(kInterpreterPlumbing.begin(), kInterpreterPlumbing.end(), function);
  return std::binary_search(kStarters.begin(), kStarters.end(), function) &&
         (module_name.starts_with("libc.") || module_name.starts_with("libc-") ||
          module_name.starts_with("libpthread"));
}

void NativeNameTable::add(const std::string& module, std::uint64_t offset, NativeName name) {
  auto& names = names_[module];
  if (names.size() < kMostNames) names.insert_or_assign(offset, std::move(name));
}

const NativeName& NativeNameTable::find(const std::string& path, const std::string& build_id,
                                        std::uint64_t offset) {
  static const NativeName kNone;
  auto& names = names_[build_id.empty() ? path : build_id];
  const auto known = names.find(offset);
  if (known != names.end()) return known->second;
  if (namer_ == nullptr) return kNone;
  return names.emplace(offset, namer_->name(path, build_id, offset)).first->second;
}

void Modules::add(std::uint64_t start, Module module) {
  modules_.insert_or_assign(start, std::move(module));
  ++generation_;
}

NativePlace Modules::placeOf(std::uint64_t address) const {
  if (address == 0) return {.name = "(native callers not known)", .file = {}};
  const auto after = modules_.upper_bound(address);
  if (after == modules_.begin() || address >= std::prev(after)->second.end)
    return {.name = "(machine code of no file)", .file = {}, .settled = false};
  const auto& [start, module] = *std::prev(after);
  const std::uint64_t offset = address - start + module.file_offset;
  const NativeName& name = names_->find(module.path, module.build_id, offset);
  const std::string_view base = baseName(module.path);
  NativePlace place{.name = name.function, .file = name.file, .line = name.line};
  place.plumbing = isPlumbing(name.function, base);
  place.interpreter = isInterpreter(base);
  if (place.name.empty()) {
    place.name = fmt::format("{}+{:#x}", base.empty() ? "(unnamed)" : base, name.begin.value_or(offset));
  }
  if (place.file.empty()) {
    place.file = module.path;
    place.line = 0;
  }
  return place;
}

}  // namespace pyrometer::samplestream
