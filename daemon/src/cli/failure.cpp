#include "cli/failure.hpp"

#include <exception>

#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "client/http_client.hpp"
#include "config/config_error.hpp"

namespace credcached::cli {

int report_failure() {
  try {
    throw;
  } catch (const client::unreachable& e) {
    print_error(e.what());
    return not_reachable;
  } catch (const usage_error& e) {
    print_error(e.what());
    return wrong_usage;
  } catch (const config::config_error& e) {
    print_error(e.what());
    return wrong_usage;
  } catch (const std::exception& e) {
    print_error(e.what());
    return refused;
  }
}

}  // namespace credcached::cli
