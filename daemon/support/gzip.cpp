#include "daemon/support/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>
#include <vector>

namespace pyrometer {

struct GzipInflater::State {
  z_stream zlib = {};
  bool at_member_start = true;  ///< nothing of the next member has been seen
  bool any_member = false;      ///< one has come to its end
  bool ignore_rest = false;
  std::string damage;
  std::vector<std::byte> window = std::vector<std::byte>(256 * 1024);
};

bool looksLikeGzip(std::span<const std::byte> head) {
  return head.size() >= 3 && head[0] == std::byte{0x1f} && head[1] == std::byte{0x8b} &&
         head[2] == std::byte{8};
}

GzipInflater::GzipInflater() : state_(std::make_unique<State>()) {
  constexpr int kGzipOnly = 16;
  if (inflateInit2(&state_->zlib, MAX_WBITS + kGzipOnly) != Z_OK) throw std::bad_alloc();
}

GzipInflater::~GzipInflater() { inflateEnd(&state_->zlib); }

Result<void> GzipInflater::feed(std::span<const std::byte> bytes, const Sink& sink) {
  State& state = *state_;
  while (!bytes.empty() && !state.ignore_rest) {
    if (state.at_member_start && state.any_member && bytes.front() != std::byte{0x1f}) {
      state.ignore_rest = true;  // padding behind the last member, as tape archives have it
      break;
    }
    state.at_member_start = false;
    const auto piece = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    state.zlib.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    state.zlib.avail_in = static_cast<uInt>(piece);
    int status = Z_OK;
    do {
      state.zlib.next_out = reinterpret_cast<Bytef*>(state.window.data());
      state.zlib.avail_out = static_cast<uInt>(state.window.size());
      status = inflate(&state.zlib, Z_NO_FLUSH);
      const std::size_t made = state.window.size() - state.zlib.avail_out;
      if (made > 0) {
        if (auto taken = sink(std::span(state.window).first(made)); !taken) return taken;
      }
    } while (status == Z_OK && (state.zlib.avail_in > 0 || state.zlib.avail_out == 0));
    bytes = bytes.subspan(piece - state.zlib.avail_in);
    if (status == Z_STREAM_END) {
      state.any_member = state.at_member_start = true;
      inflateReset(&state.zlib);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      state.damage = "the compressed data is damaged";
      if (state.zlib.msg) state.damage += std::string(" (") + state.zlib.msg + ")";
      state.ignore_rest = true;
    }
  }
  return {};
}

std::optional<std::string> GzipInflater::problem() const {
  if (!state_->damage.empty()) return state_->damage;
  if (!state_->at_member_start) return "the compressed data is cut: its end is missing";
  return std::nullopt;
}

}  // namespace pyrometer
