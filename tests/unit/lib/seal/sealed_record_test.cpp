// The plaintext inside a sealed entry: what is written is read, and a damaged one ends instead of overrunning.
#include "seal/sealed_record.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>

using namespace credcache;

BOOST_AUTO_TEST_SUITE(sealed_records)

BOOST_AUTO_TEST_CASE(what_is_written_is_read) {
  const std::string longest(longest_value, 'x');
  secret_buffer record;
  begin_record(record, "A description.");
  append_item(record, {0, false, "first"});
  append_item(record, {0x7fff, true, std::string_view("sec\0nd", 6)});
  append_item(record, {7, false, ""});
  append_item(record, {8, true, longest});
  end_record(record);
  BOOST_TEST(record.size() % 16 == 0U);

  record_reader reader(record.reveal());
  BOOST_TEST(reader.description() == "A description.");
  record_item item;
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((item.id == 0 && !item.sensitive && item.value == "first"));
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((item.id == 0x7fff && item.sensitive && item.value == std::string_view("sec\0nd", 6)));
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((item.id == 7 && item.value.empty()));
  BOOST_REQUIRE(reader.next(item));
  BOOST_TEST((item.id == 8 && item.sensitive && item.value == longest));
  BOOST_TEST(!reader.next(item));
  BOOST_TEST(!reader.next(item));
}

BOOST_AUTO_TEST_CASE(padding_is_not_read_as_values) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string value(size, 'v');
    secret_buffer record;
    begin_record(record, "");
    append_item(record, {3, false, value});
    end_record(record);
    BOOST_TEST(record.size() % 16 == 0U);
    record_reader reader(record.reveal());
    record_item item;
    BOOST_REQUIRE(reader.next(item));
    BOOST_TEST((item.id == 3 && item.value == value));
    BOOST_TEST(!reader.next(item));
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
    for (char& c : bytes) c = static_cast<char>(random() % 5 == 0 ? random() : random() % 8);
    record_reader reader(bytes);
    record_item item;
    std::size_t seen = reader.description().size();
    while (reader.next(item)) seen += item.value.size() + 4;
    BOOST_REQUIRE(seen <= bytes.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
