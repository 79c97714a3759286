// What a removal costs, in blocks of memory: one who has many credentials may not hold up a worker.
#include "connection_scene.hpp"

namespace inventory_test {

using namespace credcached;
using namespace credcached::testing;

namespace {

struct many_sites : connection_scene {
  static constexpr int most = 256;

  many_sites() {
    std::string text = "csp: Many\nconstant: MANY\nsites: [";
    for (int i = 0; i < most; ++i) text += (i == 0 ? "s" : ", s") + std::to_string(i);
    text += R"(]
credentials:
  - {type: variables, name: TOKEN, description: A token., variables: [{name: M_TOKEN, description: The token.}]}
)";
    catalog = credcache::testing::catalog_of({text});
    pipeline->publish(make_configuration());
  }
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      const std::string body = R"({"csp":"Many","site":"s)" + std::to_string(i) +
                               R"(","type":"variables","name":"TOKEN","variables":[{"name":"M_TOKEN","value":"v"}]})";
      BOOST_TEST_REQUIRE(ask(request_text("POST", users, body)).starts_with("HTTP/1.1 204 "));
    }
  }
  /// How many blocks are freed while this is answered with `count` credentials in the cache.
  std::size_t blocks_of(const std::string& target, int count, std::string_view answer) {
    fill(count);
    credcache::testing::freed_memory watch("nothing looks for this text");
    const auto got = ask(request_text("DELETE", target));
    watch.stop();
    BOOST_TEST(got.find(answer) != std::string::npos, got);
    return watch.blocks();
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(inventory, many_sites)

BOOST_AUTO_TEST_CASE(a_removal_by_name_costs_no_more_for_each_when_there_are_many) {
  const auto few = blocks_of("/v1/credentials?name=OTHER", 16, R"({"removed":0})");
  const auto many = blocks_of("/v1/credentials?name=OTHER", most, R"({"removed":0})");
  BOOST_TEST(many < few * (most / 16) * 2);
  const auto all = blocks_of("/v1/credentials?name=TOKEN", most, R"({"removed":256})");
  BOOST_TEST(all < many + 3 * most);  // each entry is a block
}

// With another key none of them can be opened.
BOOST_AUTO_TEST_CASE(a_removal_decrypts_nothing) {
  fill(3);
  key = std::make_shared<const credcache::master_key>(credcache::master_key::random());
  environment = std::make_shared<credcache::sealed_values>(key);
  pipeline->publish(make_configuration());
  BOOST_TEST(ask(request_text("DELETE", "/v1/credentials?name=TOKEN&site=s1")).find(R"({"removed":1})") !=
             std::string::npos);
  BOOST_TEST(ask(request_text("DELETE", "/v1/credentials?all=true")).find(R"({"removed":2})") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace inventory_test
