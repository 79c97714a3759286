// argv → verb → exit code.
#include <variant>

#include "cli/command_line.hpp"
#include "cli/failure.hpp"

int main(int argc, char** argv) {
  using namespace credcached;
  try {
    const auto parsed = cli::parse_command_line(argc, argv);
    if (const auto* finished = std::get_if<cli::finished>(&parsed)) return finished->code;
    return std::visit([](const auto& options) { return cli::run(options); }, std::get<cli::verb>(parsed));
  } catch (...) {
    return cli::report_failure();
  }
}
