// A reload whose memory ends half way, at whichever allocation: everything stays as it was, and the next reload works.
#include "server/reloader.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <cstdlib>
#include <optional>

#include "connection_scene.hpp"
#include "files.hpp"

namespace reloader_test {

using namespace credcached;
using namespace credcached::testing;
using credcache::testing::failing_allocation;

namespace {

constexpr const char* newly_named = "B_SECRET";  // a variable of Beta, which only the new definitions know

struct reload_fixture : connection_scene {
  temporary_folder folder;
  bool memory_ended = false;

  reload_fixture() {
    ::setenv(newly_named, "in the environment", 1);
    std::filesystem::create_directory(folder / "providers.d");
    write_text(folder / "providers.d/beta.yaml", credcache::testing::beta);
    settings.providers = folder / "providers.d";
    settings.audit.to = folder / "audit";
  }
  ~reload_fixture() { ::unsetenv(newly_named); }

  [[nodiscard]] std::shared_ptr<const api::snapshot> in_force() const { return make_configuration()->configured; }

  /// Reloads with the `nth` allocation of the reading failing.
  server::reloader::result reload(std::size_t nth) {
    std::optional<server::reloader::result> result;
    context.restart();
    const auto work = boost::asio::make_work_guard(context);
    server::reloader reloader(
        context,
        [&](const std::shared_ptr<const api::snapshot>& previous) {
          const failing_allocation failing(nth);
          try {
            server::prepared_snapshot prepared{server::read_snapshot(settings, *previous), {}};
            prepared.configurations.push_back(
                api::worker_configuration_ptr(new api::worker_configuration(prepared.reading.snapshot, state->cache)));
            memory_ended = failing.happened();
            return prepared;
          } catch (...) {
            memory_ended = failing.happened();
            throw;
          }
        },
        [&](server::reloader::result outcome) {
          result = std::move(outcome);
          context.stop();
        });
    reloader.start(in_force());
    context.run_for(std::chrono::seconds(30));
    BOOST_TEST_REQUIRE(result.has_value());
    return std::move(*result);
  }
  [[nodiscard]] bool knows(std::string_view csp) {
    return ask(request_text("GET", "/v1/explain?csp=" + std::string(csp))).starts_with("HTTP/1.1 200 ");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reloader, reload_fixture)

BOOST_AUTO_TEST_CASE(memory_that_ends_half_way_changes_nothing) {
  std::size_t failures = 0;
  for (std::size_t nth = 1;; ++nth) {
    auto result = reload(nth);
    if (auto* const prepared = std::get_if<server::prepared_snapshot>(&result)) {
      // Some code makes do without the memory it asked for; the snapshot is whole then.
      BOOST_TEST((prepared->reading.snapshot->catalog->find_csp("Beta") != nullptr));
      BOOST_TEST(prepared->configurations.size() == 1U);
      if (memory_ended) continue;
      pipeline->publish(std::move(prepared->configurations.front()));
      break;
    }
    ++failures;
    BOOST_TEST_CONTEXT("allocation " << nth) {
      BOOST_TEST(memory_ended);
      BOOST_CHECK_THROW(std::rethrow_exception(std::get<std::exception_ptr>(result)), std::exception);
      BOOST_TEST(std::string_view(std::getenv(newly_named)) == "in the environment");
      BOOST_TEST(knows("Alpha"));
      BOOST_TEST(!knows("Beta"));
    }
  }
  BOOST_TEST(failures > 100U);
  BOOST_TEST(knows("Beta"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace reloader_test
