// Every example in protocol/examples is read into the type of its method and written again: the same must
// come out.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "protocol/json.h"
#include "protocol/messages.h"

namespace pyrometer::protocol {
namespace {

using Json = nlohmann::json;

template <class T>
void expectSame(const Json& json, const char* root) {
  const auto value = fromJson<T>(json, root);
  ASSERT_TRUE(value.ok()) << value.error().text();
  EXPECT_EQ(toJson(value.value()), json);
}

/// What to do with an example, by method.
class Methods {
 public:
  Methods() {
    requests<RunRequest, AttachRequest, DoctorRequest, StopRequest, InputRequest, OpenRequest, CloseRequest,
             ProfilesRequest, SelectRequest, LineHeatRequest, FunctionsRequest, CallTreeRequest, FlameRequest,
             TimelineRequest, ExportRequest, InitializeRequest, InlayHintRequest, HoverRequest,
             CodeLensRequest, PrepareCallHierarchyRequest, IncomingCallsRequest, OutgoingCallsRequest,
             CodeActionRequest, ExecuteCommandRequest, ConfigurationRequest, RegisterCapabilityRequest,
             WorkDoneProgressCreateRequest>();
    notifications<OutputNotification, ProfileChangedNotification, DidOpenNotification, DidChangeNotification,
                  DidCloseNotification, DidSaveNotification, DidChangeConfigurationNotification,
                  DidChangeWorkspaceFoldersNotification, WorkDoneProgressCancelNotification,
                  ProgressNotification, CancelRequestNotification, ShowMessageNotification>();
  }

  void check(const Json& example) const {
    const auto found = checks_.find(example["method"].get<std::string>());
    ASSERT_NE(found, checks_.end()) << "no type for it is named in this test";
    for (const Json& given : example["cases"]) found->second(given);
  }

 private:
  template <class... All>
  void requests() {
    ((checks_[All::kMethod] =
          [](const Json& given) {
            expectSame<typename All::Params>(given.value("params", Json::object()), "params");
            expectSame<typename All::Result>(given.at("result"), "result");
          }),
     ...);
  }

  template <class... All>
  void notifications() {
    ((checks_[All::kMethod] =
          [](const Json& given) { expectSame<typename All::Params>(given.at("params"), "params"); }),
     ...);
  }

  std::map<std::string, std::function<void(const Json&)>> checks_;
};

TEST(Examples, ReadAndWrittenAreTheSame) {
  const Methods methods;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PROTOCOL_EXAMPLES)) {
    SCOPED_TRACE(entry.path().filename().string());
    std::ifstream file(entry.path());
    const Json example = Json::parse(file, nullptr, false);
    ASSERT_TRUE(example.is_object());
    methods.check(example);
    ++count;
  }
  EXPECT_GE(count, 36);
}

}  // namespace
}  // namespace pyrometer::protocol
