// Reading an answer as it comes: whole, or a byte at a time with what was left before it.
#include "outgoing/protocol/answer_reader.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace answer_reader_test {

using namespace credcached::outgoing;

namespace {

struct reading {
  read_answer answer;
  answer_reader reader{answer, speaker::remote_host};
  answer_reader::error_code error;
  std::string waiting;

  void take(std::string_view more) {
    waiting += more;
    for (std::size_t used = 1; used > 0 && !waiting.empty() && !reader.is_done() && !error;)
      waiting.erase(0, used = reader.read(waiting, error));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(outgoing_answer_reader)

BOOST_AUTO_TEST_CASE(a_byte_at_a_time) {
  const std::string head = "HTTP/1.1 200 OK\r\nDate: D\r\n";
  struct row {
    std::string text, body;
  };
  for (const auto& [text, body] :
       {row{head + "Content-Length: 3\r\n\r\nabc", "abc"},
        row{head + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""},
        row{head + "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", "abc"},
        row{head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nDate: E\r\n\r\n", "abc"}}) {
    reading whole, pieces;
    whole.take(text);
    for (const char& c : text) {
      BOOST_TEST(!pieces.reader.is_done());
      pieces.take({&c, 1});
    }
    for (const reading* r : {&whole, &pieces}) BOOST_TEST_CONTEXT(text) {
        BOOST_TEST(!r->error, r->error.message());
        BOOST_TEST(r->reader.is_done());
        BOOST_TEST(r->answer.body.reveal() == body);
        BOOST_TEST(r->answer.field(answer_field::date) == "D");
        BOOST_TEST(r->waiting == "");
      }
  }
}

// Each piece ends within the name of a field, so that the parser takes what is whole.
BOOST_AUTO_TEST_CASE(a_header_in_pieces_is_no_longer_than_a_whole_one) {
  reading r;
  r.take("HTTP/1.1 200 OK\r\nDa");
  for (int i = 0; i < 3 && !r.error; ++i) r.take("te: " + std::string(4000, 'a') + "\r\nDa");
  BOOST_TEST((r.error == boost::beast::http::error::header_limit), r.error.message());
}

BOOST_AUTO_TEST_CASE(what_is_encoded_on_its_way_is_not_plain) {
  for (const auto& [coding, encoded] :
       {std::pair{"chunked", false}, {"gzip, chunked", true}, {"chunked, gzip", true}}) {
    reading r;
    r.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + std::string(coding) + "\r\n\r\n1\r\na\r\n0\r\n\r\n");
    BOOST_TEST(r.answer.encoded == encoded, coding);
  }
}

BOOST_AUTO_TEST_CASE(an_end_in_the_middle_is_an_error) {
  const std::string text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    reading r;
    r.take(std::string_view(text).substr(0, size));
    BOOST_TEST(!r.error);
    r.reader.end(r.error);
    BOOST_TEST(!!r.error, size);
  }
  reading to_the_end;
  to_the_end.take("HTTP/1.1 200 OK\r\n\r\nabc");
  BOOST_TEST(!to_the_end.reader.is_done());
  to_the_end.reader.end(to_the_end.error);
  BOOST_TEST(!to_the_end.error);
  BOOST_TEST(to_the_end.answer.body.reveal() == "abc");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace answer_reader_test
