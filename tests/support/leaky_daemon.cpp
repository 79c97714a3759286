// The control of the memory scan: the real daemon, but what adds credentials keeps a copy of one request body.
#include <string>
#include <vector>

#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "serve_routes.hpp"

namespace {

using namespace credcached;

void add_and_keep_a_copy(api::request_context& context) {
  static const auto* const copy = new std::string(context.request.body);
  static_cast<void>(copy);
  api::add_credential(context);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<api::route> table(api::routes().begin(), api::routes().end());
  for (api::route& route : table) {
    if (route.handle.immediate == api::add_credential) route.handle = add_and_keep_a_copy;
  }
  return testing::serve_routes(argc, argv, table);
}
