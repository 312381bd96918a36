#include "daemon/rpc/connection.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/support/system_error.h"

namespace pyrometer::rpc {
namespace {

constexpr std::size_t kMaxUnhandled = 64 << 20;

/// In bytes, what a message weighs in the queue beside its text.
constexpr std::size_t kTaskSize = 1000;

InFlight::Sender senderTo(const std::shared_ptr<OutputQueue>& output) {
  return {.result = [output](const RequestId& id,
                             const nlohmann::json& result) { output->send(resultText(id, result)); },
          .error = [output](const RequestId& id, ErrorCode code,
                            const std::string& message) { output->send(errorText(id, code, message)); }};
}

}  // namespace

Connection::Connection(int input, int output, TaskQueue& strand, Listener listener)
    : input_(input),
      strand_(strand),
      listener_(std::move(listener)),
      output_(std::make_shared<OutputQueue>(
          output, [this](const std::string& why) { close("the client does not read: " + why, true); })),
      in_flight_(std::make_shared<InFlight>(senderTo(output_))),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Connection::~Connection() { finish(0); }

void Connection::start() {
  reader_ = std::thread([this] { read(); });
}

void Connection::notify(std::string_view method, std::string_view params) {
  output_->send(notificationText(method, params));
}

void Connection::notifyLatest(const std::string& key, std::string_view method, std::string_view params) {
  output_->sendLatest(key, notificationText(method, params));
}

void Connection::request(std::string_view method, std::string_view params, OnAnswer on_answer) {
  std::int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = ++last_id_;
    asked_[id] = std::move(on_answer);
  }
  output_->send(requestText(id, method, params));
}

void Connection::finish(int milliseconds) {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = true;
  }
  less_waits_.notify_all();
  const std::uint64_t one = 1;
  static_cast<void>(::write(wake_.get(), &one, sizeof one));
  if (reader_.joinable()) reader_.join();
  in_flight_->stopAll();
  output_->finish(milliseconds);
}

void Connection::read() {
  std::string buffer(64 << 10, '\0');
  while (true) {
    pollfd ready[2] = {{input_, POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    if (::poll(ready, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return close("cannot read from the client: " + systemErrorText(errno), false);
    }
    if (ready[1].revents != 0) return;
    const ssize_t count = ::read(input_, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return close("cannot read from the client: " + systemErrorText(errno), false);
    if (count == 0) {
      return close(parser_.inMessage() ? "the client has closed its end in the middle of a message" : "",
                   false);
    }
    parser_.feed(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    while (std::optional<std::string> text = parser_.next()) take(*text);
    if (parser_.broken()) {
      output_->send(errorText({}, ErrorCode::kParseError, parser_.broken()->message));
      return close(parser_.broken()->message + "; where the next message begins cannot be known", false);
    }
    waitForStrand();
  }
}

void Connection::take(const std::string& text) {
  Message message = parseMessage(text);
  const std::size_t size = text.size() + kTaskSize;
  switch (message.kind) {
    case MessageKind::kRequest:
      return takeRequest(std::move(message), size);
    case MessageKind::kNotification:
      return takeNotification(std::move(message), size);
    case MessageKind::kResult:
    case MessageKind::kFailure:
      return takeAnswer(std::move(message));
    case MessageKind::kMalformed:
      output_->send(errorText(message.id, message.code, message.complaint));
  }
}

void Connection::takeRequest(Message message, std::size_t size) {
  const InFlight::Handle handle = in_flight_->add(*message.id);
  if (!handle) {
    output_->send(errorText(message.id, ErrorCode::kInvalidRequest,
                            "id: a request of this id has no answer yet; choose another"));
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    unhandled_ += size;
  }
  // A task must be copyable, and a reply is not.
  struct Parcel {
    Message message;
    ReplyOnce reply;
  };
  auto parcel = std::make_shared<Parcel>(Parcel{std::move(message), ReplyOnce(in_flight_, handle)});
  strand_.post([this, parcel, size] {
    dealtWith(size);
    listener_.request(parcel->message.method, *parcel->message.body, std::move(parcel->reply));
  });
}

void Connection::takeNotification(Message message, std::size_t size) {
  if (message.method == "$/cancelRequest") {
    const auto id = message.body->is_object() ? message.body->find("id") : message.body->end();
    if (id != message.body->end()) {
      if (const std::optional<RequestId> known = requestId(*id)) in_flight_->cancel(*known);
    }
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    unhandled_ += size;
  }
  auto parcel = std::make_shared<Message>(std::move(message));
  strand_.post([this, parcel, size] {
    dealtWith(size);
    listener_.notification(parcel->method, *parcel->body);
  });
}

void Connection::takeAnswer(Message message) {
  OnAnswer on_answer;
  {
    const std::lock_guard lock(mutex_);
    const auto asked = asked_.find(*message.id);
    if (asked != asked_.end()) {
      on_answer = std::move(asked->second);
      asked_.erase(asked);
    }
  }
  if (!on_answer) return listener_.log("an answer came to a question that was not asked");
  auto parcel = std::make_shared<Message>(std::move(message));
  strand_.post([parcel, on_answer = std::move(on_answer)] {
    parcel->kind == MessageKind::kResult
        ? on_answer(parcel->body->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace))
        : on_answer(Error{parcel->complaint, parcel->method});
  });
}

void Connection::waitForStrand() {
  std::unique_lock lock(mutex_);
  less_waits_.wait(lock, [&] { return unhandled_ <= kMaxUnhandled || finishing_; });
}

void Connection::dealtWith(std::size_t size) {
  {
    const std::lock_guard lock(mutex_);
    unhandled_ -= size;
  }
  less_waits_.notify_all();
}

void Connection::close(const std::string& why, bool at_once) {
  if (at_once) in_flight_->stopAll();
  const auto tell = [this, why] {
    if (!std::exchange(closed_, true)) listener_.closed(why);
  };
  at_once ? strand_.postFirst(tell) : strand_.post(tell);
}

}  // namespace pyrometer::rpc
