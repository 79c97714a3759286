// The cache in an event loop of your own. The loop owns the time: it sleeps until the next deadline, wipes what is due and
// hears of it. A vault has the keys, the cache adds a region to them. Nothing here reads a clock, so the program says the same every time.
#include <credcache/credential_service.hpp>
#include <functional>
#include <iostream>
#include <map>

using namespace credcache;
using namespace std::chrono_literals;

namespace {

// A loop on virtual time, with timers. One that is to run for real sleeps in pass() and takes now() from credcache::now.
class event_loop {
 public:
  explicit event_loop(std::shared_ptr<credential_cache> cache) : cache_(std::move(cache)) {}

  [[nodiscard]] instant now() const { return now_; }
  void after(std::chrono::seconds delay, std::function<void()> work) {
    timers_.emplace(now_.boot + delay, std::move(work));
  }
  void pass(std::chrono::milliseconds time) {
    now_.boot += time;
    now_.wall += time;
  }
  void run() {
    while (!timers_.empty()) {
      const time_point next = std::min(timers_.begin()->first, cache_->next_deadline());
      if (next > now_.boot) pass(std::chrono::ceil<std::chrono::milliseconds>(next - now_.boot));
      cache_->sweep(now_.boot, 64);  // not more at once: others wait
      if (timers_.begin()->first <= now_.boot) timers_.extract(timers_.begin()).mapped()();
    }
  }

 private:
  std::shared_ptr<credential_cache> cache_;
  instant now_{};
  std::multimap<time_point, std::function<void()>> timers_;
};

// Hears of what ends without anybody's request. Of the functions of an observer it overrides the one it needs.
class narrator final : public observer {
  void expired(owner_view owner, credential_key_view key) noexcept override {
    std::cout << "the credential of " << owner.name << " for " << key.csp << " has expired\n";
  }
};

// A vault that takes 20 ms to answer, however much it is asked for, and whose values live for five minutes. A loop that
// may not wait so long gives its service a thread.
class vault final : public value_source {
 public:
  explicit vault(event_loop& loop) : loop_(loop) {}

  [[nodiscard]] value_origin origin() const noexcept override { return value_origin::named("vault"); }
  // Without a round trip: the names that this vault is there for. A key, its secret and its token come from one source.
  [[nodiscard]] bool has(std::string_view name) const noexcept override {
    return name == "AWS_ACCESS_KEY_ID" || name == "AWS_SECRET_ACCESS_KEY" || name == "AWS_SESSION_TOKEN";
  }
  void fetch(std::span<const std::string_view> names, std::span<fetched_value> out, instant now) override {
    loop_.pass(20ms);
    std::cout << "the vault is asked for " << names.size() << " values at once\n";
    for (std::size_t i = 0; i < names.size(); ++i) {
      out[i] = {secret::copy_of("the vault's value"), now.boot + 5min};
    }
  }

 private:
  event_loop& loop_;
};

}  // namespace

int main() {
  const auto cache = std::make_shared<credential_cache>(cache_limits{}, std::make_shared<narrator>());
  const auto key = std::make_shared<const master_key>(master_key::random());
  event_loop loop(cache);
  std::vector<std::unique_ptr<value_source>> sources;
  sources.push_back(std::make_unique<vault>(loop));
  credential_service service(cache, key, provider_catalog::load(built_in_definitions()), std::move(sources));
  const owner alice{owner_kind::user, "alice"};

  const auto show = [&] {
    const instant begin = loop.now();
    resolution answer;
    if (const auto found = service.resolve(alice, {.csp_name = "aws"}, begin, answer); !found) {
      std::cout << to_string(found.error().code) << '\n';
      return;
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(loop.now().boot - begin.boot);
    const auto life = std::chrono::duration_cast<std::chrono::seconds>(*answer.deadline() - begin.boot);
    std::cout << "an answer after " << took.count() << " ms, good for " << life.count() << " s"
              << (answer.find("AWS_REGION") ? ", with a region\n" : "\n");
  };
  add_request request;
  request.key = {"aws", "default", credential_type::variables, "ACCESS_KEY"};
  request.variables.push_back({"AWS_REGION", secret::copy_of("eu-west-1")});
  request.time_to_live = 15min;
  service.add(alice, request, loop.now()).value();
  loop.after(1min, show);   // good for as long as the vault's values
  loop.after(12min, show);  // good for as long as what was added
  loop.after(16min, show);  // what the vault has alone
  loop.run();
}
