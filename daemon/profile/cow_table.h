#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace pyrometer {

/// What a snapshot sees of a CowTable: the rows as they were. Rows never written read as T{}.
template <class T>
class CowView;

/// Rows that go on changing while snapshots keep what they saw: counters. Pages of 4 KiB, copied on the first
/// write after a snapshot; the list of pages likewise. So view() costs two words, and a snapshot in all costs
/// the pages that are touched after it. One writer; views go to any thread.
template <class T>
class CowTable {
 public:
  static constexpr std::size_t kPage = std::bit_floor(std::size_t{4096} / sizeof(T));
  static constexpr std::size_t kPageBits = std::bit_width(kPage) - 1;

  /// The row, to be written now: the reference is good until the next call of anything here.
  T& at(std::size_t i) {
    const std::size_t p = i >> kPageBits;
    if (p >= owned_.size() || owned_[p].epoch != epoch_) own(p);
    return owned_[p].rows[i & (kPage - 1)];
  }

  CowView<T> view() {
    ++epoch_;
    return CowView<T>(directory_);
  }

 private:
  friend class CowView<T>;
  struct Page {
    T rows[kPage] = {};
  };
  struct Directory {
    std::vector<std::shared_ptr<Page>> pages;
  };

  void own(std::size_t p) {
    if (!directory_) {
      directory_ = std::make_shared<Directory>();
    } else if (directory_epoch_ != epoch_) {
      directory_ = std::make_shared<Directory>(*directory_);
    }
    directory_epoch_ = epoch_;
    if (p >= owned_.size()) {
      owned_.resize(p + 1);
      directory_->pages.resize(p + 1);
    }
    auto& page = directory_->pages[p];
    page = page ? std::make_shared<Page>(*page) : std::make_shared<Page>();
    owned_[p] = {page->rows, epoch_};
  }

  std::shared_ptr<Directory> directory_;
  /// A page, and the epoch in which it became ours alone.
  struct Owned {
    T* rows = nullptr;
    std::uint64_t epoch = 0;
  };
  std::vector<Owned> owned_;
  std::uint64_t directory_epoch_ = 0;
  std::uint64_t epoch_ = 1;  ///< counts views
};

template <class T>
class CowView {
 public:
  CowView() = default;
  T operator[](std::size_t i) const {
    const std::size_t p = i >> CowTable<T>::kPageBits;
    if (!directory_ || p >= directory_->pages.size() || !directory_->pages[p]) return T{};
    return directory_->pages[p]->rows[i & (CowTable<T>::kPage - 1)];
  }

 private:
  friend class CowTable<T>;
  using Directory = typename CowTable<T>::Directory;
  explicit CowView(std::shared_ptr<const Directory> directory) : directory_(std::move(directory)) {}
  std::shared_ptr<const Directory> directory_;
};

}  // namespace pyrometer
