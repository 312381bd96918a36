#include "tests/unit/sampler/decoded_stream.h"

#include "sampler/sample_stream.h"

namespace pyrometer::test {

namespace {

struct Bad {};

class Bytes {
 public:
  explicit Bytes(const std::string& text) : text_(text) {}
  bool done() const { return at_ == text_.size(); }
  std::size_t at() const { return at_; }
  std::uint8_t byte() {
    if (done()) throw Bad();
    return static_cast<std::uint8_t>(text_[at_++]);
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= std::uint64_t{next & 0x7fu} << shift;
      if (next < 0x80) return value;
    }
    throw Bad();
  }
  std::string take(std::uint64_t size) {
    if (size > text_.size() - at_) throw Bad();
    at_ += size;
    return text_.substr(at_ - size, size);
  }
  std::string text() {
    const std::uint8_t width = byte();
    const std::uint64_t length = varint();
    std::string utf8;
    if (width == 0) return utf8;
    for (std::uint64_t i = 0; i < length; ++i) {
      std::uint32_t c = 0;
      for (int b = 0; b < width; ++b) c |= std::uint32_t{byte()} << (8 * b);
      if (c < 0x80) {
        utf8 += static_cast<char>(c);
      } else if (c < 0x800) {
        utf8 += static_cast<char>(0xc0 | (c >> 6));
        utf8 += static_cast<char>(0x80 | (c & 0x3f));
      } else if (c < 0x10000) {
        utf8 += static_cast<char>(0xe0 | (c >> 12));
        utf8 += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
        utf8 += static_cast<char>(0x80 | (c & 0x3f));
      } else {
        utf8 += static_cast<char>(0xf0 | (c >> 18));
        utf8 += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
        utf8 += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
        utf8 += static_cast<char>(0x80 | (c & 0x3f));
      }
    }
    return utf8;
  }

 private:
  const std::string& text_;
  std::size_t at_ = 0;
};

DecodedSample decodeSample(Bytes& in, const DecodedSample* last) {
  DecodedSample sample;
  sample.wall = in.varint() + (last != nullptr ? last->wall : 0);
  sample.cpu = in.varint() + (last != nullptr ? last->cpu : 0);
  sample.flags = in.byte();
  if ((sample.flags & stream::kElided) != 0) sample.elided = in.varint();
  const std::uint64_t keep = in.varint();
  sample.fresh = in.varint();
  if (keep > (last != nullptr ? last->frames.size() : 0)) throw Bad();
  if (keep + sample.fresh > stream::kMaxFrames) throw Bad();
  for (std::uint64_t i = 0; i < sample.fresh; ++i) {
    const std::uint64_t v = in.varint();
    DecodedFrame frame;
    if ((v & 1) != 0) {
      frame.native = v >> 1;
    } else {
      frame.code = static_cast<std::uint32_t>(v >> 1);
      frame.position = in.varint();
    }
    sample.frames.push_back(frame);
  }
  if (last != nullptr) {
    sample.frames.insert(sample.frames.end(), last->frames.end() - static_cast<std::ptrdiff_t>(keep),
                         last->frames.end());
  }
  return sample;
}

}  // namespace

bool DecodedStream::feed(int thread, const std::string& records) {
  Bytes in(records);
  try {
    while (!in.done()) {
      switch (static_cast<stream::Record>(in.byte())) {
        case stream::Record::kSample: {
          std::vector<DecodedSample>& mine = samples[thread];
          mine.push_back(decodeSample(in, mine.empty() ? nullptr : &mine.back()));
          break;
        }
        case stream::Record::kCode: {
          DecodedCode& code = codes[static_cast<std::uint32_t>(in.varint())];
          code = {};
          code.address = in.varint();
          code.first_line = in.varint();
          code.flags = in.byte();
          code.name = in.text();
          code.qualname = in.text();
          code.filename = in.text();
          code.table_size = in.varint();
          code.table = in.take(in.varint());
          break;
        }
        case stream::Record::kLineTable: {
          DecodedCode& code = codes[static_cast<std::uint32_t>(in.varint())];
          if (in.varint() != code.table.size()) throw Bad();
          code.table += in.take(in.varint());
          break;
        }
        case stream::Record::kThreadName:
          names[thread] = in.text();
          break;
        case stream::Record::kTask:
          tasks[thread].push_back(in.text());
          break;
        default:
          throw Bad();
      }
    }
  } catch (const Bad&) {
    error = "damaged near byte " + std::to_string(in.at()) + " of " + std::to_string(records.size());
    return false;
  }
  return true;
}

const std::string& DecodedStream::nameOf(const DecodedFrame& frame) const {
  static const std::string kUnknown = "?";
  const auto found = codes.find(frame.code);
  return found == codes.end() ? kUnknown : found->second.name;
}

std::string DecodedStream::stackText(const DecodedSample& sample) const {
  std::string text;
  for (const DecodedFrame& frame : sample.frames) text += (text.empty() ? "" : ";") + nameOf(frame);
  return text;
}

}  // namespace pyrometer::test
