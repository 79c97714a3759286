// A host that forks while its other threads are inside add and resolve, hold the cache's locks and make keys. The child
// does what such a child may: it asks whether the key is usable, and becomes another program with the answer in its
// environment. Whatever the others held, it waits for nobody.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <semaphore>
#include <thread>
#include <vector>

#include "check.hpp"
#include "credcache/credential_service.hpp"

namespace {

using namespace credcache;

constexpr int forks_while_stopped = 5, forks_while_running = 40;
constexpr unsigned longest_life = 10;  // of a child, in seconds

const auto key = std::make_shared<const master_key>(master_key::random());
const auto cache = std::make_shared<credential_cache>();
const auto catalog = provider_catalog::load(built_in_definitions());

// Has no value for anybody, and stops whoever asks: add asks has(), resolve fetches.
class stopping_source final : public value_source {
 public:
  stopping_source(bool in_fetch, std::counting_semaphore<>& arrived, std::counting_semaphore<>& go_on)
      : in_fetch_(in_fetch), arrived_(arrived), go_on_(go_on) {}
  [[nodiscard]] value_origin origin() const noexcept override { return value_origin::named("stopping"); }
  [[nodiscard]] bool has(std::string_view name) const noexcept override {
    if (name != "AWS_SESSION_TOKEN" && name != "AWS_ENDPOINT_URL") return false;
    if (!in_fetch_) stop();
    return in_fetch_;
  }
  void fetch(std::span<const std::string_view>, std::span<fetched_value>, instant) override { stop(); }

 private:
  void stop() const {
    arrived_.release();
    go_on_.acquire();
    go_on_.release();  // for whoever comes next
  }
  bool in_fetch_;
  std::counting_semaphore<>& arrived_;
  std::counting_semaphore<>& go_on_;
};

credential_service service_over(std::vector<std::unique_ptr<value_source>> sources = {}) {
  return {cache, key, catalog, std::move(sources)};
}

void add(credential_service& service, std::string_view owner) {
  add_request request;
  request.key = {"aws", "default", credential_type::variables, "ACCESS_KEY"};
  request.variables.push_back({"AWS_ACCESS_KEY_ID", secret::copy_of("AKIAIOSFODNN7EXAMPLE")});
  request.variables.push_back({"AWS_SECRET_ACCESS_KEY", secret::copy_of(std::string(40, 's'))});
  request.variables.push_back({"AWS_REGION", secret::copy_of("eu-west-1")});
  service.add({owner_kind::user, owner}, request, now()).value();
}

void resolve(credential_service& service, std::string_view owner, resolution& answer) {
  service.resolve({owner_kind::user, owner}, {.csp_name = "aws"}, now(), answer).value();
}

// Everything a child may do before it is another program; `variables` were made before.
void check_child(const environment_block& variables) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(longest_life);
    if (key->usable()) ::_exit(3);
    char program[] = "/proc/self/exe", as_child[] = "child";
    char* const arguments[] = {program, as_child, nullptr};
    ::execve(program, arguments, variables.data());
    ::_exit(127);
  }
  int status = 0;
  check(::waitpid(child, &status, 0) == child, "the child can be waited for");
  if (WIFSIGNALED(status)) std::cerr << "the child was ended by signal " << WTERMSIG(status) << '\n';
  check(status == 0, "a child of many threads becomes another program");
}

// One thread inside add, one inside resolve, for as long as the children live.
void fork_while_others_are_stopped(const environment_block& variables) {
  std::counting_semaphore<> arrived(0), go_on(0);
  const auto stopping = [&](bool in_fetch) {
    std::vector<std::unique_ptr<value_source>> sources;
    sources.push_back(std::make_unique<stopping_source>(in_fetch, arrived, go_on));
    return sources;
  };
  std::jthread adding([&] {
    credential_service service = service_over(stopping(false));
    add(service, "stopped in add");
  });
  std::jthread resolving([&] {
    credential_service service = service_over(stopping(true));
    resolution answer;
    resolve(service, "alice", answer);
  });
  arrived.acquire();
  arrived.acquire();
  for (int i = 0; i < forks_while_stopped; ++i) check_child(variables);
  go_on.release();
}

// Threads that hold the locks of the cache and of the keys' memory as often as they can.
void fork_while_others_run(const environment_block& variables) {
  std::atomic<bool> over = false;
  std::atomic<int> started = 0;
  const auto again_and_again = [&](std::function<void()> work) {
    return std::jthread([&, work = std::move(work)] {
      for (work(), ++started; !over;) work();
    });
  };
  credential_service adder = service_over(), resolver = service_over(), exporter = service_over();
  resolution answer;
  const std::jthread threads[] = {
      again_and_again([&] { add(adder, "bob"); }),
      again_and_again([&] { resolve(resolver, "alice", answer); }),
      again_and_again([&] {
        for (std::size_t i = 0; i < credential_cache::shards; ++i) (void)exporter.export_shard(i, now());
      }),
      again_and_again([] { const cipher made(master_key::random()); }),
  };
  while (started < static_cast<int>(std::size(threads))) std::this_thread::yield();
  for (int i = 0; i < forks_while_running; ++i) check_child(variables);
  over = true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string_view(arguments[1]) == "child") {
    const char* const region = std::getenv("AWS_REGION");
    return region != nullptr && std::string_view(region) == "eu-west-1" ? 0 : 4;
  }
  credential_service service = service_over();
  add(service, "alice");
  resolution answer;
  resolve(service, "alice", answer);
  const environment_block variables = answer.to_environment().value();
  fork_while_others_are_stopped(variables);
  fork_while_others_run(variables);
  resolve(service, "alice", answer);
  check(key->usable(), "the parent's key is usable still");
}
