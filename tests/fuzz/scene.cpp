#include "scene.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <utility>

#include "answer.hpp"
#include "api/request_context.hpp"

namespace credcached::fuzzing {
namespace {

using credcache::credential_type;
using credcache::owner_kind;

constexpr const char* other_definition = R"(
csp: aws
constant: AWS
sites: [default, other]
credentials:
  - type: variables
    name: ACCESS_KEY
    description: Another meaning.
    variables:
      - {name: AWS_ACCESS_KEY_ID, description: The id., sensitive: true}
      - {name: AWS_REGION, description: The region.}
)";

std::string marked(std::string_view mark) {
  return std::string(mark) + "/end";
}

// Of the built-in ones, those that differ in kind: a reload takes time for each.
std::vector<credcache::csp_definition> some_definitions() {
  static constexpr std::string_view wanted[] = {"HuaweiCloud",         "OpenstackTestlab", "aws",          "azure",
                                                "GoogleCloudPlatform", "OpenStack",        "DigitalOcean", "Vultr"};
  auto all = credcache::built_in_definitions();
  std::erase_if(all, [](const auto& csp) { return std::ranges::find(wanted, csp.name) == std::end(wanted); });
  return all;
}

// The numbers of a bound that a few hundred bytes of input can reach.
config::settings small_settings() {
  config::settings s;
  config::listener unix_listener;
  unix_listener.path = "/run/credcached/fuzz.sock";
  config::listener tcp_listener;
  tcp_listener.transport = config::listener::kind::tcp;
  tcp_listener.host = "127.0.0.1";
  tcp_listener.port = 8200;
  tcp_listener.trust_proxy = true;
  tcp_listener.hosts = {"cache.local"};
  s.listeners = {unix_listener, tcp_listener};
  s.cors_origins = {"https://portal.example"};
  s.limits.header_bytes = 1024;
  s.limits.body_bytes = 2048;
  s.limits.variables = 8;
  s.limits.value_bytes = 512;
  return s;
}

/// Passes a request on and writes down what it was answered.
class recorded_request final : public api::request_context {
 public:
  recorded_request(api::pipeline& pipeline, boost::asio::io_context& context, std::vector<recorded_answer>& answers)
      : request_context(pipeline, context), answers_(answers) {}

  [[nodiscard]] bool begin(std::uint64_t size) override {
    const bool wanted = request_context::begin(size);
    if (!wanted) write_down();
    return wanted;
  }
  [[nodiscard]] bool finish() override {
    const bool there = request_context::finish();
    if (there) {
      write_down();
    } else {
      told_ = std::exchange(answered, [this] { write_down_later(); });
    }
    return there;
  }
  void refuse(unsigned status, std::string_view reason) override {
    request_context::refuse(status, reason);
    write_down();
  }

 private:
  // Ends the function that has called it, so nothing of that is used afterwards.
  void write_down_later() {
    if (!cancelled) write_down();
    answered = std::move(told_);
    answered();
  }
  void write_down() {
    answers_.push_back({matched == nullptr ? std::string_view{} : matched->operation, response.status(),
                        request.method == http::verb::head});
  }

  std::vector<recorded_answer>& answers_;
  std::function<void()> told_;  // of an answer that comes later
};

}  // namespace

scene::scene() : local_(testing::local_peer()) {
  tcp_.transport = platform::peer::kind::tcp;
  tcp_.listener = 1;

  api::daemon_state& state = *kit_.state;
  state.cache = std::make_shared<credcache::credential_cache>(
      credcache::cache_limits{.entries = 16, .bytes = 8 * 1024, .entries_per_owner = 6});
  state.listeners = {"unix:/run/credcached/fuzz.sock"};
  std::string file = (std::filesystem::temp_directory_path() / "credcached-fuzz-XXXXXX").string();
  audit_ = ::mkstemp(file.data());
  expect(audit_ >= 0, "there is room for an audit file", file);
  state.audit.use(audit::open_audit_file({file, config::audit_failure::refuse}));
  ::unlink(file.c_str());

  kit_.environment->put("OPENSTACK_TESTLAB_AUTH_URL", marked(plain_mark));
  kit_.environment->put("DIGITALOCEAN_TOKEN", marked(sensitive_mark));
  kit_.environment->put("AWS_REGION", marked(plain_mark));
  kit_.environment->put("VULTR_API_KEY", marked(sensitive_mark) + "\xff\n\"'${`");

  kit_.catalog = credcache::provider_catalog::load(some_definitions());
  kit_.settings = small_settings();
  kit_.tokens = {{"first", std::nullopt, "another-token-0123456789"}, {"second", "alice", "fuzz-token-0123456789"}};
  configurations_[0] = kit_.make_configuration();
  pipeline_ = kit_.make_pipeline();
  pipeline_->publish(configurations_[0]);

  const credcache::definition_file other{"50-other.yaml", other_definition};
  kit_.catalog = credcache::provider_catalog::load({}, {&other, 1});
  config::access_rule only_alice;
  only_alice.owners = {"alice", "self"};
  only_alice.csps = {"aws"};
  kit_.settings.access = {only_alice};
  kit_.settings.cors_origins.clear();
  kit_.settings.limits.value_bytes = 64;
  kit_.tokens.clear();
  configurations_[1] = kit_.make_configuration();
}

scene::~scene() {
  ::close(audit_);
}

std::unique_ptr<http::exchange> scene::make_exchange(boost::asio::io_context& context) {
  return std::make_unique<recorded_request>(*pipeline_, context, answers_);
}

void scene::publish(std::size_t which) {
  published_ = which;
  pipeline_->publish(configurations_[which]);
}

void scene::reload() {
  publish(1 - published_);
}

void scene::tidy(std::string_view input) {
  if (published_ != 0) publish(0);
  credcache::credential_cache& cache = *kit_.state->cache;
  cache.sweep(credcache::time_point::max(), cache.entries());
  expect(cache.entries() == 0 && cache.bytes() == 0, "an empty cache holds nothing");
  expect(::ftruncate(audit_, 0) == 0, "the audit file can be emptied");
  answers_.clear();
  input_has_marks_ =
      input.find(sensitive_mark) != std::string_view::npos || input.find(plain_mark) != std::string_view::npos;

  for (const auto& owner : {credcache::owner{owner_kind::user, "alice"}, credcache::owner{owner_kind::isv, "acme"}}) {
    credcache::add_request request;
    request.key = {"aws", "default", credential_type::variables, "ACCESS_KEY"};
    request.variables.push_back({"AWS_ACCESS_KEY_ID", credcache::secret::copy_of(plain_mark), false});
    request.variables.push_back({"AWS_SECRET_ACCESS_KEY", credcache::secret::copy_of(sensitive_mark), false});
    const auto added = configurations_[0]->service.add(owner, request, credcache::now());
    expect(added.has_value(), "a marked credential can be cached", added ? "" : added.error().details.front());
  }
}

unsigned scene::ask(http::verb method, std::string_view target, std::string_view body,
                    std::initializer_list<http::name_value> fields) {
  boost::asio::io_context context;
  const auto exchange = make_exchange(context);
  http::request& request = exchange->request;
  request.method = method;
  request.method_text = boost::beast::http::to_string(method);
  request.target = target;
  request.peer = &local_;
  request.arrived = credcache::now();
  static_cast<void>(request.add_field("Content-Type", "application/json"));
  for (const http::name_value& f : fields) static_cast<void>(request.add_field(f.name, f.value));

  credcache::secret_buffer stream;
  http::response_heads heads;
  heads.make(request.arrived.wall);
  http::response& response = exchange->response;
  response.reset(stream, heads);
  answers_.clear();
  if (exchange->begin(body.size())) {
    request.body = body;
    exchange->answered = [] {};
    if (!exchange->finish()) context.run();
  }
  response.finish(false);
  while (response.rest) response.rest.write(stream);
  check(stream.reveal());
  return response.status();
}

void scene::check(std::string_view stream) const {
  for (const recorded_answer& expected : answers_) {
    answer a = take_answer(stream, expected.head);
    while (a.status == 100) a = take_answer(stream, expected.head);
    expect(a.status == expected.status, "answers come in the order of their requests");
    expect(a.status < 500 || a.status == 503, "no input makes the daemon fail", a.body);
    if (input_has_marks_) continue;
    const bool hands_out = a.status == 200 && expected.operation.starts_with("resolve");
    if (hands_out) continue;
    expect(a.body.find(sensitive_mark) == std::string_view::npos, "only a resolve shows a secret", a.body);
    expect(a.status < 300 || a.body.find(plain_mark) == std::string_view::npos, "no error shows a value", a.body);
  }
  while (stream.starts_with("HTTP/1.1 100 ")) take_answer(stream, false);
  expect(stream.empty(), "there are no more answers than requests", stream);
}

void scene::check_audit() const {
  std::string lines(static_cast<std::size_t>(::lseek(audit_, 0, SEEK_END)), '\0');
  expect(::pread(audit_, lines.data(), lines.size(), 0) == static_cast<ssize_t>(lines.size()), "the audit is readable");
  std::string_view rest = lines;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    expect(end != std::string_view::npos, "the audit consists of lines", rest);
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    boost::json::error_code wrong;
    static_cast<void>(boost::json::parse({line.data(), line.size()}, wrong));
    expect(!wrong, "an audit line is JSON", line);
    if (input_has_marks_) continue;
    expect(line.find(sensitive_mark) == std::string_view::npos && line.find(plain_mark) == std::string_view::npos,
           "the audit shows no value", line);
  }
}

}  // namespace credcached::fuzzing
