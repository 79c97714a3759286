#include "outgoing/courier_answer.hpp"

#include <optional>
#include <utility>

#include "base/text.hpp"
#include "outgoing/protocol/answer_reader.hpp"

namespace credcached::outgoing {

namespace {

constexpr unsigned status_of_failures = 502;
constexpr std::uint32_t most_milliseconds = 60'000;

std::optional<read_answer> read_whole(std::string_view said) {
  read_answer answer;
  answer_reader reader(answer, speaker::courier);
  answer_reader::error_code error;
  while (!said.empty() && !reader.is_done()) {
    const auto used = reader.read(said, error);
    if (error || used == 0) return std::nullopt;
    said.remove_prefix(used);
  }
  if (!said.empty() || !reader.is_done() || !reader.has_length() || answer.encoded) return std::nullopt;
  return answer;
}

std::optional<std::chrono::milliseconds> duration(std::string_view text) {
  const auto number = credcache::whole_number<std::uint32_t>(text);
  if (!number || *number > most_milliseconds) return std::nullopt;
  return std::chrono::milliseconds(*number);
}

courier_answer unknown() {
  return no_exchange(
      outcome::unknown,
      "found no whole answer of the courier, expected one as this version's courier gives it: is it the one "
      "that was installed with this daemon, and does its log say why it ended?");
}

}  // namespace

courier_answer no_exchange(outcome what, std::string detail) {
  courier_answer answer;
  answer.what = what;
  answer.detail = std::move(detail);
  return answer;
}

courier_answer understand(std::string_view said) {
  if (said.size() > longest_courier_answer) return unknown();
  auto read = read_whole(said);
  const auto what = read ? outcome_from_courier(read->field(answer_field::outcome)) : std::nullopt;
  if (!what) return unknown();
  if (*what != outcome::answered) {
    if (read->status != status_of_failures || read->body.size() > longest_detail) return unknown();
    return no_exchange(*what, credcache::printable(read->body.reveal()));
  }
  const auto connect = duration(read->field(answer_field::connect_ms));
  const auto latency = duration(read->field(answer_field::latency_ms));
  if (!connect || !latency || read->status < 200 || read->status > 599) return unknown();
  courier_answer answer;
  answer.what = *what;
  answer.status = read->status;
  answer.content_type = read->field(answer_field::content_type);
  answer.date = read->field(answer_field::date);
  answer.retry_after = read->field(answer_field::retry_after);
  answer.www_authenticate = read->field(answer_field::www_authenticate);
  answer.subject_token = std::move(read->fields[static_cast<std::size_t>(answer_field::subject_token)]);
  answer.body = std::move(read->body);
  answer.connect = *connect;
  answer.latency = *latency;
  return answer;
}

}  // namespace credcached::outgoing
