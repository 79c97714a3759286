#include "scene.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>

#include "answer.hpp"
#include "api/routes.hpp"

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

}  // namespace

const std::string& scene::token() {
  static const std::string text = "fuzz-token-0123456789";
  return text;
}

scene::scene() {
  local_.uid = ::geteuid();
  local_.gid = ::getegid();
  tcp_.transport = platform::peer::kind::tcp;
  tcp_.listener = 1;

  settings_[0] = small_settings();
  settings_[1] = small_settings();
  config::access_rule only_alice;
  only_alice.owners = {"alice", "self"};
  only_alice.csps = {"aws", "azure"};
  settings_[1].access = {only_alice};
  settings_[1].cors_origins.clear();
  settings_[1].limits.value_bytes = 64;
  limits_ = settings_[0].limits;

  auto tokens = std::make_shared<access::token_set>();
  tokens->add("first", std::nullopt, "another-token-0123456789");
  tokens->add("second", "alice", token());
  tokens_[0] = std::move(tokens);
  tokens_[1] = std::make_shared<access::token_set>();

  const credcache::definition_file other{"50-other.yaml", other_definition};
  catalogs_[0] = credcache::provider_catalog::load(some_definitions());
  catalogs_[1] = credcache::provider_catalog::load({}, {&other, 1});

  key_ = std::make_shared<const credcache::master_key>(credcache::master_key::random());
  environment_ = std::make_shared<credcache::sealed_values>(key_);
  environment_->put("OPENSTACK_TESTLAB_AUTH_URL", marked(plain_mark));
  environment_->put("DIGITALOCEAN_TOKEN", marked(sensitive_mark));
  environment_->put("AWS_REGION", marked(plain_mark));
  environment_->put("VULTR_API_KEY", marked(sensitive_mark) + "\xff\n\"'${`");

  facts_ = std::make_shared<api::daemon_facts>();
  facts_->cache = std::make_shared<credcache::credential_cache>(
      credcache::cache_limits{.entries = 16, .bytes = 8 * 1024, .entries_per_owner = 6});
  facts_->started = credcache::now();
  facts_->listeners = {"unix:/run/credcached/fuzz.sock"};
  facts_->key_source = "random";
  facts_->counters.push_back(std::make_shared<metrics::worker_counters>(api::routes().size()));

  std::string file = (std::filesystem::temp_directory_path() / "credcached-fuzz-XXXXXX").string();
  audit_ = ::mkstemp(file.data());
  expect(audit_ >= 0, "there is room for an audit file", file);
  facts_->audit.open({file, config::audit_failure::refuse});
  ::unlink(file.c_str());

  api_ = std::make_unique<api::pipeline>(facts_, facts_->counters.front(),
                                         credcache::credential_service(facts_->cache, key_, catalogs_[0], sources()),
                                         settings_[0], tokens_[0]);
}

scene::~scene() {
  ::close(audit_);
}

std::vector<std::unique_ptr<credcache::value_source>> scene::sources() const {
  std::vector<std::unique_ptr<credcache::value_source>> all;
  all.push_back(std::make_unique<credcache::sealed_source>(credcache::value_origin::environment, environment_));
  return all;
}

void scene::use(std::size_t which) {
  if (which == in_use_) return;
  in_use_ = which;
  api_->reload(catalogs_[which], sources(), settings_[which], tokens_[which]);
}

void scene::reload() {
  use(1 - in_use_);
}

void scene::tidy(std::string_view input) {
  use(0);
  facts_->cache->sweep(credcache::time_point::max(), facts_->cache->entries());
  expect(facts_->cache->entries() == 0 && facts_->cache->bytes() == 0, "an empty cache holds nothing");
  expect(::ftruncate(audit_, 0) == 0, "the audit file can be emptied");
  answers_.clear();
  input_has_marks_ =
      input.find(sensitive_mark) != std::string_view::npos || input.find(plain_mark) != std::string_view::npos;

  for (const auto& who : {credcache::owner{owner_kind::user, "alice"}, credcache::owner{owner_kind::isv, "acme"}}) {
    credcache::add_request request;
    request.key = {"aws", "default", credential_type::variables, "ACCESS_KEY"};
    request.variables.push_back({"AWS_ACCESS_KEY_ID", credcache::secret::copy_of(plain_mark), false});
    request.variables.push_back({"AWS_SECRET_ACCESS_KEY", credcache::secret::copy_of(sensitive_mark), false});
    const auto added = api_->service().add(who, request, credcache::now());
    expect(added.has_value(), "a marked credential can be cached", added ? "" : added.error().details.front());
  }
}

bool scene::begin(http::request& r, std::uint64_t body_size, http::response& out) {
  const bool wanted = api_->begin(r, body_size, out);
  const api::route* const matched = r.notes<api::call_notes>().matched;
  operation_ = matched == nullptr ? std::string_view{} : matched->operation;
  if (!wanted) answers_.push_back({operation_, out.status(), r.method == http::verb::head});
  return wanted;
}

void scene::finish(http::request& r, http::response& out) {
  api_->finish(r, out);
  answers_.push_back({operation_, out.status(), r.method == http::verb::head});
}

void scene::refuse(const http::request& r, unsigned status, std::string_view why, http::response& out) {
  api_->refuse(r, status, why, out);
  answers_.push_back({{}, out.status(), r.method == http::verb::head});
}

unsigned scene::ask(http::verb method, std::string_view target, std::string_view body,
                    std::initializer_list<http::name_value> fields) {
  http::request r;
  r.method = method;
  r.method_text = boost::beast::http::to_string(method);
  r.target = target;
  r.from = &local_;
  r.arrived = credcache::now();
  static_cast<void>(r.add_field("Content-Type", "application/json"));
  for (const http::name_value& f : fields) static_cast<void>(r.add_field(f.name, f.value));
  credcache::secret_buffer stream;
  http::response_heads heads;
  heads.make(r.arrived.wall);
  http::response out(stream, heads);
  const std::size_t before = answers_.size();
  if (begin(r, body.size(), out)) {
    r.body = body;
    finish(r, out);
  }
  out.finish(false);
  answers_.erase(answers_.begin(), answers_.begin() + static_cast<std::ptrdiff_t>(before));
  check(stream.reveal());
  return out.status();
}

void scene::check(std::string_view stream) const {
  for (const answered& expected : answers_) {
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
