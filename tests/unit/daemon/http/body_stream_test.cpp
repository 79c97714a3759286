// What a list passes over takes its time as well: it is no reason to go on without an end.
#include "http/body_stream.hpp"

#include <boost/test/unit_test.hpp>

namespace body_stream_test {

using namespace credcached;

namespace {

// A list that has something to say once in `one_in` pieces.
class sparse final : public http::body_source {
 public:
  sparse(std::size_t pieces, std::size_t one_in, std::size_t& asked) : left_(pieces), one_in_(one_in), asked_(asked) {}
  [[nodiscard]] bool write(credcache::secret_buffer& out) override {
    ++asked_;
    if (left_ % one_in_ == 0) out.push_back('x');
    return --left_ != 0;
  }

 private:
  std::size_t left_, one_in_;
  std::size_t& asked_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_body_stream)

BOOST_AUTO_TEST_CASE(a_list_that_passes_over_nearly_everything_comes_in_pieces_too) {
  std::size_t asked = 0;
  credcache::secret_buffer out;
  http::body_stream stream(std::make_unique<sparse>(10'000, 5'000, asked));
  BOOST_TEST(stream.write_plain(out, 0, 1'024));
  BOOST_TEST(asked < 1'000U);
  stream.begin_chunks(out, 0);
  while (stream) stream.write(out);
  BOOST_TEST(asked == 10'000U);
  BOOST_TEST(out.reveal() == "00000001\r\nx\r\n00000001\r\nx\r\n0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_short_list_stays_whole) {
  std::size_t asked = 0;
  credcache::secret_buffer out;
  http::body_stream stream(std::make_unique<sparse>(100, 1, asked));
  BOOST_TEST(!stream.write_plain(out, 0, 1'024));
  BOOST_TEST(out.size() == 100U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace body_stream_test
