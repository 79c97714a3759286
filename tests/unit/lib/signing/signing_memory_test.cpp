// Signing leaves nothing of a secret in memory: no copy, no derived key, no state of a hash, no number of a key.
#include <cryptopp/hmac.h>
#include <cryptopp/sha.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <map>
#include <span>
#include <string>

#include "credcache/cipher.hpp"
#include "credcache/jwt_signer.hpp"
#include "credcache/request_signer.hpp"
#include "freed_memory.hpp"
#include "memory_map.hpp"
#include "signing/base64.hpp"
#include "skipped.hpp"
#include "test_keys.hpp"

using namespace credcache;
using namespace credcache::testing;

namespace {

constexpr std::size_t needle_size = 16;
constexpr wall_time noon = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + std::chrono::hours(12);

// Pieces that are searched for, each bit turned over: a search must not find itself.
class needles {
 public:
  void add(const std::string& name, std::string_view bytes, unsigned char mask = 0) {
    BOOST_REQUIRE(bytes.size() >= needle_size);
    auto& inverted = inverted_[name];
    for (std::size_t i = 0; i < needle_size; ++i)
      inverted[i] = static_cast<unsigned char>(~(static_cast<unsigned char>(bytes[i]) ^ mask));
  }
  // As bytes of a file have it, and as a number lies in memory.
  void add_number(const std::string& name, const CryptoPP::Integer& number) {
    secret_buffer bytes;
    bytes.resize(number.ByteCount());
    number.Encode(reinterpret_cast<CryptoPP::byte*>(bytes.data()), bytes.size());
    add(name, bytes.reveal().substr(8));
    std::ranges::reverse(bytes.bytes());
    add(name + " in memory", bytes.reveal().substr(8));
  }

  // How often each of them is in memory that this process can read; those that are not there are left out.
  [[nodiscard]] std::map<std::string, std::size_t> found() const {
    std::map<std::string, std::size_t> counts;
    for (const memory_region& region : memory_regions()) {
      if (region.permissions[0] != 'r' || region.name.starts_with("[v") || region.name.starts_with("/dev")) continue;
      const auto* const begin = reinterpret_cast<const unsigned char*>(region.begin);
      for (const auto& [name, inverted] : inverted_) {
        const std::size_t count = count_in({begin, region.end - region.begin}, inverted);
        if (count != 0) counts[name] += count;
      }
    }
    return counts;
  }

 private:
  using inverted_bytes = std::array<unsigned char, needle_size>;

  // Looks for one byte with the C library's speed, and at the others where it is. Zeros are everywhere.
  static std::size_t count_in(std::span<const unsigned char> memory, const inverted_bytes& inverted) {
    std::size_t rare = 0, count = 0;
    while (inverted[rare] == 0xff) ++rare;
    const unsigned char* at = memory.data() + rare;
    const unsigned char* const end = memory.data() + memory.size() - (needle_size - 1 - rare);
    while (at < end) {
      at = static_cast<const unsigned char*>(
          std::memchr(at, ~inverted[rare] & 0xff, static_cast<std::size_t>(end - at)));
      if (at == nullptr) break;
      const unsigned char* const place = at++ - rare;
      std::size_t same = 0;
      while (same < needle_size && static_cast<unsigned char>(~inverted[same]) == place[same]) ++same;
      if (same == needle_size) ++count;
    }
    return count;
  }

  std::map<std::string, inverted_bytes> inverted_;
};

using copies = std::map<std::string, std::size_t>;

std::string text_of(const copies& counts) {
  std::string text;
  for (const auto& [name, count] : counts) text += name + " " + std::to_string(count) + "; ";
  return text;
}

// Text that is in no file of this program.
secret_buffer random_text(std::size_t size) {
  secret_buffer text;
  text.resize(size);
  fill_random({reinterpret_cast<unsigned char*>(text.data()), size});
  for (char& c : text.bytes()) c = static_cast<char>('A' + static_cast<unsigned char>(c) % 26);
  return text;
}

secret_buffer hmac(std::string_view key, std::string_view text) {
  secret_buffer digest;
  digest.resize(32);
  CryptoPP::HMAC<CryptoPP::SHA256>(reinterpret_cast<const CryptoPP::byte*>(key.data()), key.size())
      .CalculateDigest(reinterpret_cast<CryptoPP::byte*>(digest.data()),
                       reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size());
  return digest;
}

// The first key that SigV4 derives.
secret_buffer key_of_the_day(std::string_view secret) {
  secret_buffer key;
  key.append("AWS4");
  key.append(secret);
  return hmac(key.reveal(), "20260203");
}

// The secret, what HMAC makes of it before it begins, and the keys that SigV4 derives from it.
[[gnu::noinline]] void add_secret(needles& wanted, std::string_view secret) {
  wanted.add("secret", secret);
  wanted.add("end of the secret", secret.substr(secret.size() - needle_size));
  wanted.add("inner pad", secret, 0x36);
  wanted.add("outer pad", secret, 0x5c);
  secret_buffer key = key_of_the_day(secret);
  for (const char* const next : {"us-east-1", "sts", "aws4_request", ""}) {
    wanted.add(std::string("key before ") + next, key.reveal());
    wanted.add(std::string("inner pad of that before ") + next, key.reveal(), 0x36);
    key = hmac(key.reveal(), next);
  }
}

request_to_sign question() {
  request_to_sign request;
  request.host = "example.com";
  request.region = "us-east-1";
  request.service = "sts";
  request.action = "GetCallerIdentity";
  request.version = "2015-04-01";
  return request;
}

constexpr signing_dialect every_dialect[] = {signing_dialect::sigv4, signing_dialect::sdk_hmac_sha256,
                                             signing_dialect::acs3_hmac_sha256};

// Makes a key, keeps what is searched for, and returns the text that the test holds.
[[gnu::noinline]] secret_buffer add_private_key(needles& wanted) {
  const CryptoPP::RSA::PrivateKey key = new_rsa_key();
  wanted.add_number("private exponent", key.GetPrivateExponent());
  wanted.add_number("first prime", key.GetPrime1());
  wanted.add_number("second prime", key.GetPrime2());
  wanted.add_number("first exponent", key.GetModPrime1PrivateExponent());
  wanted.add_number("second exponent", key.GetModPrime2PrivateExponent());
  wanted.add_number("coefficient", key.GetMultiplicativeInverseOfPrime2ModPrime1());
  secret_buffer pem = pem_of(pkcs8_of(key).reveal());
  wanted.add("PEM", pem.reveal().substr(pem.size() / 2));
  return pem;
}

// Runs the call so far down the stack that a search, which is made from above, does not overwrite what it leaves there.
template <class Call>
[[gnu::noinline]] auto far_down(Call call) {
  char room[256 * 1024];
  asm volatile("" : : "r"(room) : "memory");
  return call();
}

// How many blocks had these bytes in them when the call freed them. Later such a block may have another owner.
template <class Call>
std::size_t freed_with(std::string_view bytes, Call call) {
  freed_memory watch(bytes);
  (void)call();
  watch.stop();
  BOOST_TEST(watch.blocks() > 5u);
  return watch.found();
}

// Runs the call with each of its allocations failing once.
template <class Call>
std::size_t fail_each(Call call) {
  for (std::size_t n = 1;; ++n) {
    const failing_allocation failing(n);
    try {
      call();
    } catch (const std::bad_alloc&) {
    }
    if (!failing.happened()) return n - 1;
  }
}

constexpr jwt_claims claims{.key_id = "0123", .issuer = "robot@example.com", .audience = "https://example.com/token"};

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_memory)

BOOST_AUTO_TEST_CASE(a_signed_request_leaves_one_copy_which_is_the_callers) {
  if (skipped_when_sanitized("a_signed_request_leaves_one_copy_which_is_the_callers", "it reads all memory")) return;
  for (const signing_dialect dialect : every_dialect) {
    BOOST_TEST_CONTEXT(to_string(dialect)) {
      needles wanted;
      const secret_buffer secret = random_text(40), token = random_text(400);
      add_secret(wanted, secret.reveal());
      wanted.add("token", token.reveal().substr(200));
      wipe_stack();
      {
        const auto signs = [&] {
          return sign_request(dialect, question(), {"AKID", secret.reveal(), token.reveal()}, noon);
        };
        const auto request = far_down(signs);
        BOOST_REQUIRE(request);
        BOOST_TEST(text_of(wanted.found()) == "end of the secret 1; secret 1; token 2; ");  // one of the token goes out
        BOOST_TEST(freed_with(secret.reveal(), signs) == 0u);
        BOOST_TEST(freed_with(token.reveal().substr(200), signs) == 0u);
        const secret_buffer derived = key_of_the_day(secret.reveal());
        BOOST_TEST(freed_with(derived.reveal(), signs) == 0u);
      }
      BOOST_TEST(text_of(wanted.found()) == "end of the secret 1; secret 1; token 1; ");
      {
        const auto control = credcache::secret::copy_of(secret.reveal());
        const secret_buffer derived = key_of_the_day(secret.reveal());
        const std::string text = text_of(wanted.found());
        BOOST_TEST(text.find("secret 2; ") != std::string::npos, text);
        BOOST_TEST(text.find("key before us-east-1 ") != std::string::npos, text);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_signed_token_leaves_one_copy_of_the_key_which_is_the_callers) {
  if (skipped_when_sanitized("a_signed_token_leaves_one_copy_of_the_key_which_is_the_callers", "it reads all memory"))
    return;
  needles wanted;
  const secret_buffer pem = add_private_key(wanted);
  wipe_stack(stack_needed);
  BOOST_REQUIRE(text_of(wanted.found()) == "PEM 1; ");
  const auto signs = [&] { return sign_jwt(claims, pem.reveal(), noon); };
  BOOST_REQUIRE(far_down(signs));
  BOOST_TEST(text_of(wanted.found()) == "PEM 1; ");
  BOOST_TEST(freed_with(pem.reveal().substr(100, 40), signs) == 0u);
  {
    const secret_buffer der = from_base64(pem.reveal().substr(28, pem.size() - 28 - 26));
    BOOST_TEST(freed_with(der.reveal().substr(der.size() / 2, 40), signs) == 0u);
    BOOST_TEST(freed_with(der.reveal().substr(der.size() - 40), signs) == 0u);
  }
  // The numbers have been read before the last one turns out to be wrong.
  secret_buffer damaged;
  damaged.append(pem.reveal());
  char& last = damaged.data()[damaged.size() - 40];
  last = last == 'A' ? 'B' : 'A';
  BOOST_REQUIRE(!far_down([&] { return sign_jwt(claims, damaged.reveal(), noon); }));
  damaged.release();
  BOOST_TEST(text_of(wanted.found()) == "PEM 1; ");
  {
    const auto control = secret::copy_of(pem.reveal());
    BOOST_TEST(text_of(wanted.found()) == "PEM 2; ");
  }
}

BOOST_AUTO_TEST_CASE(a_control_finds_the_numbers_of_a_key) {
  if (skipped_when_sanitized("a_control_finds_the_numbers_of_a_key", "it reads all memory")) return;
  needles wanted;
  const CryptoPP::RSA::PrivateKey key = new_rsa_key();
  const secret_buffer der = pkcs8_of(key);
  wanted.add_number("first prime", key.GetPrime1());
  const copies found = wanted.found();
  BOOST_TEST(found.contains("first prime"));
  BOOST_TEST(found.contains("first prime in memory"));
}

BOOST_AUTO_TEST_CASE(signing_that_fails_for_lack_of_memory_leaves_nothing) {
  if (skipped_when_sanitized("signing_that_fails_for_lack_of_memory_leaves_nothing", "it reads all memory")) return;
  needles wanted;
  const secret_buffer secret = random_text(40), token = random_text(400), pem = add_private_key(wanted);
  add_secret(wanted, secret.reveal());
  wanted.add("token", token.reveal().substr(200));
  wipe_stack(stack_needed);
  for (const signing_dialect dialect : every_dialect) {
    BOOST_TEST(fail_each([&] {
                 (void)sign_request(dialect, question(), {"AKID", secret.reveal(), token.reveal()}, noon);
               }) > 10u);
  }
  BOOST_TEST(fail_each([&] { (void)sign_jwt(claims, pem.reveal(), noon); }) > 10u);
  BOOST_TEST(text_of(wanted.found()) == "PEM 1; end of the secret 1; secret 1; token 1; ");
}

BOOST_AUTO_TEST_SUITE_END()
