#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "daemon/importers/importer.h"
#include "daemon/importers/vmprof/raw_profile.h"

namespace pyrometer::vmprof {

/// Reads the records of a file that may hold several profiles one behind the other, and keeps those of the
/// one wanted. Names of earlier ones are kept too: a second profile of the same process does not repeat them
/// all.
class VmprofReader : public Reader {
 public:
  VmprofReader(ProfileBuilder& target, const ImportOptions& options)
      : target_(target), wanted_(options.part), cancelled_(options.stop) {}

  Result<void> feed(std::span<const std::byte> bytes) override;
  Result<void> finish() override;

 private:
  /// What became of the bytes at hand.
  enum class Step {
    kTaken,  ///< a record was read
    kShort,  ///< more bytes are needed
    kStop,   ///< nothing behind here can be read
  };

  Result<void> readRecords();
  Result<Step> readRecord(std::span<const std::byte> bytes, std::size_t& used);
  Step readFixedHeader(std::span<const std::byte> bytes, std::size_t& used);
  Result<Step> readHeader(std::span<const std::byte> bytes, std::size_t& used);
  void setLayout();
  Step readSample(std::span<const std::byte> bytes, std::size_t& used);
  void decideOnTheFork(std::span<const std::byte> bytes);
  Step readObjects(std::span<const std::byte> bytes, std::size_t& used);
  Step readName(std::span<const std::byte> bytes, std::size_t& used);
  Step readMeta(std::span<const std::byte> bytes, std::size_t& used);
  void takeMeta(std::string key, std::string value);
  Step readTime(std::span<const std::byte> bytes, std::size_t& used);
  /// A string: its length as a word, then its bytes. `at` moves behind it.
  Step readString(std::span<const std::byte> bytes, std::size_t& at, std::string_view& into);
  /// Version 0: what follows the trailer is text.
  void readMaps(std::span<const std::byte> bytes);
  bool memoryIsHidden(std::span<const std::byte> bytes, std::size_t sample_size) const;
  Step damaged(std::string what);
  bool isWanted() const { return part_ == wanted_; }
  void describeRun();

  ProfileBuilder& target_;
  int wanted_;
  std::stop_token cancelled_;
  int part_ = -1;        ///< the profile at hand; -1: none yet
  bool between_ = true;  ///< before a fixed header: at the beginning, or behind a trailer
  bool header_seen_ = false;
  bool any_sample_ = false;  ///< in the profile at hand
  bool stopped_ = false;
  bool in_maps_ = false;
  bool fork_decided_ = false;       ///< which version 7 it is
  std::uint64_t object_lists_ = 0;  ///< in the wanted profile
  std::vector<std::byte> buffer_;
  std::uint64_t offset_ = 0;  ///< of the buffer's first byte in the file
  std::uint64_t record_offset_ = 0;

  Layout layout_;
  std::uint8_t flags_ = 0;
  std::uint16_t version_ = 0;
  std::uint64_t period_us_ = 0;
  bool pypy_ = false;
  Names names_;
  RawProfile raw_;
  bool finished_ = false;  ///< the wanted profile has its trailer
  std::uint16_t wanted_version_ = 0;
  std::uint8_t wanted_flags_ = 0;
};

}  // namespace pyrometer::vmprof
