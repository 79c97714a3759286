// docs/access.md names for each action every request that the rules are asked about.
#include <boost/test/unit_test.hpp>
#include <sstream>

#include "api/routes.hpp"
#include "files.hpp"

namespace access_document_test {

using namespace credcached;
using credcached::testing::read_text;

BOOST_AUTO_TEST_SUITE(document_of_access)

BOOST_AUTO_TEST_CASE(every_request_stands_in_the_row_of_its_action) {
  std::vector<std::string> rows(config::action_names.size());
  std::istringstream document(read_text(SOURCE_FOLDER "/docs/access.md"));
  for (std::string line; std::getline(document, line);) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (line.starts_with("| `" + std::string(config::action_names[i]) + "` |")) rows[i] = line;
  }
  for (const api::route& route : api::routes()) {
    const std::string request =
        "`" + std::string(boost::beast::http::to_string(route.method)) + " " + std::string(route.path) + "`";
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool expected = route.asks_rules() && static_cast<std::size_t>(route.access) == i;
      BOOST_TEST((rows[i].find(request) != std::string::npos) == expected, request << " in " << rows[i]);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace access_document_test
