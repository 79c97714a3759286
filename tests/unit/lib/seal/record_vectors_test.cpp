// The vectors of docs/sealed-record.json, which tests/sealed_record_vectors.py opens with another implementation: this
// one makes the same bytes of them.
#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>

#include "seal/portable_record.hpp"
#include "seal/sealed_record.hpp"

namespace record_vectors_test {

using namespace credcache;
namespace json = boost::json;

namespace {

json::array vectors() {
  std::ifstream file(SOURCE_FOLDER "/docs/sealed-record.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return json::parse(text).as_array();
}

std::string text_of(const json::value& vector, std::string_view member) {
  return json::value_to<std::string>(vector.at(member));
}

std::string bytes_in(const json::value& vector, std::string_view member) {
  const std::string hex = text_of(vector, member);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string_view text_in(std::span<const unsigned char> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

record_binding binding_of(const json::value& vector) {
  record_binding binding;
  binding.key = {text_of(vector, "csp"), text_of(vector, "site"), *credential_type_of(text_of(vector, "type")),
                 text_of(vector, "name"), text_of(vector, "profile")};
  binding.names = hash_of_names(json::value_to<std::vector<std::string>>(vector.at("names")));
  binding.owner = {text_of(vector, "ownerKind") == "isv" ? owner_kind::isv : owner_kind::user,
                   text_of(vector, "owner")};
  binding.deadline = wall_time(std::chrono::milliseconds(vector.at("deadline").to_number<std::int64_t>()));
  binding.generation = vector.at("generation").to_number<std::uint64_t>();
  return binding;
}

std::string associated_data_of(const record_binding& binding) {
  std::string associated = slot_fields(binding.key, binding.names);
  append_entry_fields(associated, binding.owner, binding.deadline, binding.generation);
  return associated;
}

secret_buffer plaintext_of(const json::value& vector) {
  secret_buffer plaintext;
  record_writer writer(plaintext, text_of(vector, "description"));
  std::size_t position = 0;
  for (const json::value& name : vector.at("names").as_array()) {
    for (const json::value& value : vector.at("values").as_array()) {
      if (value.at("name") != name) continue;
      writer.append(position, {value.as_object().contains("sensitive"), text_of(value, "value")});
    }
    ++position;
  }
  writer.finish();
  return plaintext;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_vectors)

// AES-GCM is deterministic once key and nonce are given: what opens to the same plaintext with the same associated data
// is what would be sealed.
BOOST_AUTO_TEST_CASE(the_same_bytes_are_made_here) {
  const json::array all = vectors();
  BOOST_REQUIRE(all.size() >= 2u);
  for (const json::value& vector : all) {
    BOOST_TEST_CONTEXT(text_of(vector, "title")) {
      const master_key key(bytes_of(bytes_in(vector, "masterKey")));
      const std::string associated = associated_data_of(binding_of(vector));
      BOOST_TEST(associated == bytes_in(vector, "associatedData"));
      const secret_buffer plaintext = plaintext_of(vector);
      BOOST_TEST(plaintext.reveal() == bytes_in(vector, "plaintext"));

      const std::string record = bytes_in(vector, "record");
      const std::string_view sealed = std::string_view(record).substr(9);
      secret_buffer portable;
      append_record(portable, key_id_of(key), associated, sealed);
      std::string_view rest = portable.reveal();
      const auto item = take_item(rest);
      BOOST_REQUIRE((item && item->kind == portable_kind::record && rest.empty()));
      BOOST_TEST(item->payload.substr(4 + associated.size()) == record);
      const auto read = read_record(item->payload, key_id_of(key));
      BOOST_REQUIRE(read.has_value());
      BOOST_TEST(read->associated_data == associated);

      cipher crypt(key);
      std::string opened(sealed.size() - cipher::overhead, '\0');
      BOOST_TEST(crypt.open(bytes_of(read->sealed), associated, opened.data()));
      BOOST_TEST(opened == plaintext.reveal());
    }
  }
}

BOOST_AUTO_TEST_CASE(associated_data_are_read_as_they_are_written) {
  for (const json::value& vector : vectors()) {
    const record_binding binding = binding_of(vector);
    const std::string associated = associated_data_of(binding);
    const auto read = read_associated_data(associated);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST((read->key == binding.key && read->owner == binding.owner && read->names == binding.names));
    BOOST_TEST((read->deadline == binding.deadline && read->generation == binding.generation));
    for (std::size_t size = 0; size < associated.size(); ++size) {  // cut short: refused, or the zeros alone are gone
      const auto cut = read_associated_data(std::string_view(associated).substr(0, size));
      BOOST_TEST((!cut || associated_data_of(*cut) == associated));
    }
    BOOST_TEST(!read_associated_data(associated + std::string(16, '\0')).has_value());
    BOOST_TEST(!read_associated_data(associated + "x").has_value());
  }
}

BOOST_AUTO_TEST_CASE(fields_cannot_run_into_each_other) {
  const name_list_hash names = hash_of_names({"A"});
  const credential_key one{"ab", "c", credential_type::variables, "d", {}};
  const credential_key two{"a", "bc", credential_type::variables, "d", {}};
  const credential_key three{"ab", "c", credential_type::variables, "", "d"};
  BOOST_TEST(slot_fields(one, names) != slot_fields(two, names));
  BOOST_TEST(slot_fields(one, names) != slot_fields(three, names));
  BOOST_TEST(slot_fields(one, names) != slot_fields(one, hash_of_names({"B"})));
  BOOST_TEST((hash_of_names({"A", "B"}) != hash_of_names({"AB"})));
}

BOOST_AUTO_TEST_CASE(the_key_id_says_nothing_of_the_key) {
  const unsigned char bytes[32] = {1, 2, 3};
  unsigned char sealing[32];
  const master_key key(bytes);
  key.derive("credcached sealing", sealing);
  BOOST_TEST((key_id_of(key) == key_id_of(master_key(bytes))));
  BOOST_TEST((key_id_of(key) != key_id_of(master_key::random())));
  const key_id_bytes id = key_id_of(key);
  BOOST_TEST(text_in(sealing).find(text_in(id)) == std::string_view::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace record_vectors_test
