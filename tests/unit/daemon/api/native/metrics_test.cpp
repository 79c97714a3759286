// docs/metrics.md lists what GET /metrics answers: every name with its type and labels, and no other.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <sstream>

#include "api_scene.hpp"
#include "cache/entry_store.hpp"
#include "files.hpp"
#include "http/connection_pool.hpp"

using namespace credcached;
using namespace credcached::testing;

namespace {

struct metric {
  std::string type;
  std::set<std::string> labels;
  bool operator==(const metric&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const metric& m) {
    out << m.type;
    for (const auto& label : m.labels) out << " " << label;
    return out;
  }
};
using metrics_by_name = std::map<std::string, metric>;

/// The texts between backquotes.
std::vector<std::string> quoted_names(std::string_view text) {
  std::vector<std::string> names;
  for (auto open = text.find('`'); open != text.npos; open = text.find('`', open + 1)) {
    const auto close = text.find('`', open + 1);
    names.emplace_back(text.substr(open + 1, close - open - 1));
    open = close;
  }
  return names;
}

/// Rows of "| `name` | type | labels | meaning |".
metrics_by_name read_documented(const std::string& text) {
  metrics_by_name found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `credcached_") || std::count(line.begin(), line.end(), '|') != 5) continue;
    std::vector<std::string> cells;
    std::istringstream row(line.substr(1));
    for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
    const auto labels = quoted_names(cells[2]);
    found[quoted_names(cells[0]).front()] = {cells[1].substr(1, cells[1].size() - 2), {labels.begin(), labels.end()}};
  }
  return found;
}

/// "# TYPE name type", then "name{label="value",…} number".
metrics_by_name read_answered(const std::string& text) {
  metrics_by_name found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string hash, kind, name, type;
    if (line.starts_with("# TYPE ") && words >> hash >> kind >> name >> type) found[name].type = type;
    if (line.starts_with("#") || line.find('{') == line.npos) continue;
    const std::string labels = line.substr(line.find('{') + 1, line.find('}') - line.find('{') - 1);
    for (std::size_t begin = 0; begin < labels.size(); begin = std::min(labels.find(',', begin), labels.size()) + 1)
      found[line.substr(0, line.find('{'))].labels.insert(labels.substr(begin, labels.find('=', begin) - begin));
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_document)

BOOST_AUTO_TEST_CASE(every_metric_is_documented_and_nothing_else) {
  api_scene scene;
  const auto pipeline = scene.make_pipeline();
  boost::asio::io_context context{1};
  http::connection_pool pool{context, *pipeline, scene.state->memory, [](const platform::peer&) {}};
  pair_client client;
  pool.add(http::connection::socket_type(context, boost::asio::generic::stream_protocol(AF_UNIX, 0), client.peer_end),
           local_peer());
  client.send(request_text("GET", "/nowhere") + request_text("GET", "/healthz"));  // so that samples have labels
  settle(context);
  static_cast<void>(client.receive());
  client.send(request_text("GET", "/metrics"));
  settle(context);
  const std::string answer = client.receive();
  BOOST_TEST_REQUIRE(answer.starts_with("HTTP/1.1 200 "));

  const auto documented = read_documented(read_text(SOURCE_FOLDER "/docs/metrics.md"));
  const auto answered = read_answered(answer.substr(answer.find("\r\n\r\n") + 4));
  BOOST_TEST(documented.size() > 10U);
  for (const auto& [name, metric] : answered) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST_REQUIRE(documented.contains(name));
      BOOST_TEST(documented.at(name) == metric);
    }
  }
  for (const auto& [name, metric] : documented) BOOST_TEST_CONTEXT(name) BOOST_TEST(answered.contains(name));
}

BOOST_AUTO_TEST_CASE(others_are_answered_while_a_large_cache_is_looked_through) {
  constexpr int many = 140'000;  // two turns: a slow machine puts the others behind the first one
  api_scene scene;
  credcache::entry_store& entries = scene.state->cache->store();
  const auto slot = entries.intern({.csp = "a", .site = "b", .name = "c"});
  const credcache::instant now = credcache::now();
  for (int i = 0; i < many; ++i) {
    const std::string owner = std::to_string(i);
    const auto outcome = entries.put({credcache::owner_kind::user, owner}, slot, "sealed",
                                     {.deadline = now.boot + std::chrono::minutes{i % 2 == 0 ? 10 : 100},
                                      .time_to_live = std::chrono::minutes{100},
                                      .generation = entries.next_generation()},
                                     now.boot);
    BOOST_REQUIRE((outcome == credcache::put_outcome::added));
  }
  const auto pipeline = scene.make_pipeline();
  boost::asio::io_context context{1};
  http::connection_pool pool{context, *pipeline, scene.state->memory, [](const platform::peer&) {}};
  pair_client scraper, other;
  for (const pair_client* client : {&scraper, &other})
    pool.add(
        http::connection::socket_type(context, boost::asio::generic::stream_protocol(AF_UNIX, 0), client->peer_end),
        local_peer());
  settle(context);
  scraper.send(request_text("GET", "/metrics"));
  other.send(request_text("GET", "/healthz"));
  std::string figures, health;
  context.restart();
  while (figures.empty() && context.poll_one() != 0) {
    health += other.receive();
    figures += scraper.receive();
  }
  BOOST_TEST(health.starts_with("HTTP/1.1 200 "));
  settle(context);
  figures += scraper.receive();
  for (const auto* sample : {"{within=\"5m\"} 0\n", "{within=\"15m\"} 70000\n", "{within=\"4h\"} 140000\n"})
    BOOST_TEST(figures.find("credcached_entries_expiring" + std::string(sample)) != figures.npos);
}

BOOST_AUTO_TEST_SUITE_END()
