// Bodies in chunks, cut at every byte: the answer is that to the whole.
#include <boost/test/unit_test.hpp>
#include <string>

#include "connection_scene.hpp"

namespace chunked_body_test {

using namespace credcached::testing;

namespace {

const std::string head =
    "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

/// What the client is answered whose request comes in pieces of `size` bytes, the first one being head and `first`.
std::string answer_in_pieces(connection_scene& scene, const std::string& body, std::size_t first, std::size_t size) {
  pair_client client;
  scene.connect(client);
  client.send(head + body.substr(0, first));
  settle(scene.context);
  for (std::size_t i = first; i < body.size(); i += size) {
    client.send(body.substr(i, size));
    settle(scene.context);
  }
  const auto answer = client.receive();
  return answer.substr(0, answer.find("\r\n"));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(chunked_bodies, connection_scene)

BOOST_AUTO_TEST_CASE(it_does_not_matter_where_they_are_cut) {
  for (const std::string body :
       {"0\r\n\r\n", "0;a=b\r\n\r\n", "0\r\nA: b\r\n\r\n", "3\r\n{\"c\r\nc\r\nsp\":\"Alpha\"}\r\n0\r\n\r\n",
        "5\r\n{\"csp\r\n1\r\n\"\r\n9\r\n:\"Alpha\"}\r\n000\r\nTrailer: x\r\n\r\n"}) {
    const auto whole = ask(head + body);
    BOOST_TEST_REQUIRE(whole.starts_with("HTTP/1.1 4"));  // nothing is cached, or the body is empty
    for (std::size_t first = 0; first <= body.size(); ++first) {
      for (const std::size_t size : {body.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
        BOOST_TEST_CONTEXT(body << " cut at " << first << ", then in pieces of " << size)
        BOOST_TEST(answer_in_pieces(*this, body, first, size) == whole.substr(0, whole.find("\r\n")));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace chunked_body_test
