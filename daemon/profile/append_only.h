#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace pyrometer {

/// A read-only view of the first `size()` elements of an AppendOnly column: what a snapshot holds. Copying it
/// is two words and a reference count; any number of threads may read while the writer goes on appending.
template <class T>
class ColumnView;

/// A growing column in chunks that never move. One writer; what is below a published length is never written
/// again, so a snapshot is a pointer and a length and costs the same for ten samples as for ten million.
///
///   directory -> [chunk 0][chunk 1][chunk 2] ...     each kChunk elements
///
/// When the directory is full a larger one takes its place; old snapshots keep the old one, whose entries
/// stay true.
template <class T>
class AppendOnly {
 public:
  static constexpr std::size_t kChunkBits = 12;
  static constexpr std::size_t kChunk = std::size_t{1} << kChunkBits;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void push_back(T value) {
    if ((size_ & (kChunk - 1)) == 0) addChunk();
    last_chunk_[size_ & (kChunk - 1)] = std::move(value);
    ++size_;
  }

  /// Puts another value in a row that snapshots may already show: they keep the old one. Copies the chunk, so
  /// this is for what changes seldom (a thread's name).
  void replace(std::size_t i, T value) {
    assert(i < size_);
    const std::size_t c = i >> kChunkBits;
    auto directory = std::make_shared<Directory>(directory_->capacity);
    for (std::size_t k = 0; k < chunkCount(); ++k) directory->chunks[k] = directory_->chunks[k];
    auto chunk = std::make_shared_for_overwrite<T[]>(kChunk);
    const std::size_t used = std::min(kChunk, size_ - (c << kChunkBits));
    std::copy_n(directory_->chunks[c].get(), used, chunk.get());
    chunk[i & (kChunk - 1)] = std::move(value);
    directory->chunks[c] = std::move(chunk);
    directory_ = std::move(directory);
    last_chunk_ = directory_->chunks[chunkCount() - 1].get();
  }

  const T& operator[](std::size_t i) const {
    assert(i < size_);
    return directory_->chunks[i >> kChunkBits].get()[i & (kChunk - 1)];
  }
  const T& back() const { return (*this)[size_ - 1]; }

  /// Thread: the writer's. The view may then go to any thread.
  ColumnView<T> view() const { return ColumnView<T>(directory_, size_); }

 private:
  friend class ColumnView<T>;
  struct Directory {
    explicit Directory(std::size_t n) : capacity(n), chunks(new std::shared_ptr<T[]>[n]) {}
    std::size_t capacity;
    std::unique_ptr<std::shared_ptr<T[]>[]> chunks;
  };

  std::size_t chunkCount() const { return (size_ + kChunk - 1) >> kChunkBits; }

  void addChunk() {
    const std::size_t used = size_ >> kChunkBits;
    if (!directory_ || used == directory_->capacity) {
      auto larger = std::make_shared<Directory>(used == 0 ? 4 : used * 2);
      for (std::size_t i = 0; i < used; ++i) larger->chunks[i] = directory_->chunks[i];
      directory_ = std::move(larger);
    }
    directory_->chunks[used] = std::make_shared_for_overwrite<T[]>(kChunk);
    last_chunk_ = directory_->chunks[used].get();
  }

  std::shared_ptr<Directory> directory_;
  T* last_chunk_ = nullptr;
  std::size_t size_ = 0;
};

template <class T>
class ColumnView {
 public:
  ColumnView() = default;
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](std::size_t i) const {
    assert(i < size_);
    return directory_->chunks[i >> AppendOnly<T>::kChunkBits].get()[i & (AppendOnly<T>::kChunk - 1)];
  }

  /// For loops over everything: whole chunks as spans, in order.
  std::size_t chunkCount() const { return (size_ + AppendOnly<T>::kChunk - 1) >> AppendOnly<T>::kChunkBits; }
  std::span<const T> chunk(std::size_t c) const {
    const std::size_t begin = c << AppendOnly<T>::kChunkBits;
    return {directory_->chunks[c].get(), std::min(AppendOnly<T>::kChunk, size_ - begin)};
  }
  /// Memory behind the view, the unused end of the last chunk included.
  std::size_t bytes() const { return chunkCount() * AppendOnly<T>::kChunk * sizeof(T); }

 private:
  friend class AppendOnly<T>;
  using Directory = typename AppendOnly<T>::Directory;
  ColumnView(std::shared_ptr<const Directory> directory, std::size_t size)
      : directory_(std::move(directory)), size_(size) {}
  std::shared_ptr<const Directory> directory_;
  std::size_t size_ = 0;
};

}  // namespace pyrometer
