// Credentials leave a service sealed and are taken in by another one with the same key, or not at all.
#include <boost/test/unit_test.hpp>

#include "seal/associated_data.hpp"
#include "seal/portable_record.hpp"
#include "seal/sealed_record.hpp"
#include "service_fixture.hpp"

namespace portability_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

std::string exported(const credential_service& service, instant now = at()) {
  std::string all;
  for (std::size_t shard = 0; shard < credential_cache::shards; ++shard) {
    all += service.export_shard(shard, now).reveal();
  }
  return all;
}

struct two_services : service_fixture {
  std::shared_ptr<credential_cache> other_cache = std::make_shared<credential_cache>();
  credential_service other{other_cache, key, catalog_of({alpha, beta, omega}), sources()};

  two_services() {
    BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}, {"A_SECRET", "portable-secret-55e1"}}, at(), 100s));
    BOOST_REQUIRE(add(alpha_key("TOKEN", "South"), {{"A_TOKEN", "t"}}, at(), 50s));
    BOOST_REQUIRE(service.add({owner_kind::isv, "alice"},
                              {alpha_key("PAIR"), {}, given({{"A_ID", "CD"}, {"A_SECRET", "s"}}), {}, {}}, at()));
  }
  std::string resolved_there(instant now = at()) {
    resolution out;
    resolve_request request;
    request.csp = other.catalog().find_csp("Alpha");
    if (auto outcome = other.resolve(alice, request, now, out); !outcome) return text_of(outcome.error());
    return std::string(out.variables()[0].value) + " " + std::string(out.variables()[1].value);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(portability, two_services)

BOOST_AUTO_TEST_CASE(what_leaves_one_service_is_taken_in_by_another) {
  const std::string portable = exported(service);
  BOOST_TEST(portable.find("portable-secret-55e1") == std::string::npos);
  // Booted at another time; ten seconds have passed.
  const instant there{time_point{7s}, at(10s).wall};
  const import_report report = other.import_records(portable, there);
  BOOST_TEST(report.taken_in == 3u);
  BOOST_TEST(report.expired + report.outdated + report.refused == 0u);
  BOOST_TEST(resolved_there(there) == "AB portable-secret-55e1");
  const auto listed = other.list(alice, there).value();
  BOOST_REQUIRE(listed.size() == 2u);
  BOOST_TEST((listed[0].deadline == there.boot + 90s));
  BOOST_TEST((listed[0].time_to_live == 90s));
  BOOST_TEST((listed[0].created == there.boot));
  BOOST_TEST(exported(other, there).size() == portable.size());
  BOOST_TEST(other.import_records(portable, there).outdated == 3u);
}

// No question would ever find it.
BOOST_AUTO_TEST_CASE(a_record_of_an_owner_without_a_name_is_refused) {
  const std::vector<std::string> names{"A_TOKEN"};
  const auto deadline = at(100s).wall;
  for (const std::string& name : {std::string(), std::string("alice")}) {
    secret_buffer plaintext;
    record_writer record(plaintext, "");
    record.append(0, {false, "t"});
    record.finish();
    std::string associated = slot_fields(alpha_key("TOKEN"), hash_of_names(names));
    append_entry_fields(associated, owner{owner_kind::user, name}, deadline, 7);
    std::string sealed(plaintext.size() + cipher::overhead, ' ');
    cipher(*key).seal(plaintext.reveal(), associated, {reinterpret_cast<unsigned char*>(sealed.data()), sealed.size()});
    secret_buffer portable;
    append_names(portable, names);
    append_record(portable, key_id_of(*key), associated, sealed);
    const import_report report = other.import_records(portable.reveal(), at());
    BOOST_TEST(report.taken_in == (name.empty() ? 0u : 1u));
    BOOST_TEST(report.refused == (name.empty() ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(each_name_list_travels_once_a_shard) {
  for (const char* site : {"North", "South"}) {
    BOOST_REQUIRE(add(alpha_key("PAIR", site), {{"A_ID", "AB"}, {"A_SECRET", "s"}}));
  }
  const std::string portable = exported(service);
  std::size_t lists = 0;
  for (std::size_t found = portable.find("A_REGION"); found != std::string::npos;
       found = portable.find("A_REGION", found + 1)) {
    ++lists;
  }
  BOOST_TEST(lists == 2u);  // two owners, three entries
}

BOOST_AUTO_TEST_CASE(the_expired_are_left_out_and_left_behind) {
  const std::string portable = exported(service);
  const import_report report = other.import_records(portable, at(50s));
  BOOST_TEST(report.taken_in == 2u);
  BOOST_TEST(report.expired == 1u);
  BOOST_TEST(exported(service, at(lifetime_limits{}.standard)).empty());
}

BOOST_AUTO_TEST_CASE(records_under_another_key_are_refused) {
  const auto strange = std::make_shared<const master_key>(master_key::random());
  credential_service stranger(other_cache, strange, catalog_of({alpha}), sources());
  BOOST_TEST(stranger.import_records(exported(service), at()).refused == 3u);
  BOOST_TEST(other_cache->entries() == 0u);
}

BOOST_AUTO_TEST_CASE(a_deadline_over_the_longest_time_to_live_is_refused) {
  credential_service strict(other_cache, key, catalog_of({alpha}), sources(), {.standard = 10s, .longest = 60s});
  const import_report report = strict.import_records(exported(service), at());
  BOOST_TEST(report.taken_in == 1u);
  BOOST_TEST(report.refused == 2u);
}

BOOST_AUTO_TEST_CASE(a_later_generation_here_stays) {
  const std::string portable = exported(service);
  BOOST_REQUIRE(other.import_records(portable, at()).taken_in == 3u);
  BOOST_REQUIRE(other.add(alice, {alpha_key("PAIR"), {}, given({{"A_ID", "NEW"}, {"A_SECRET", "new"}}), {}, {}}, at()));
  BOOST_TEST(other.import_records(portable, at()).outdated == 3u);
  BOOST_TEST(resolved_there() == "NEW new");
}

BOOST_AUTO_TEST_CASE(no_changed_byte_gives_another_credential) {
  const std::string portable(service
                                 .export_shard(
                                     [&] {
                                       for (std::size_t shard = 0;; ++shard) {
                                         if (service.export_shard(shard, at()).reveal().find("A_TOKEN") !=
                                             std::string_view::npos)
                                           return shard;
                                       }
                                     }(),
                                     at())
                                 .reveal());
  const std::size_t whole = other.import_records(portable, at()).taken_in;
  BOOST_TEST(whole == 2u);
  for (std::size_t i = 0; i < portable.size(); ++i) {
    std::string changed = portable;
    changed[i] = static_cast<char>(changed[i] ^ 0x10);
    auto fresh = std::make_shared<credential_cache>();
    credential_service taker(fresh, key, catalog_of({alpha}), sources());
    const import_report report = taker.import_records(changed, at());
    if (report.taken_in >= whole) BOOST_FAIL("byte " << i << " does not count");
    if (fresh->entries() != report.taken_in) BOOST_FAIL("byte " << i << " is counted wrongly");
    const std::string cut = portable.substr(0, i);
    if (taker.import_records(cut, at()).taken_in >= whole) BOOST_FAIL("cut at " << i << ", it is whole");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portability_test
