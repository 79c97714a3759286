// Many threads on one cache, for the thread sanitizer and for what must hold whatever the order.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <mutex>
#include <random>
#include <thread>

#include "cache/entry_store.hpp"
#include "service_fixture.hpp"

namespace concurrent_cache_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

constexpr int threads = 4;
constexpr int operations = 8'000;  // per thread: about a second under the thread sanitizer

// Arms a timer as the daemon does: with what next_deadline() says, or earlier when it is told so.
class timer final : public observer {
 public:
  void expired(owner_view owner, credential_key_view key) noexcept override { count(owner, key); }
  void evicted(owner_view owner, credential_key_view key) noexcept override { count(owner, key); }
  void next_deadline_moved(time_point deadline) noexcept override { lower(deadline); }

  void rearm(entry_store& cache) {
    {
      const std::lock_guard hold(mutex_);
      armed_ = time_point::max();
    }
    lower(cache.next_deadline());
  }
  [[nodiscard]] time_point armed() {
    const std::lock_guard hold(mutex_);
    return armed_;
  }
  std::atomic<std::size_t> ended{0}, nameless{0};

 private:
  void count(owner_view owner, credential_key_view key) noexcept {
    ++ended;
    if (owner.name.empty() || key.name.empty()) ++nameless;
  }
  void lower(time_point deadline) {
    const std::lock_guard hold(mutex_);
    armed_ = std::min(armed_, deadline);
  }
  std::mutex mutex_;
  time_point armed_ = time_point::max();
};

// As the service does it: with a new generation when another thread was faster.
put_outcome put(entry_store& cache, owner_view owner, slot_id slot, std::string_view sealed, time_point deadline,
                time_point now) {
  for (;;) {
    const entry_terms terms{.deadline = deadline, .time_to_live = 1s, .generation = cache.next_generation()};
    const put_outcome outcome = cache.put(owner, slot, sealed, terms, now);
    if (outcome != put_outcome::outdated) return outcome;
  }
}

template <class Work>
void in_threads(Work work) {
  std::vector<std::jthread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back([work, i] { work(static_cast<unsigned>(i)); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(concurrent_caches)

BOOST_AUTO_TEST_CASE(one_cache_many_threads) {
  for (const eviction_policy policy : {eviction_policy::refuse, eviction_policy::soonest_expiry}) {
    const auto watcher = std::make_shared<timer>();
    cache_limits limits;
    limits.entries = 100;
    limits.eviction = policy;
    entry_store cache(limits, watcher);
    for (const char* name : {"0", "1", "2", "3"}) (void)cache.intern({.csp = "a", .site = "b", .name = name});
    std::atomic<std::int64_t> clock{0};  // every operation is a moment
    std::atomic<std::size_t> added{0}, removed{0}, mixed_up{0}, over{0};

    in_threads([&](unsigned number) {
      std::mt19937 random(number);
      cached_entry out;
      for (int i = 0; i < operations; ++i) {
        const time_point now = at(std::chrono::nanoseconds{++clock}).boot;
        const std::string name = "owner " + std::to_string(random() % 40);
        const owner_view owner{owner_kind::user, name};
        const auto slot = static_cast<slot_id>(random() % 4);
        const std::string sealed = name + "/" + std::to_string(slot);
        switch (random() % 8) {
          case 0:
          case 1:
          case 2: {
            const auto life = std::chrono::nanoseconds{1 + random() % 2000};
            if (put(cache, owner, slot, sealed, now + life, now) == put_outcome::added) ++added;
            break;
          }
          case 3:
            if (cache.remove(owner, slot, now)) ++removed;
            break;
          case 4:
            (void)cache.sweep(now, 5);
            break;
          case 5:
            watcher->rearm(cache);
            break;
          case 6:
            if (random() % 4 == 0) {
              removed += cache.remove_each(owner, {0, 2, 3}, now).size();
            } else if (cache.keys_of(owner, now).size() > 4) {
              ++mixed_up;
            }
            break;
          default:
            if (cache.get(owner, slot, now, out) && out.sealed.reveal() != sealed) ++mixed_up;
            if (cache.entries() > limits.entries) ++over;
        }
      }
    });

    BOOST_TEST(mixed_up.load() == 0u);
    BOOST_TEST(over.load() == 0u);
    BOOST_TEST(watcher->nameless.load() == 0u);
    // Whatever was added has been removed, has expired or given way, or is still there.
    BOOST_TEST(added.load() == removed.load() + watcher->ended.load() + cache.entries());
    BOOST_TEST((watcher->armed() <= cache.next_deadline()));
    (void)cache.sweep(time_point::max(), operations);
    BOOST_TEST(cache.entries() == 0u);
    BOOST_TEST(cache.bytes() == 0u);
    BOOST_TEST((cache.next_deadline() == time_point::max()));
  }
}

BOOST_AUTO_TEST_CASE(replacing_in_a_full_cache_succeeds_in_every_thread) {
  cache_limits limits;
  limits.entries = threads;
  entry_store cache(limits);
  std::atomic<int> refused{0}, too_many{0};
  in_threads([&](unsigned number) {
    const std::string name = "owner " + std::to_string(number);
    while (put(cache, {owner_kind::user, name}, 1, "x", time_point::max(), at().boot) != put_outcome::added) {
    }
    while (cache.entries() < threads) std::this_thread::yield();
    for (int i = 0; i < operations / 4; ++i) {
      if (put(cache, {owner_kind::user, name}, 1, "y", time_point::max(), at().boot) != put_outcome::replaced) {
        ++refused;
      }
      if (put(cache, {owner_kind::user, name}, 2, "z", time_point::max(), at().boot) != put_outcome::cache_full) {
        ++too_many;
      }
    }
  });
  BOOST_TEST(refused.load() == 0);
  BOOST_TEST(too_many.load() == 0);
  BOOST_TEST(cache.entries() == static_cast<std::size_t>(threads));
}

BOOST_AUTO_TEST_CASE(a_service_per_thread_over_one_cache) {
  const auto cache = std::make_shared<credential_cache>();
  const auto key = std::make_shared<const master_key>(master_key::random());
  const auto catalog = catalog_of({alpha});
  const auto nothing = std::make_shared<value_map>();
  std::atomic<int> resolved{0}, mixed_up{0}, failed{0};

  in_threads([&](unsigned number) {
    std::vector<std::unique_ptr<value_source>> sources;
    sources.push_back(std::make_unique<map_source>(value_origin::environment, nothing));
    credential_service service(cache, key, catalog, std::move(sources));
    std::mt19937 random(number);
    resolution out;
    resolve_request request;
    request.csp = catalog->find_csp("Alpha");
    for (int i = 0; i < operations / 8; ++i) {
      const std::string name = "OWNER" + std::to_string(random() % 5);
      const credcache::owner owner{owner_kind::user, name};
      switch (random() % 4) {
        case 0:
          if (!service.add(owner,
                           {alpha_key("PAIR"), {}, given({{"A_ID", name.c_str()}, {"A_SECRET", name.c_str()}}), {}, {}},
                           at())) {
            ++failed;
          }
          break;
        case 1:
          if (random() % 4 == 0) (void)service.remove_all(owner, at());
          for (const listed_credential& item : service.list(owner, at()).value()) {
            if (item.variables.size() != 2 || item.variables[0].value.reveal() != name) ++mixed_up;
          }
          break;
        default:
          if (auto outcome = service.resolve(owner, request, at(), out); !outcome) {
            if (outcome.error().code != error::credentials_not_found) ++failed;
            break;
          }
          ++resolved;
          if (out.variables()[0].value != name || out.variables()[1].value != name) ++mixed_up;
      }
    }
  });
  BOOST_TEST(mixed_up.load() == 0);
  BOOST_TEST(failed.load() == 0);
  BOOST_TEST(resolved.load() > 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace concurrent_cache_test
