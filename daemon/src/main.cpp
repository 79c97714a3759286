// argv → verb → exit code.
#include <cstdio>
#include <exception>
#include <variant>

#include "cli/command_line.hpp"
#include "cli/exit_code.hpp"
#include "cli/output.hpp"
#include "client/http_client.hpp"
#include "config/config_error.hpp"

int main(int argc, char** argv) {
  using namespace credcached;
  try {
    const auto parsed = cli::parse_command_line(argc, argv);
    if (const auto* finished = std::get_if<cli::finished>(&parsed)) return finished->code;
    return std::visit([](const auto& options) { return cli::run(options); }, std::get<cli::verb>(parsed));
  } catch (const client::unreachable& e) {
    cli::print_error(e.what());
    return cli::not_reachable;
  } catch (const cli::usage_error& e) {
    cli::print_error(e.what());
    return cli::wrong_usage;
  } catch (const config::config_error& e) {
    cli::print_error(e.what());
    return cli::wrong_usage;
  } catch (const std::exception& e) {
    cli::print_error(e.what());
    return cli::refused;
  }
}
