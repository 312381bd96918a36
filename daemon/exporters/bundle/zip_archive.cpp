#include "daemon/exporters/bundle/zip_archive.h"

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <cerrno>
#include <cstdio>
#include <new>
#include <optional>
#include <utility>

#include "daemon/support/file_descriptor.h"
#include "daemon/support/input_file.h"
#include "daemon/support/system_error.h"

namespace pyrometer::bundle {
namespace {

constexpr zip_uint16_t kFirstDay = 0x21;  // 1 January 1980: the manifest knows the true time
constexpr zip_uint32_t kMode = 0100600u << 16;

}  // namespace

struct ZipArchive::State {
  State(OutputFile& file, std::stop_token token) : out(file), stop(std::move(token)) {
    zip_error_init(&error);
    zip_source_t* source = zip_source_function_create(&State::onCommand, this, nullptr);
    archive = source ? zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, nullptr) : nullptr;
    if (!archive) throw std::bad_alloc();
  }
  ~State() {
    if (archive) zip_discard(archive);
    zip_error_fini(&error);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// What libzip asks of the file that it writes.
  static zip_int64_t onCommand(void* self, void* data, zip_uint64_t size, zip_source_cmd_t command) {
    return static_cast<State*>(self)->answer(data, size, command);
  }

  zip_int64_t answer(void* data, zip_uint64_t size, zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(
            ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR,
            ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_SUPPORTS, ZIP_SOURCE_BEGIN_WRITE,
            ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE, ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE,
            ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_REMOVE, -1);
      case ZIP_SOURCE_BEGIN_WRITE:
      case ZIP_SOURCE_COMMIT_WRITE:
      case ZIP_SOURCE_ROLLBACK_WRITE:
      case ZIP_SOURCE_FREE:
        return 0;
      case ZIP_SOURCE_WRITE:
        if (stop.stop_requested()) {
          failure = Error{"cancelled", {}};
          return fail(ZIP_ER_WRITE, 0);
        }
        if (const auto written = out.write({static_cast<const char*>(data), size}); !written) {
          failure = written.error();
          return fail(ZIP_ER_WRITE, 0);
        }
        return static_cast<zip_int64_t>(size);
      case ZIP_SOURCE_SEEK_WRITE:
        return seek(data, size);
      case ZIP_SOURCE_TELL_WRITE:
        return ::lseek(out.descriptor(), 0, SEEK_CUR);
      case ZIP_SOURCE_ERROR:
        return zip_error_to_data(&error, data, size);
      case ZIP_SOURCE_STAT:  // so far there is no archive
        return fail(ZIP_ER_READ, ENOENT);
      default:
        return fail(ZIP_ER_OPNOTSUPP, 0);
    }
  }

  zip_int64_t seek(void* data, zip_uint64_t size) {
    const off_t here = ::lseek(out.descriptor(), 0, SEEK_CUR);
    const off_t end = ::lseek(out.descriptor(), 0, SEEK_END);
    const zip_int64_t to = zip_source_seek_compute_offset(static_cast<zip_uint64_t>(here),
                                                          static_cast<zip_uint64_t>(end), data, size, &error);
    if (to < 0) return -1;
    return ::lseek(out.descriptor(), to, SEEK_SET) < 0 ? fail(ZIP_ER_SEEK, errno) : 0;
  }

  zip_int64_t fail(int code, int system) {
    zip_error_set(&error, code, system);
    return -1;
  }

  Result<void> add(const std::string& name, zip_source_t* source, Method method) {
    const zip_int64_t added = source ? zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (added < 0) {
      zip_source_free(source);
      return Error{std::string("cannot be packed: ") + zip_strerror(archive), name};
    }
    const auto entry = static_cast<zip_uint64_t>(added);
    // Somebody waits for it at the end of each run: the fastest level is a third of the time for a fifth
    // more.
    constexpr zip_uint32_t kFastest = 1;
    if (method == Method::kStored) {
      zip_set_file_compression(archive, entry, ZIP_CM_STORE, 0);
    } else {
      zip_set_file_compression(archive, entry, ZIP_CM_DEFLATE, kFastest);
    }
    zip_file_set_dostime(archive, entry, 0, kFirstDay, 0);
    zip_file_set_external_attributes(archive, entry, 0, ZIP_OPSYS_UNIX, kMode);
    return {};
  }

  OutputFile& out;
  std::stop_token stop;
  std::optional<Error> failure;  ///< of writing, in our own words
  zip_error_t error;             ///< the same in libzip's
  zip_t* archive = nullptr;
};

ZipArchive::ZipArchive(OutputFile& out, std::stop_token stop)
    : state_(std::make_unique<State>(out, std::move(stop))) {}
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive::~ZipArchive() = default;

Result<void> ZipArchive::addText(const std::string& name, std::string_view text) {
  return state_->add(name, zip_source_buffer(state_->archive, text.data(), text.size(), 0),
                     Method::kDeflated);
}

Result<void> ZipArchive::addFile(const std::string& name, const std::string& path, Method method) {
  // Opened by libzip when it is needed, so that a thousand entries are no thousand descriptors. Here only: is
  // it there, and a file rather than a link?
  if (const auto file = InputFile::open(path, InputFile::Links::kRefuse); !file) return file.error();
  return state_->add(name, zip_source_file(state_->archive, path.c_str(), 0, -1), method);
}

Result<void> ZipArchive::addFile(const std::string& name, const OutputFile& file, Method method) {
  FileDescriptor copy(::fcntl(file.descriptor(), F_DUPFD_CLOEXEC, 0));
  std::FILE* stream = copy ? ::fdopen(copy.get(), "rb") : nullptr;
  if (!stream) return Error{"cannot be packed: " + systemErrorText(errno), name};
  copy.release();       // libzip closes it
  std::rewind(stream);  // the copy stands where the writing ended
  return state_->add(name, zip_source_filep(state_->archive, stream, 0, -1), method);
}

Result<void> ZipArchive::finish() {
  if (zip_close(state_->archive) == 0) {
    state_->archive = nullptr;
    return {};
  }
  if (state_->failure) return *state_->failure;
  return Error{std::string("the zip file cannot be made: ") + zip_strerror(state_->archive), ""};
}

}  // namespace pyrometer::bundle
