// Requests are signed as the clouds' own documents and clients sign them, and what no header can carry is refused.
#include <boost/test/unit_test.hpp>
#include <set>

#include "files.hpp"
#include "signing/canonical_request.hpp"
#include "signing/signature.hpp"
#include "signing_job.hpp"

using namespace credcache;
using namespace credcache::testing;
namespace json = boost::json;

namespace {

json::array published_vectors() {
  return json::parse(credcached::testing::read_text(SOURCE_FOLDER "/tests/unit/lib/signing/published_vectors.json"))
      .as_array();
}

constexpr wall_time noon = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + std::chrono::hours(12);
constexpr access_key key{.id = "AKIDEXAMPLE", .secret = "very secret", .session_token = ""};

request_to_sign request_to(std::string_view host) {
  request_to_sign request;
  request.host = host;
  request.region = "us-east-1";
  request.service = "sts";
  request.action = "GetCallerIdentity";
  request.version = "2015-04-01";
  return request;
}

constexpr signing_dialect every_dialect[] = {signing_dialect::sigv4, signing_dialect::sdk_hmac_sha256,
                                             signing_dialect::acs3_hmac_sha256};

// The sentence that refuses it with this dialect.
std::string refusal(const request_to_sign& request, const access_key& with = key,
                    signing_dialect dialect = signing_dialect::sigv4, wall_time when = noon) {
  const auto outcome = sign_request(dialect, request, with, when);
  if (outcome) return "signed";
  BOOST_TEST((outcome.error().code == error::invalid_value));
  BOOST_TEST(outcome.error().details.size() == 1u);
  return outcome.error().details[0];
}

// The canonical request without what is the same in all of these tests.
std::string canonical_target(signing_dialect dialect, std::string_view path, std::vector<name_value> query = {},
                             std::string_view service = "sts") {
  const dialect_rules& rules = rules_of(dialect);
  return canonical_path(rules, percent_encoded(path, true), service) + "?" + canonical_query(rules, query);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(request_signer)

BOOST_AUTO_TEST_CASE(published_signatures_are_reproduced) {
  std::set<std::string_view> dialects;
  const json::array vectors = published_vectors();
  for (const json::value& value : vectors) {
    const json::object& vector = value.as_object();
    if (text_in(vector, "host").empty()) continue;  // see below
    BOOST_TEST_CONTEXT(text_in(vector, "origin")) {
      dialects.insert(text_in(vector, "scheme"));
      const auto request = sign_job(vector);
      BOOST_REQUIRE(request);
      const std::string authorization = headers_in(*request)["authorization"];
      const auto names = authorization.find("SignedHeaders="), signature = authorization.find("Signature=");
      BOOST_REQUIRE(signature != std::string::npos);
      BOOST_TEST(authorization.substr(names, signature - names)
                     .starts_with("SignedHeaders=" + std::string(text_in(vector, "signedHeaders")) + ","));
      BOOST_TEST(authorization.substr(signature) == "Signature=" + std::string(text_in(vector, "signature")));
    }
  }
  BOOST_TEST(dialects.size() == 3u);
  BOOST_TEST(vectors.size() == 22u);
}

// Vectors that say more or less than a whole request: the hash of the canonical text, and a request without a host.
BOOST_AUTO_TEST_CASE(published_steps_are_reproduced) {
  std::size_t steps = 0;
  for (const json::value& value : published_vectors()) {
    const json::object& vector = value.as_object();
    const dialect_rules& rules = rules_of(dialect_in(vector));
    const std::string query = canonical_query(rules, pairs_in(vector, "query"));
    const std::string path = canonical_path(rules, text_in(vector, "path"), "");
    const std::string body_hash = hex_sha256(text_in(vector, "body"));
    std::vector<const signed_header*> headers;
    if (!text_in(vector, "canonicalRequestSha256").empty()) {
      const auto request = sign_job(vector);
      BOOST_REQUIRE(request);
      for (const signed_header& header : request->headers)
        if (is_signed(rules, header.name)) headers.push_back(&header);
      const secret_buffer text = canonical_request(
          rules, {text_in(vector, "method"), path, query, headers, text_in(vector, "signedHeaders"), body_hash});
      BOOST_TEST(hex_sha256(text.reveal()) == text_in(vector, "canonicalRequestSha256"));
      ++steps;
    }
    if (text_in(vector, "host").empty()) {
      signed_header date{"x-sdk-date", {}};
      date.value.append("20060102T150405Z");
      headers = {&date};
      const secret_buffer text = canonical_request(rules, {"GET", path, query, headers, "x-sdk-date", body_hash});
      const std::string to_sign = "SDK-HMAC-SHA256\n20060102T150405Z\n" + hex_sha256(text.reveal());
      BOOST_TEST(hmac_signature("", text_in(vector, "secretKey"), {}, to_sign) == text_in(vector, "signature"));
      ++steps;
    }
  }
  BOOST_TEST(steps == 2u);
}

// As the test of Huawei's Go SDK has it.
BOOST_AUTO_TEST_CASE(a_query_is_encoded_byte_by_byte_and_sorted) {
  const std::vector<name_value> query{
      {"test", "一 (&=?!#%.*)"}, {"path", "/tmp/123"}, {"multi", "3"}, {"multi", "1"}, {"multi", "2"}, {"limit", "1"},
      {"enable", "true"}};
  for (const signing_dialect dialect : every_dialect) {
    BOOST_TEST(canonical_target(dialect, "/", query) ==
               "/?enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&"
               "test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29");
  }
}

BOOST_AUTO_TEST_CASE(a_parameter_without_a_value_keeps_its_equals_sign) {
  for (const signing_dialect dialect : every_dialect)
    BOOST_TEST(canonical_target(dialect, "/", {{"b", ""}, {"a", ""}}) == "/?a=&b=");
}

BOOST_AUTO_TEST_CASE(names_are_sorted_before_or_after_they_are_encoded) {
  const std::vector<name_value> query{{"a", "1"}, {"{", "2"}};  // %7B comes before a
  BOOST_TEST(canonical_target(signing_dialect::sigv4, "/", query) == "/?%7B=2&a=1");
  BOOST_TEST(canonical_target(signing_dialect::sdk_hmac_sha256, "/", query) == "/?a=1&%7B=2");
  BOOST_TEST(canonical_target(signing_dialect::acs3_hmac_sha256, "/", query) == "/?a=1&%7B=2");
}

BOOST_AUTO_TEST_CASE(a_path_is_canonical_by_the_rule_of_its_dialect) {
  using enum signing_dialect;
  const std::tuple<signing_dialect, const char*, const char*, const char*> cases[] = {
      {sigv4, "sts", "/a b/é", "/a%2520b/%25C3%25A9?"},
      {sigv4, "s3", "/a b/é", "/a%20b/%C3%A9?"},
      {sigv4, "sts", "//a/./b/../c/", "/a/c/?"},
      {sigv4, "s3", "//a/./b/../c/", "//a/./b/../c/?"},
      {sigv4, "sts", "/../..", "/?"},
      {sigv4, "sts", "/a/b/..", "/a?"},
      {sdk_hmac_sha256, "", "/v3/a b", "/v3/a%20b/?"},
      {sdk_hmac_sha256, "", "/v3/", "/v3/?"},
      {sdk_hmac_sha256, "", "/", "/?"},
      {acs3_hmac_sha256, "", "/clusters/a b", "/clusters/a%20b?"},
      {acs3_hmac_sha256, "", "/", "/?"},
  };
  for (const auto& [dialect, service, path, expected] : cases) {
    BOOST_TEST_CONTEXT(to_string(dialect) << ' ' << service << ' ' << path)
    BOOST_TEST(canonical_target(dialect, path, {}, service) == expected);
  }
}

BOOST_AUTO_TEST_CASE(what_is_sent_is_encoded_once) {
  request_to_sign request = request_to("example.com");
  const name_value query[] = {{"b", "é"}, {"a", " "}};
  request.path = "/a b/é%";
  request.query = query;
  for (const signing_dialect dialect : every_dialect)
    BOOST_TEST(sign_request(dialect, request, key, noon).value().target == "/a%20b/%C3%A9%25?a=%20&b=%C3%A9");
  request.path = "";
  request.query = {};
  BOOST_TEST(sign_request(signing_dialect::sigv4, request, key, noon).value().target == "/");
}

BOOST_AUTO_TEST_CASE(each_dialect_sends_its_own_headers) {
  using enum signing_dialect;
  access_key temporary = key;
  temporary.session_token = "token+/=";
  const name_value extra[] = {{"Content-Type", "text/plain"}, {"Accept", "*/*"}};
  request_to_sign request = request_to("example.com:8443");
  request.headers = extra;
  const auto names = [&](signing_dialect dialect) {
    std::string all;
    for (const signed_header& header : sign_request(dialect, request, temporary, noon).value().headers)
      all += (all.empty() ? "" : " ") + header.name;
    return all;
  };
  BOOST_TEST(names(sigv4) == "accept content-type host x-amz-date x-amz-security-token authorization");
  BOOST_TEST(names(sdk_hmac_sha256) == "accept content-type host x-sdk-date x-security-token authorization");
  BOOST_TEST(names(acs3_hmac_sha256) ==
             "accept content-type host x-acs-action x-acs-content-sha256 x-acs-date x-acs-security-token "
             "x-acs-signature-nonce x-acs-version authorization");
  request.service = "s3";
  BOOST_TEST(names(sigv4) ==
             "accept content-type host x-amz-content-sha256 x-amz-date x-amz-security-token authorization");

  auto headers = headers_in(sign_request(acs3_hmac_sha256, request, temporary, noon).value());
  BOOST_TEST(headers["host"] == "example.com:8443");
  BOOST_TEST(headers["x-acs-date"] == "2026-02-03T12:00:00Z");
  BOOST_TEST(headers["x-acs-security-token"] == "token+/=");
  BOOST_TEST(
      headers["authorization"].find("SignedHeaders=content-type;host;x-acs-action;x-acs-content-sha256;x-acs-date;"
                                    "x-acs-security-token;x-acs-signature-nonce;x-acs-version,Signature=") !=
      std::string::npos);  // Accept is not among them
  headers = headers_in(sign_request(sigv4, request, temporary, noon).value());
  BOOST_TEST(headers["x-amz-date"] == "20260203T120000Z");
  BOOST_TEST(headers["authorization"].starts_with(
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260203/us-east-1/s3/aws4_request, "
      "SignedHeaders=accept;content-type;host;"));
}

BOOST_AUTO_TEST_CASE(a_nonce_is_drawn_where_none_is_given) {
  request_to_sign request = request_to("example.com");
  std::set<std::string> drawn;
  for (int i = 0; i < 10; ++i) {
    auto headers = headers_in(sign_request(signing_dialect::acs3_hmac_sha256, request, key, noon).value());
    BOOST_TEST(headers["x-acs-signature-nonce"].size() == 32u);
    drawn.insert(headers["x-acs-signature-nonce"]);
  }
  BOOST_TEST(drawn.size() == 10u);
}

BOOST_AUTO_TEST_CASE(a_line_break_gets_into_no_header) {
  constexpr std::string_view bad_texts[] = {"a\rb", "a\nb", "a\tb", "a\x7f", "a\x01", {"a\0b", 3}};
  for (const signing_dialect dialect : every_dialect) {
    for (const std::string_view bad : bad_texts) {
      BOOST_TEST_CONTEXT(to_string(dialect) << ' ' << bad) {
        const std::string host = "example.com" + std::string(bad);
        BOOST_TEST(refusal(request_to(host), key, dialect) ==
                   "The host: found a control character, expected a name, perhaps with a port, and no URL.");
        access_key with = key;
        with.id = bad;
        BOOST_TEST(
            refusal(request_to("example.com"), with, dialect) ==
            "The id of the access key: found a control character, expected that of a key without blanks around it.");
        with = key;
        with.session_token = bad;
        BOOST_TEST(refusal(request_to("example.com"), with, dialect) ==
                   "The session token: found a control character, expected one line of ASCII, copied whole.");
        const name_value headers[] = {{"X-Mine", bad}};
        request_to_sign request = request_to("example.com");
        request.headers = headers;
        BOOST_TEST(refusal(request, key, dialect) ==
                   "The header \"X-Mine\": found a control character in its value, expected text on one line.");
        request = request_to("example.com");
        request.method = bad;
        BOOST_TEST(refusal(request, key, dialect).starts_with("The method: found "));
        if (dialect == signing_dialect::sigv4) {
          for (std::string_view request_to_sign::*const part : {&request_to_sign::region, &request_to_sign::service}) {
            request = request_to("example.com");
            request.*part = bad;
            BOOST_TEST(refusal(request, key, dialect).find(": found a control character, ") != std::string::npos);
          }
        }
        if (dialect == signing_dialect::acs3_hmac_sha256) {
          for (std::string_view request_to_sign::*const part :
               {&request_to_sign::action, &request_to_sign::version, &request_to_sign::nonce}) {
            request = request_to("example.com");
            request.*part = bad;
            BOOST_TEST(refusal(request, key, dialect).find(": found a control character, ") != std::string::npos);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_refusal_says_what_is_lacking_or_wrong) {
  request_to_sign request = request_to("example.com");
  BOOST_TEST(refusal(request_to("https://example.com")) ==
             "The host: found the character /, expected a name, perhaps with a port, and no URL.");
  BOOST_TEST(refusal(request_to("")) == "The host: found nothing, expected a name, perhaps with a port, and no URL.");
  request.method = "get";
  BOOST_TEST(refusal(request) == "The method: found \"get\", expected one in capital letters, such as GET.");
  request = request_to("example.com");
  request.path = "v2/account";
  BOOST_TEST(refusal(request) == "The path: found \"v2/account\", expected one that begins with /.");
  BOOST_TEST(refusal(request_to("example.com"), {"AKID", "", ""}) ==
             "The secret of the access key: found nothing, expected the one that belongs to its id.");
  BOOST_TEST(refusal(request_to("example.com"), {" AKID", "s", ""}) ==
             "The id of the access key: found a blank, expected that of a key without blanks around it.");
  BOOST_TEST(refusal(request_to("example.com"), {"AKID", "s", "tokén"}) ==
             "The session token: found a character that is not ASCII, expected one line of ASCII, copied whole.");
  request = request_to("example.com");
  request.region = "";
  BOOST_TEST(refusal(request) == "The region: found nothing, expected one such as us-east-1.");
  BOOST_TEST(refusal(request, key, signing_dialect::sdk_hmac_sha256) == "signed");
  request.action = "";
  BOOST_TEST(refusal(request, key, signing_dialect::acs3_hmac_sha256) ==
             "The action: found nothing, expected one such as GetCallerIdentity.");
  request = request_to("example.com");
  BOOST_TEST(refusal(request, key, signing_dialect::sigv4, wall_time(std::chrono::milliseconds(-1))) ==
             "The time: found a year that is not 1970 to 9999, expected the present: set the clock.");
}

BOOST_AUTO_TEST_CASE(a_header_is_there_once) {
  const auto with = [](std::vector<name_value> headers, signing_dialect dialect) {
    request_to_sign request = request_to("example.com");
    request.headers = headers;
    return refusal(request, key, dialect);
  };
  using enum signing_dialect;
  const std::string_view there =
      ": found one that is there already, expected each once, without those that the signer writes.";
  BOOST_TEST(with({{"x-a", "1"}, {"X-A", "2"}}, sigv4) == "The header \"X-A\"" + std::string(there));
  BOOST_TEST(with({{"Host", "other"}}, sigv4) == "The header \"Host\"" + std::string(there));
  BOOST_TEST(with({{"Authorization", "x"}}, sdk_hmac_sha256) == "The header \"Authorization\"" + std::string(there));
  BOOST_TEST(with({{"X-Amz-Security-Token", "x"}}, sigv4) ==
             "The header \"X-Amz-Security-Token\"" + std::string(there));
  BOOST_TEST(with({{"x-acs-signature-nonce", "x"}}, acs3_hmac_sha256) ==
             "The header \"x-acs-signature-nonce\"" + std::string(there));
  BOOST_TEST(with({{"x-acs-signature-nonce", "x"}}, sigv4) == "signed");
  BOOST_TEST(
      with({{"a b", "x"}}, sigv4).starts_with("The header \"a b\": found a name with other characters, expected "));
  BOOST_TEST(with({{"", "x"}}, sigv4).starts_with("The header \"\": found a name with other characters, expected "));
}

BOOST_AUTO_TEST_SUITE_END()
