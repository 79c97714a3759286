// A long random run of credential_service, every answer compared with the plain model of service_model.hpp.
//
// CREDCACHED_MODEL_OPERATIONS and CREDCACHED_MODEL_SEED choose another length and another run.
#include "service_model.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>

#include "service_fixture.hpp"

namespace service_model_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

#ifdef NDEBUG
constexpr std::uint64_t standard_operations = 1'000'000;
#else
constexpr std::uint64_t standard_operations = 100'000;
#endif

std::uint64_t setting(const char* name, std::uint64_t standard) {
  const char* const text = std::getenv(name);
  return text == nullptr ? standard : std::strtoull(text, nullptr, 10);
}

cache_limits tight_limits() {
  cache_limits limits;
  limits.entries = 25;
  limits.entries_per_owner = 5;
  return limits;
}

struct model_run : service_fixture {
  service_model model;
  std::mt19937_64 random;
  std::chrono::nanoseconds now{};
  std::map<std::string, std::uint64_t> outcomes;  ///< that all of them were met

  explicit model_run(std::uint64_t seed)
      : service_fixture(tight_limits(), {.standard = 60s, .longest = 300s}), random(seed) {
    environment->clear();
    model.limits = tight_limits();
    model.lifetimes = {60s, 300s};
    model.environment = environment;
  }

  std::uint64_t below(std::uint64_t n) { return random() % n; }
  template <class T>
  T one_of(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }
  owner some_owner() {
    return {one_of({owner_kind::user, owner_kind::isv}), one_of<std::string>({"ann", "bob", "cem", "dee"})};
  }
  credential_key some_key() {
    const auto type = one_of({credential_type::variables, credential_type::variables, credential_type::api_key});
    if (below(50) == 0) return {"Alpha", one_of<std::string>({"West", "North"}), credential_type::oauth2, "KEY"};
    return {"Alpha", one_of<std::string>({"North", "South"}), type,
            type == credential_type::api_key ? "KEY" : one_of<std::string>({"PAIR", "TOKEN"}), some_profile()};
  }
  std::string some_profile() { return one_of<std::string>({"", "", "dev", "prod"}); }
  std::string some_value() { return std::string(2 + below(30), static_cast<char>('A' + below(26))); }

  // Each returns an empty text, or what differs.
  std::string add() {
    const owner who = some_owner();
    const credential_key where = some_key();
    value_map values;
    for (const char* name : {"A_ID", "A_SECRET", "A_REGION", "A_TOKEN", "A_KEY"}) {
      const bool own = where.name == "TOKEN" ? name == std::string("A_TOKEN")
                       : where.name == "KEY" ? name == std::string("A_KEY")
                                             : name < std::string("A_T") && name != std::string("A_KEY");
      if (own ? below(8) != 0 : below(100) == 0) values[name] = below(20) == 0 ? " " : some_value();
    }
    std::optional<std::chrono::seconds> life;
    if (below(4) != 0) life = std::chrono::seconds{below(30) == 0 ? below(3) * 300 - 299 : 1 + below(300)};
    add_request request{where, {}, {}, {}, {}};
    for (const auto& [name, value] : values) request.variables.push_back({name, secret::copy_of(value), false});
    const std::string description = below(2) == 0 ? "" : some_value();
    if (!description.empty()) request.description = secret::copy_of(description);
    if (life && below(3) == 0 && now.count() % 1'000'000 == 0) {
      request.expires_at = at(now).wall + *life;  // the same deadline in another form
    } else {
      request.time_to_live = life;
    }
    const bool replaces = model.entries().contains({who, where});
    const auto expected = model.add(who, where, values, life, description);
    const auto real = service.add(who, request, at(now));
    note("add", expected);
    if (real.has_error() != expected.has_value()) return "whether it is added: " + text_of(real);
    if (expected) return real.error().code == *expected ? "" : "the error: " + text_of(real);
    return (*real == add_outcome::replaced) == replaces ? "" : "whether it replaces";
  }

  std::string remove() {
    removal what;
    if (below(2) == 0) what.site = one_of<std::string>({"North", "South"});
    if (below(2) == 0) what.name = one_of<std::string>({"PAIR", "TOKEN", "KEY"});
    if (below(3) == 0) what.type = one_of({credential_type::variables, credential_type::api_key});
    if (below(3) == 0) what.csp = one_of<std::string>({"Alpha", "Alpha", "Beta"});
    if (below(4) == 0) what.profile = some_profile();
    const owner who = some_owner();
    const auto real = service.remove(who, what, at(now));
    if (what.empty()) return real.has_error() && real.error().code == error::empty_removal ? "" : "an empty removal";
    const auto expected = model.remove(who, what);
    ++outcomes[expected.empty() ? "remove nothing" : "remove"];
    if (!real) {
      return expected.empty() && real.error().code == error::capability_not_found
                 ? ""
                 : "the error: " + text_of(real.error());
    }
    return std::set<credential_key>(real->begin(), real->end()) == expected && real->size() == expected.size()
               ? ""
               : "what is removed";
  }

  std::string list() {
    const owner who = some_owner();
    const auto real = service.list(who, at(now)).value();
    std::vector<std::pair<credential_key, const service_model::entry*>> expected;
    for (const auto& [where, entry] : model.entries()) {
      if (where.first == who) expected.emplace_back(where.second, &entry);
    }
    // Sites in their order, and at each the definitions in theirs, each without a profile first.
    const auto rank = [](const auto& item) {
      const credential_key& k = item.first;
      return std::tuple{k.site,
                        k.name == "PAIR"    ? 0
                        : k.name == "TOKEN" ? 1
                                            : 2,
                        !k.profile.empty(), item.second->position};
    };
    std::ranges::sort(expected, {}, rank);
    ++outcomes[expected.empty() ? "list nothing" : "list"];
    if (real.size() != expected.size()) return "how many are listed";
    for (std::size_t i = 0; i < real.size(); ++i) {
      const service_model::entry& entry = *expected[i].second;
      if (real[i].key != expected[i].first) return "the order of the list";
      if (real[i].deadline != at(entry.deadline).boot || real[i].created != at(entry.created).boot ||
          real[i].time_to_live != entry.life || real[i].description.reveal() != entry.description) {
        return "what is listed";
      }
      if (real[i].reads != entry.reads || real[i].last_read.has_value() != (entry.reads != 0) ||
          (entry.reads != 0 && *real[i].last_read != at(entry.last_read).boot)) {
        return "the counted reads";
      }
      if (real[i].variables.size() != entry.values.size()) return "the listed variables";
      for (const listed_variable& v : real[i].variables) {
        const auto& name =
            service.catalog().csps()[0].find(real[i].key.type, real[i].key.name)->variables[v.index].name;
        const bool sensitive = name != "A_ID" && name != "A_REGION";
        if (v.sensitive != sensitive || v.value.reveal() != (sensitive ? "" : entry.values.at(name))) {
          return "the listed value of " + name;
        }
      }
    }
    return "";
  }

  std::string resolve_one() {
    const owner who = some_owner();
    resolve_request request = asking();
    const std::string site =
        one_of<std::string>({"North", "North", "South", "South", below(20) == 0 ? "West" : "North"});
    const std::string name = one_of<std::string>({"", "", "", "PAIR", "TOKEN", "KEY"});
    request.site = site == "North" && below(2) == 0 ? "" : std::string_view(site);
    request.name = name;
    request.type = one_of({credential_type::variables, credential_type::variables, credential_type::api_key});
    request.min_ttl = std::chrono::seconds{below(3) == 0 ? below(300) : 0};
    std::optional<std::string> profile;
    if (below(3) == 0) profile = some_profile();
    request.profile = profile;
    if (below(4) == 0) request.several = several::refuse;
    const auto expected = model.resolve(who, site, request.type, name, profile, request.several, request.min_ttl);
    resolution out;
    const auto real = service.resolve(who, request, at(now), out);
    note("resolve", expected.refused);
    if (real.has_error() != expected.refused.has_value()) return "whether it resolves";
    if (expected.refused) {
      if (real.error().code != *expected.refused) return "the error: " + text_of(real.error());
      const bool counts = *expected.refused == error::expires_too_soon;
      return real.error().remaining == (counts ? expected.remaining : 0s) ? "" : "the remaining life";
    }
    if (out.definition()->name != expected.name || out.site() != site) return "which one wins";
    if (out.profile() != expected.profile) return "the profile";
    if (out.others() != expected.others) return "the other profiles";
    if (out.deadline().has_value() != expected.deadline.has_value() ||
        (out.deadline() && *out.deadline() != at(*expected.deadline).boot)) {
      return "the deadline";
    }
    std::size_t filled = 0;
    for (const resolved_variable& v : out.variables()) {
      if (v.origin == value_origin::missing) continue;
      ++filled;
      const auto wanted = expected.values.find(v.names->front());
      if (wanted == expected.values.end() || wanted->second.first != v.origin || wanted->second.second != v.value) {
        return "the value of " + v.names->front();
      }
    }
    return filled == expected.values.size() ? "" : "how many values there are";
  }

  std::string pass_time() {
    now += std::chrono::nanoseconds{below(2) == 0 ? below(10) * 1'000'000'000 : below(40'000'000'000)};
    model.pass_to(now);
    if (below(3) == 0) (void)cache->sweep(at(now).boot, below(6));
    const std::string name = one_of<std::string>({"A_SECRET", "A_REGION", "A_TOKEN"});
    if (below(8) == 0 && environment->erase(name) == 0) (*environment)[name] = some_value();
    if (below(8) != 0) return "";
    (void)cache->sweep(at(now).boot, 1000);
    time_point earliest = time_point::max();
    for (const auto& [where, entry] : model.entries()) earliest = std::min(earliest, at(entry.deadline).boot);
    if (cache->next_deadline() != earliest) return "the next deadline";
    return cache->entries() == model.entries().size() ? "" : "how many entries there are";
  }

  void note(const char* what, const std::optional<error>& refused) {
    ++outcomes[std::string(what) + (refused ? " error " + std::to_string(static_cast<int>(*refused)) : "")];
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(service_models)

BOOST_AUTO_TEST_CASE(every_answer_of_a_long_run_is_as_the_model_says) {
  const std::uint64_t seed = setting("CREDCACHED_MODEL_SEED", 1);
  const std::uint64_t operations = setting("CREDCACHED_MODEL_OPERATIONS", standard_operations);
  std::cout << "service model: " << operations << " operations, CREDCACHED_MODEL_SEED=" << seed << std::endl;
  model_run run(seed);
  for (std::uint64_t i = 0; i < operations; ++i) {
    std::string what, differs;
    switch (run.below(10)) {
      case 0:
      case 1:
      case 2:
        what = "add", differs = run.add();
        break;
      case 3:
        what = "remove", differs = run.below(3) == 0 ? run.remove() : "";
        break;
      case 4:
        what = "list", differs = run.list();
        break;
      case 5:
        what = "time passing", differs = run.below(2) == 0 ? run.pass_time() : "";
        break;
      default:
        what = "resolve", differs = run.resolve_one();
    }
    if (!differs.empty()) BOOST_FAIL(what << " differs in operation " << i << " of seed " << seed << ": " << differs);
  }
  // Each of these must have happened, or the run shows less than it seems to.
  for (const char* outcome : {"add", "remove", "remove nothing", "list", "list nothing", "resolve"}) {
    BOOST_TEST(run.outcomes[outcome] > operations / 1000, outcome << " is rare");
  }
  for (const error code : {error::capability_not_found, error::unknown_variable, error::variables_not_complete,
                           error::invalid_lifetime, error::owner_full, error::cache_full}) {
    BOOST_TEST(run.outcomes["add error " + std::to_string(static_cast<int>(code))] > 0u);
  }
  for (const error code : {error::capability_not_found, error::variables_not_complete, error::credentials_not_found,
                           error::several_found, error::expires_too_soon}) {
    BOOST_TEST(run.outcomes["resolve error " + std::to_string(static_cast<int>(code))] > 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace service_model_test
