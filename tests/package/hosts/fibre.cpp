// The library on a stack of exactly credcache::stack_needed bytes, with a page below it that nobody may touch: add,
// resolve, explain, list, describe, removal, signing, and what goes wrong. Everything is called there for the first time, so that
// the dynamic linker has its part of that stack, too.
#include <sys/mman.h>
#include <ucontext.h>
#include <credcache/credential_service.hpp>
#include <credcache/jwt_signer.hpp>
#include <credcache/request_signer.hpp>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

#include <algorithm>
#include <exception>
#include <functional>
#include <span>

#include "check.hpp"
#include "test_keys.hpp"

using namespace credcache;

namespace {

constexpr std::size_t page = 4096;
constexpr unsigned char paint = 0xa5;

// AddressSanitizer wants to be told when the stack changes.
#ifdef __SANITIZE_ADDRESS__
void leave_for(void** left, const void* stack, std::size_t size) {
  ::__sanitizer_start_switch_fiber(left, stack, size);
}
void arrive(void* left, const void** stack, std::size_t* size) {
  ::__sanitizer_finish_switch_fiber(left, stack, size);
}
#else
void leave_for(void**, const void*, std::size_t) {}
void arrive(void*, const void**, std::size_t*) {}
#endif

// Runs `work` to its end on a stack of its own. makecontext passes no pointer: hence the static.
class fibre {
 public:
  explicit fibre(std::size_t size) : size_(size) {
    void* const pages = ::mmap(nullptr, page + size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(pages != MAP_FAILED && ::mprotect(pages, page, PROT_NONE) == 0, "a stack can be made");
    stack_ = static_cast<unsigned char*>(pages) + page;
    std::fill_n(stack_, size_, paint);
  }
  void run(std::function<void()> work) {
    work_ = std::move(work);
    ::getcontext(&here_);
    here_.uc_stack.ss_sp = stack_;
    here_.uc_stack.ss_size = size_;
    here_.uc_link = &caller_;
    ::makecontext(&here_, &fibre::begin, 0);
    running_ = this;
    void* left = nullptr;
    leave_for(&left, stack_, size_);
    ::swapcontext(&caller_, &here_);
    arrive(left, nullptr, nullptr);
  }
  [[nodiscard]] std::size_t used() const {
    const auto* const end = stack_ + size_;
    return static_cast<std::size_t>(end -
                                    std::find_if(stack_, stack_ + size_, [](auto byte) { return byte != paint; }));
  }

 private:
  static void begin() {
    const void* caller_stack = nullptr;
    std::size_t caller_size = 0;
    arrive(nullptr, &caller_stack, &caller_size);
    try {
      running_->work_();
    } catch (const std::exception& e) {
      check(false, e.what());
    }
    leave_for(nullptr, caller_stack, caller_size);
  }
  static fibre* running_;

  std::size_t size_;
  unsigned char* stack_;
  std::function<void()> work_;
  ucontext_t here_{}, caller_{};
};
fibre* fibre::running_ = nullptr;

given_variable variable(std::string name, std::string_view value) {
  return {std::move(name), secret::copy_of(value)};
}

add_request google_key(std::string_view json) {
  add_request request;
  request.key = {"gcp", "default", credential_type::variables, "SERVICE_ACCOUNT_KEY"};
  request.variables.push_back(variable("GOOGLE_CREDENTIALS", json));
  return request;
}

// A cloud whose variable has a pattern that goes back and forth in the text.
const definition_file patterned{"patterned.yaml", R"(csp: Patterned
constant: PATTERNED
sites: [default]
credentials:
  - type: variables
    name: PATTERN
    description: A value with a pattern.
    variables:
      - name: PATTERN_ID
        description: Groups of letters.
        pattern: '(([a-z]+)-)*([a-z]+|[0-9]{2,8})'
)"};

add_request patterned_id(std::string_view value) {
  add_request request;
  request.key = {"Patterned", "default", credential_type::variables, "PATTERN"};
  request.variables.push_back(variable("PATTERN_ID", value));
  return request;
}

// A value as long as one may be, with an escape in each member, so that the parser puts its text together by pieces.
std::string longest_key() {
  std::string json =
      R"({"type":"service_account","private_key":"a\u00e9\nb","client_email":"c\"d","token_uri":"e\\f","project_id":"g\u0068")";
  for (int i = 0; json.size() < 65'000; ++i) json += ",\"m" + std::to_string(i) + "\":[[[[\"\\ud83d\\ude00 text\"]]]]";
  return json + '}';
}

}  // namespace

int main() {
  const auto key = std::make_shared<const master_key>(master_key::random());
  const auto cache = std::make_shared<credential_cache>();
  const owner alice{owner_kind::user, "alice"};
  const std::string json = longest_key();

  fibre small(stack_needed);
  small.run([&] {
    const auto catalog = provider_catalog::load(built_in_definitions(), {&patterned, 1});
    const auto values = std::make_shared<sealed_values>(key);
    import_environment(catalog->environment_names(), *values);
    values->put("GOOGLE_PROJECT", "a project");
    std::vector<std::unique_ptr<value_source>> sources;
    sources.push_back(std::make_unique<sealed_source>(value_origin::environment, values));
    credential_service service(cache, key, catalog, std::move(sources));
    service.add(alice, google_key(json), now()).value();
    check(!service.add(alice, google_key(R"({"type":"another"})"), now()).has_value(), "a wrong key is refused");
    check(!service.add(alice, google_key(std::string(5000, '[')), now()).has_value(), "deep JSON is refused");
    std::string groups;
    while (groups.size() < 10'000) groups += "abc-";
    service.add(alice, patterned_id(groups + "12345678"), now()).value();
    check(!service.add(alice, patterned_id(groups + "123456789"), now()).has_value(),
          "a text of another form is refused");
    resolution answer;
    const resolve_request question{.csp_name = "gcp"};
    service.resolve(alice, question, now(), answer).value();
    check(answer.to_environment().value().size() > 1, "the answer becomes an environment");
    (void)service.explain(alice, question, now()).value();
    check(service.list(alice, now()).value().size() == 2, "two credentials are listed");
    const owner bob{owner_kind::user, "bob"};
    try {
      service.resolve(bob, question, now(), answer).value();
      check(false, "nothing is found for another owner");
    } catch (const credential_error&) {
    }
    for (std::size_t shard = 0; shard < credential_cache::shards; ++shard) {
      service.import_records(service.export_shard(shard, now()).reveal(), now());
    }
    check(service.remove_all(alice, now()).value().size() == 2, "two credentials are removed");
  });

  const secret_buffer largest = testing::pem_of(testing::pkcs8_of(testing::new_rsa_key(largest_rsa_key)).reveal());
  fibre signing(stack_needed);
  signing.run([&] {
    request_to_sign request;
    request.host = "example.com";
    request.region = "us-east-1";
    request.service = "s3";
    request.action = "GetCallerIdentity";
    request.version = "2015-04-01";
    for (const auto dialect :
         {signing_dialect::sigv4, signing_dialect::sdk_hmac_sha256, signing_dialect::acs3_hmac_sha256}) {
      (void)sign_request(dialect, request, {"id", "secret", "token"}, now().wall).value();
      check(!sign_request(dialect, request, {"id", "", ""}, now().wall), "a key without a secret is refused");
    }
    const jwt_claims claims{.issuer = "robot@example.com", .audience = "https://example.com/token"};
    (void)sign_jwt(claims, largest.reveal(), now().wall).value();
    check(!sign_jwt(claims, largest.reveal().substr(0, 1000), now().wall), "half a key is refused");
  });
  std::cout << "NOTE: the library took " << std::max(small.used(), signing.used()) << " of " << stack_needed
            << " bytes of stack\n";
}
