// What a courier says to the daemon: an answer within its bounds, a failure in one line, or unknown.
#include "expect.hpp"
#include "outgoing/courier_answer.hpp"

using namespace credcached;
using fuzzing::expect;
using outgoing::outcome;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto said = fuzzing::text_of(data, size);
  const auto answer = outgoing::understand(said);
  if (answer.answered()) {
    expect(answer.status >= 200 && answer.status <= 599, "the status is one of an answer");
    expect(answer.body.size() <= outgoing::longest_answer_body, "the body is within its bound");
    expect(said.ends_with(answer.body.reveal()), "the body is the end of what was said");
    for (const auto text : {std::string_view(answer.content_type), std::string_view(answer.date),
                            std::string_view(answer.www_authenticate), answer.subject_token.reveal()})
      expect(text.find_first_of("\r\n") == std::string_view::npos, "a field is one line", text);
  } else {
    expect(answer.what < outcome::disabled || answer.what == outcome::unknown, "a courier says what couriers may say");
    expect(answer.status == 0 && answer.body.empty() && answer.subject_token.empty(),
           "without an answer there is none");
    expect(answer.detail.size() <= outgoing::longest_detail, "the sentence is within its bound");
    for (const char c : answer.detail)
      expect(c < 0 || (c >= 0x20 && c != 0x7f), "the sentence is one line", answer.detail);
  }
  if (answer.what != outcome::unknown && !said.empty()) {
    expect(outgoing::understand(said.substr(0, size - 1)).what == outcome::unknown, "what is cut off is unknown");
    expect(outgoing::understand(std::string(said) + "x").what == outcome::unknown,
           "what has more behind it is unknown");
  }
  return 0;
}
