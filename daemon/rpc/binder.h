#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

#include "daemon/rpc/reply_once.h"
#include "daemon/rpc/task_queue.h"
#include "daemon/support/result.h"

namespace pyrometer::rpc {

/// Does `work`, which answers; an exception (ours to mend) becomes an InternalError.
void answerGuarded(ReplyOnce& reply, const std::function<void()>& work);

/// What a handler gives whose work was ended by the button of its progress: answered RequestCancelled too.
inline Error cancelledByUser() { return {"cancelled", "the user"}; }

/// The table of methods, typed: a request type carries its method's name and the types of its parameters and
/// its result. `Wire` is what makes JSON of them and them of JSON:
///
///     template <class T> static Result<T> read(const nlohmann::json&);  // Error: where is the field's path
///     template <class T> static nlohmann::json write(const T&);
///
/// Filled once, before the first message; the handlers must outlive it.
template <class Wire>
class Binder {
 public:
  explicit Binder(Pool& pool) : pool_(pool) {}

  template <class Request, class Handlers>
  using Handler = Result<typename Request::Result> (Handlers::*)(const typename Request::Params&,
                                                                 std::stop_token);

  /// A question, answered on the strand.
  template <class Request, class Handlers>
  void on(Handlers& handlers, Handler<Request, Handlers> handler) {
    requests_[Request::kMethod] = prepare<Request>(handlers, handler, false);
  }

  /// Something that is done, on the strand: cancelled too late it is answered all the same.
  template <class Request, class Handlers>
  void onAct(Handlers& handlers, Handler<Request, Handlers> handler) {
    requests_[Request::kMethod] = prepare<Request>(handlers, handler, true);
  }

  /// A question that may take long. `handler` runs on the strand and returns the work, which has all that it
  /// needs and runs on the pool.
  template <class Request, class Handlers>
  void onPool(Handlers& handlers, Result<std::function<Result<typename Request::Result>()>> (
                                      Handlers::*handler)(const typename Request::Params&, std::stop_token)) {
    requests_[Request::kMethod] = [this, &handlers, handler](const nlohmann::json& json, ReplyOnce reply) {
      const auto params = Wire::template read<typename Request::Params>(json);
      if (!params.ok()) return reply.fail(ErrorCode::kInvalidParams, params.error().text());
      auto work = (handlers.*handler)(*params, reply.stopToken());
      if (!work.ok()) return reply.fail(ErrorCode::kRequestFailed, work.error().text());
      auto shared = std::make_shared<ReplyOnce>(std::move(reply));
      pool_.post([shared, work = std::move(*work)] {
        if (shared->start()) answerGuarded(*shared, [&] { give(*shared, false, work()); });
      });
    };
  }

  /// Something that is done in steps: `handler` runs on the strand and sees to it that `answer` is called,
  /// from any thread. If it is forgotten the client is told so. Cancelled too late it is answered all the
  /// same.
  template <class Request>
  using Answer = std::function<void(const Result<typename Request::Result>&)>;
  template <class Request, class Handlers>
  void onSteps(Handlers& handlers, void (Handlers::*handler)(const typename Request::Params&, std::stop_token,
                                                             Answer<Request> answer)) {
    requests_[Request::kMethod] = [&handlers, handler](const nlohmann::json& json, ReplyOnce reply) {
      if (!reply.start()) return;
      const auto params = Wire::template read<typename Request::Params>(json);
      if (!params.ok()) return reply.fail(ErrorCode::kInvalidParams, params.error().text());
      auto shared = std::make_shared<ReplyOnce>(std::move(reply));
      answerGuarded(*shared, [&] {
        (handlers.*handler)(*params, shared->stopToken(),
                            [shared](const auto& result) { give(*shared, true, result); });
      });
    };
  }

  /// What is wrong with a notification can only be logged.
  template <class Notification, class Handlers>
  void onNotification(Handlers& handlers, void (Handlers::*handler)(const typename Notification::Params&)) {
    notifications_[Notification::kMethod] = [&handlers, handler](const nlohmann::json& json) {
      const auto params = Wire::template read<typename Notification::Params>(json);
      if (!params.ok()) return Result<void>(params.error());
      (handlers.*handler)(*params);
      return Result<void>();
    };
  }

  bool knows(const std::string& method) const { return requests_.contains(method); }

  void request(const std::string& method, const nlohmann::json& params, ReplyOnce reply) const {
    const auto found = requests_.find(method);
    if (found == requests_.end()) {
      return reply.fail(ErrorCode::kMethodNotFound, "there is no method '" + method + "'");
    }
    found->second(params, std::move(reply));
  }

  /// Unknown notifications are nothing to talk about.
  Result<void> notification(const std::string& method, const nlohmann::json& params) const {
    const auto found = notifications_.find(method);
    return found == notifications_.end() ? Result<void>() : found->second(params);
  }

 private:
  /// A failure is answered RequestFailed with its words, a cancelled request RequestCancelled.
  /// `keeps_answer`: what was done is told all the same.
  template <class T>
  static void give(ReplyOnce& reply, bool keeps_answer, const Result<T>& result) {
    const bool wanted_no_more = !result.ok() && result.error().where == cancelledByUser().where;
    if (wanted_no_more || (reply.stopToken().stop_requested() && !(keeps_answer && result.ok()))) {
      reply.fail(ErrorCode::kRequestCancelled, "cancelled");
    } else if (result.ok()) {
      reply.answer(Wire::template write<T>(*result));
    } else {
      reply.fail(ErrorCode::kRequestFailed, result.error().text());
    }
  }

  template <class Request, class Handlers>
  static auto prepare(Handlers& handlers, Handler<Request, Handlers> handler, bool keeps_answer) {
    return [&handlers, handler, keeps_answer](const nlohmann::json& json, ReplyOnce reply) {
      if (!reply.start()) return;
      const auto params = Wire::template read<typename Request::Params>(json);
      if (!params.ok()) return reply.fail(ErrorCode::kInvalidParams, params.error().text());
      answerGuarded(reply,
                    [&] { give(reply, keeps_answer, (handlers.*handler)(*params, reply.stopToken())); });
    };
  }

  Pool& pool_;
  std::map<std::string, std::function<void(const nlohmann::json&, ReplyOnce)>> requests_;
  std::map<std::string, std::function<Result<void>(const nlohmann::json&)>> notifications_;
};

}  // namespace pyrometer::rpc
