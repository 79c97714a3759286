// Tokens for Google: what is in them, who can verify them, and what is said of a key that is none.
#include "credcache/jwt_signer.hpp"

#include <cryptopp/nbtheory.h>
#include <boost/json.hpp>

#include <boost/test/unit_test.hpp>
#include <string>

#include "signing/base64.hpp"
#include "signing/pem.hpp"
#include "test_keys.hpp"

namespace jwt_signer_test {

using namespace credcache;
using namespace credcache::testing;
namespace json = boost::json;

namespace {

constexpr wall_time noon = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + std::chrono::hours(12);
constexpr jwt_claims google{.key_id = "0123abcd",
                            .issuer = "robot@project.iam.gserviceaccount.com",
                            .audience = "https://oauth2.googleapis.com/token",
                            .scope = "https://www.googleapis.com/auth/cloud-platform"};

const CryptoPP::RSA::PrivateKey& rsa_key() {
  static const CryptoPP::RSA::PrivateKey key = new_rsa_key();
  return key;
}

const std::string& pem() {
  static const std::string text(pem_of(pkcs8_of(rsa_key()).reveal()).reveal());
  return text;
}

// The part of a token between dots, decoded.
std::string part(std::string_view token, int number) {
  for (; number > 0; --number) token.remove_prefix(token.find('.') + 1);
  const std::string_view text = token.substr(0, token.find('.'));
  CryptoPP::Base64URLDecoder decoder;
  decoder.Put(reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size());
  decoder.MessageEnd();
  return std::string(taken_from(decoder).reveal());
}

bool is_verified(std::string_view token) {
  const std::string signature = part(token, 2);
  const std::string_view text = token.substr(0, token.rfind('.'));
  const CryptoPP::RSASS<CryptoPP::PKCS1v15, CryptoPP::SHA256>::Verifier verifier(rsa_key());
  return verifier.VerifyMessage(reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size(),
                                reinterpret_cast<const CryptoPP::byte*>(signature.data()), signature.size());
}

std::string refusal(std::string_view key, const jwt_claims& claims = google) {
  const auto outcome = sign_jwt(claims, key, noon);
  if (outcome) return "signed";
  std::string text(to_string(outcome.error().code));
  for (const std::string& detail : outcome.error().details) text += "|" + detail;
  return text;
}

// What is said of a key: what was found, and the advice.
std::string key_refusal(std::string_view found, std::string_view advice) {
  return "invalid_value|The private key: found " + std::string(found) +
         ", expected an RSA key in PEM, between -----BEGIN PRIVATE KEY----- and -----END PRIVATE KEY-----.|" +
         std::string(advice);
}

constexpr std::string_view copy_whole = "Copy private_key of the service account's JSON file whole.";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jwt_signer)

BOOST_AUTO_TEST_CASE(a_token_has_the_claims_of_the_grant_and_is_verified) {
  const secret_buffer token = sign_jwt(google, pem(), noon).value();
  BOOST_TEST(part(token.reveal(), 0) == R"({"alg":"RS256","typ":"JWT","kid":"0123abcd"})");
  BOOST_TEST(
      part(token.reveal(), 1) ==
      R"({"iss":"robot@project.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform",)"
      R"("aud":"https://oauth2.googleapis.com/token","iat":1770120000,"exp":1770123600})");
  BOOST_TEST(is_verified(token.reveal()));
  BOOST_TEST(token.reveal().find_first_of("=+/\r\n") == std::string_view::npos);
  std::string changed(token.reveal());
  changed[changed.find('.') + 5] ^= 1;
  BOOST_TEST(!is_verified(changed));  // the control
}

BOOST_AUTO_TEST_CASE(claims_are_escaped_and_left_out_when_empty) {
  jwt_claims claims = google;
  claims.key_id = claims.scope = "";
  claims.issuer = "a\"b\\c\n\x01é";
  claims.lifetime = std::chrono::seconds(90);
  const secret_buffer token = sign_jwt(claims, pem(), noon + std::chrono::milliseconds(999)).value();
  BOOST_TEST(part(token.reveal(), 0) == R"({"alg":"RS256","typ":"JWT"})");
  BOOST_TEST(
      part(token.reveal(), 1) ==
      R"({"iss":"a\"b\\c\n\u0001é","aud":"https://oauth2.googleapis.com/token","iat":1770120000,"exp":1770120090})");
  BOOST_TEST(is_verified(token.reveal()));
}

BOOST_AUTO_TEST_CASE(a_key_may_be_of_either_form_and_have_lost_its_line_breaks) {
  const std::string pkcs1(pem_of(pkcs1_of(rsa_key()).reveal(), "RSA PRIVATE KEY").reveal());
  for (const std::string& text : {pkcs1, replaced(pem(), "\n", "\r\n"), replaced(pem(), "\n", " "),
                                  replaced(pem(), "\n", ""), "\n " + pem() + "\n\n"})
    BOOST_TEST(is_verified(sign_jwt(google, text, noon).value().reveal()));
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_key_is_refused_and_not_repeated) {
  BOOST_TEST(refusal("") == key_refusal("nothing", copy_whole));
  BOOST_TEST(refusal(" \n") == key_refusal("nothing", copy_whole));
  BOOST_TEST(refusal("0123abcd") == key_refusal("text that is not PEM", copy_whole));
  BOOST_TEST(refusal("{\"type\": \"service_account\"}") == key_refusal("text that is not PEM", copy_whole));
  BOOST_TEST(refusal("-----BEGIN") == key_refusal("text that is not PEM", copy_whole));
  BOOST_TEST(refusal("-----BEGIN P") == key_refusal("PEM of another kind", copy_whole));
  BOOST_TEST(refusal("-----BEGIN MIIEvQIBADANBg-----") == key_refusal("PEM of another kind", copy_whole));
  BOOST_TEST(refusal("-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----") ==
             key_refusal("PEM of another kind, CERTIFICATE", copy_whole));
  BOOST_TEST(refusal("-----BEGIN PRIVATE KEY-----") ==
             key_refusal("a key without its last line, or with text behind it", copy_whole));
  BOOST_TEST(refusal(pem().substr(0, pem().size() / 2)) ==
             key_refusal("a key without its last line, or with text behind it", copy_whole));
  BOOST_TEST(refusal(pem() + pem()) == key_refusal("a character that is no base64", copy_whole));
  BOOST_TEST(refusal(replaced(pem(), "\n", "\\n")) ==
             key_refusal("a key without its last line, or with text behind it", copy_whole));
  BOOST_TEST(refusal(replaced(pem().substr(0, pem().size() - 1), "\n", "\\n")) ==
             key_refusal("\\n in place of line breaks", "Read the JSON file with a JSON parser first."));
  BOOST_TEST(refusal(std::string(longest_pem + 1, 'x')) ==
             key_refusal("16385 bytes, which is more than 16384", copy_whole));
}

BOOST_AUTO_TEST_CASE(an_encrypted_key_is_told_from_a_damaged_one) {
  constexpr std::string_view advice = "Take a key without a pass phrase, or decrypt this one first.";
  BOOST_TEST(refusal("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE\n-----END ENCRYPTED PRIVATE KEY-----") ==
             key_refusal("an encrypted key", advice));
  BOOST_TEST(refusal("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIE\n"
                     "-----END RSA PRIVATE KEY-----") == key_refusal("an encrypted key", advice));
}

BOOST_AUTO_TEST_CASE(a_damaged_key_is_refused_wherever_the_damage_is) {
  const std::string damaged =
      "invalid_value|The private key: found a key whose bytes or numbers do not fit together, expected an RSA key as "
      "it "
      "was made.|A part is missing or was changed: copy it whole, or make another one.";
  const secret_buffer der = pkcs8_of(rsa_key());
  std::size_t refused = 0;
  for (std::size_t at = 0; at < der.size(); at += 37) {
    std::string changed(der.reveal());
    changed[at] ^= 1;
    const std::string outcome = refusal(pem_of(changed).reveal());
    BOOST_TEST(outcome != "signed", "byte " << at);
    if (outcome == damaged) ++refused;
  }
  BOOST_TEST(refused > 20u);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{30}, der.size() / 2, der.size() - 1})
    BOOST_TEST(refusal(pem_of(der.reveal().substr(0, size)).reveal()) == damaged);
  BOOST_TEST(refusal(pem_of(std::string(der.reveal()) + "more").reveal()) == damaged);
  BOOST_TEST(refusal(pem_of(der.reveal(), "RSA PRIVATE KEY").reveal()) == damaged);  // the label of the other form
  BOOST_TEST(refusal(pem_of(pkcs1_of(rsa_key()).reveal()).reveal()) == damaged);
}

// Its numbers fit together, so only the signature tells.
BOOST_AUTO_TEST_CASE(a_key_whose_factor_is_no_prime_is_refused) {
  using CryptoPP::Integer;
  CryptoPP::AutoSeededRandomPool random;
  const auto prime = [&](unsigned bits) {
    Integer p;
    p.Randomize(random, 7 * Integer::Power2(bits - 3), Integer::Power2(bits) - 1, Integer::PRIME);
    return p;
  };
  const Integer e = 65537;
  Integer p, q, order;
  do {
    p = prime(512) * prime(512);
    q = prime(1024);
    order = CryptoPP::LCM(p - 1, q - 1);
  } while ((p * q).BitCount() != 2048 || CryptoPP::GCD(e, order) != 1);
  const Integer d = e.InverseMod(order);
  CryptoPP::RSA::PrivateKey key;
  key.Initialize(p * q, e, d, p, q, d % (p - 1), d % (q - 1), q.InverseMod(p));
  const auto token = sign_jwt({.issuer = "a", .audience = "b"}, pem_of(pkcs8_of(key).reveal()).reveal(), wall_time{});
  BOOST_TEST_REQUIRE(token.has_error());
  BOOST_TEST(
      token.error().details.front() ==
      "The private key: found a key whose bytes or numbers do not fit together, expected an RSA key as it was made.");
}

BOOST_AUTO_TEST_CASE(a_key_of_another_algorithm_or_size_is_refused) {
  BOOST_TEST(refusal(pem_of(pkcs8_of(new_ec_key()).reveal()).reveal()) ==
             "invalid_value|The private key: found a key for another algorithm, expected an RSA key.|Make a key of the "
             "type RSA for this account.");
  BOOST_TEST(
      refusal(pem_of(pkcs8_of(new_rsa_key(1024)).reveal()).reveal()) ==
      "invalid_value|The private key: found an RSA key of 1024 bits, expected one of 2048 to 4096 bits.|Make another "
      "key for this account.");
}

BOOST_AUTO_TEST_CASE(claims_that_cannot_be_used_are_refused) {
  jwt_claims claims = google;
  claims.issuer = "";
  BOOST_TEST(refusal(pem(), claims) ==
             "invalid_value|The issuer of the token: found nothing, expected client_email of the service account.");
  claims = google;
  claims.audience = "";
  BOOST_TEST(refusal(pem(), claims) ==
             "invalid_value|The audience of the token: found nothing, expected token_uri of the service account.");
  claims = google;
  claims.scope = "\xff";
  BOOST_TEST(refusal(pem(), claims) ==
             "not_text|The scope of the token: found bytes that are not UTF-8, expected text.");
  for (const int seconds : {-1, 0, 3601}) {
    claims = google;
    claims.lifetime = std::chrono::seconds(seconds);
    BOOST_TEST(refusal(pem(), claims) == "invalid_lifetime|The lifetime of the token: found " +
                                             std::to_string(seconds) + " seconds, expected 1 to 3600.");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace jwt_signer_test
