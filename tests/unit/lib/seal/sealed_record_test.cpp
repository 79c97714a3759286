// The plaintext inside a sealed entry: what is written is read, and a damaged one ends instead of overrunning.
#include "seal/sealed_record.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

namespace sealed_record_test {

using namespace credcache;

BOOST_AUTO_TEST_SUITE(sealed_records)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const std::string longest(longest_value, 'x');
  secret_buffer record;
  record_writer writer(record, "A description.");
  writer.append(0, {false, "first"});
  writer.append(2, {true, std::string_view("thi\0rd", 6)});
  writer.append(3, {true, longest});
  writer.append(4, {false, std::string(64, 'y')});
  writer.finish();
  BOOST_TEST(record.size() % 16 == 0U);

  record_reader reader(record.reveal());
  BOOST_TEST(reader.description() == "A description.");
  record_item item;
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((!item.sensitive && item.value == "first"));
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((!item.sensitive && item.value.empty()));  // not given
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((item.sensitive && item.value == std::string_view("thi\0rd", 6)));
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((item.sensitive && item.value == longest));
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((!item.sensitive && item.value == std::string(64, 'y')));
  while (reader.next(item)) BOOST_TEST(item.value.empty());
}

BOOST_AUTO_TEST_CASE(zeros_at_the_end_are_read_as_values_that_are_not_given) {
  for (std::size_t size = 1; size < 200; ++size) {
    const std::string value(size, 'v');
    secret_buffer record;
    record_writer writer(record, "");
    writer.append(0, {false, value});
    writer.finish();
    BOOST_TEST(record.size() % 16 == 0U);
    record_reader reader(record.reveal());
    record_item item;
    BOOST_REQUIRE(reader.next(item));
    BOOST_TEST(item.value == value);
    std::size_t rest = 0;
    for (; reader.next(item); ++rest) BOOST_TEST((!item.sensitive && item.value.empty()));
    BOOST_TEST(rest < 16U);
  }
}

BOOST_AUTO_TEST_CASE(nothing_is_an_empty_record) {
  record_reader reader("");
  record_item item;
  BOOST_TEST(reader.description().empty());
  BOOST_TEST(!reader.next(item));
}

BOOST_AUTO_TEST_CASE(a_damaged_record_is_read_within_its_bounds) {
  std::mt19937 random(20261122);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 40, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % 5 == 0 ? random() : random() % 16);
    record_reader reader(bytes);
    record_item item;
    std::size_t seen = reader.description().size();
    while (reader.next(item)) seen += item.value.size() + 1;
    BOOST_REQUIRE(seen <= bytes.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace sealed_record_test
