// The real daemon, and the handlers that wait.
#include "serve_routes.hpp"
#include "waiting_routes.hpp"

int main(int argc, char** argv) {
  return credcached::testing::serve_routes(argc, argv, credcached::testing::waiting_routes());
}
