#include "daemon/rpc/binder.h"

#include <exception>
#include <new>

namespace pyrometer::rpc {

void answerGuarded(ReplyOnce& reply, const std::function<void()>& work) {
  try {
    work();
  } catch (const std::bad_alloc&) {
    reply.fail(ErrorCode::kInternalError, "internal error: out of memory");
  } catch (const std::exception& error) {
    reply.fail(ErrorCode::kInternalError, std::string("internal error: ") + error.what());
  }
}

}  // namespace pyrometer::rpc
