// Promise S1: what is sealed opens with the same key, owner and deadline, untouched, and in no other way.
//
// The published vectors of GCM and HKDF do not fit through this interface: the nonce is always fresh, and the working
// keys are derived. In their place stand values that another implementation (Python's hmac and OpenSSL) has computed.
#include "credcache/cipher.hpp"

#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "forked.hpp"
#include "service/service_state.hpp"
#include "service_fixture.hpp"

namespace cipher_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

using bytes = std::vector<unsigned char>;

bytes counting(std::size_t size, unsigned char first = 0) {
  bytes made;
  for (std::size_t i = 0; i < size; ++i) made.push_back(static_cast<unsigned char>(first + i));
  return made;
}

bytes from_hex(std::string_view text) {
  bytes made;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    made.push_back(static_cast<unsigned char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return made;
}

bytes derived(const master_key& key, std::string_view label) {
  bytes out(32);
  key.derive(label, std::span<unsigned char, 32>(out));
  return out;
}

struct elsewhere {
  std::size_t key_size;  ///< the master key's bytes are 0, 1, 2, …
  const char *sealing, *fingerprints, *no_label, *fingerprint_of_value, *sealed;
};
std::ostream& operator<<(std::ostream& out, const elsewhere& e) {
  return out << e.key_size;
}

const elsewhere computed[] = {
    {16, "f6591d77a0a260a1c02f43f53653ca99182e2fd59fb941302410c3e0c279c75f",
     "9d86dcd7a778eedcb3fb98a92b6abe663ff5ef80b4c96c509dd6ba4bbf3fef5a",
     "4e24185f0cf7d7413ccbe2ba72d38dfc4bcd6c86d0a1ed59adba67dc9c99f7e0", "576ce1a147dffb36",
     "a0a1a2a3a4a5a6a7a8a9aaab59d696d4768ada7edf3e967c2347aa806430ef46f49701faf65549885c39"},
    {24, "dce32e22ff54e292d0cfe3fa8a2b4cc96040168d7b6caf3d8b0dd9ce57e6373c",
     "d63c97fd115db5c13292009c6956dbbae9c7b2184d26a91bdd7ffb69ce20bbe7",
     "2a4f8848fb7c6c12ecfcc05cc479d7f0801854a6c77b41faa298de14fc7ccb9c", "bbd741262c8424e9",
     "a0a1a2a3a4a5a6a7a8a9aaab2e29237877f4577670cd508816837f2ef3c4aa0c44fd096ec9ecaaad9f64"},
    {32, "93fe248f2d7eaf752d71a5cbbc4ec9b37ac1f19975b64000ff38f396b2db87aa",
     "c8084efac14c3037c18b7ded53fafb2336c7ed000e119c93ab9e92315064668b",
     "37ad29109f43265287804b674e2653d0a513718907f97fca97c95bded8104bbf", "a873181b57593b52",
     "a0a1a2a3a4a5a6a7a8a9aaab1005656c88b885cdfdbdd996b1cf115ac823057eea144a96b4eb166a0d4a"},
};

const owner alice{owner_kind::user, "alice"};

struct sealing {
  master_key key{master_key::random()};
  cipher crypt{key};

  bytes seal(std::string_view text, std::string_view associated) {
    bytes sealed(text.size() + cipher::overhead);
    crypt.seal(text, associated, sealed);
    return sealed;
  }
  /// The plaintext, or "refused" if it does not open and the buffer is wiped.
  static std::string open(cipher& with, const bytes& sealed, std::string_view associated) {
    std::string text(sealed.size() < cipher::overhead ? 8 : sealed.size() - cipher::overhead, 'u');
    if (with.open(sealed, associated, text.data())) return text;
    const char left = sealed.size() < cipher::overhead ? 'u' : '\0';
    return std::ranges::all_of(text, [&](char c) { return c == left; }) ? "refused" : "refused, but left something";
  }
  std::string open(const bytes& sealed, std::string_view associated) { return open(crypt, sealed, associated); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ciphers)

BOOST_DATA_TEST_CASE(another_implementation_agrees, data::make(computed), expected) {
  const master_key key(counting(expected.key_size));
  BOOST_TEST(derived(key, "credcached sealing") == from_hex(expected.sealing));
  BOOST_TEST(derived(key, "credcached fingerprints") == from_hex(expected.fingerprints));
  BOOST_TEST(derived(key, "") == from_hex(expected.no_label));
  cipher crypt(key);
  BOOST_TEST(crypt.fingerprint(alice, "value") == expected.fingerprint_of_value);
  BOOST_TEST(sealing::open(crypt, from_hex(expected.sealed), "associated") == "made elsewhere");
}

BOOST_AUTO_TEST_CASE(a_key_has_16_24_or_32_bytes) {
  for (std::size_t size = 0; size <= 64; ++size) {
    const bytes key = counting(size);
    if (size == 16 || size == 24 || size == 32) {
      BOOST_CHECK_NO_THROW(master_key{key});
    } else {
      BOOST_CHECK_EXCEPTION(master_key{key}, std::invalid_argument, [&](const std::exception& e) {
        return e.what() == "found a key of " + std::to_string(size) + " bytes, expected exactly 16, 24 or 32";
      });
    }
  }
}

BOOST_AUTO_TEST_CASE(random_keys_and_random_bytes_differ) {
  std::set<bytes> seen;
  for (int i = 0; i < 20; ++i) seen.insert(derived(master_key::random(), "label"));
  BOOST_TEST(seen.size() == 20u);
  bytes first(300), second(300);
  fill_random(first);
  fill_random(second);
  BOOST_TEST(first != second);
  fill_random({});
}

BOOST_AUTO_TEST_CASE(labels_give_keys_of_their_own) {
  const master_key key = master_key::random();
  std::set<bytes> keys;
  for (const char* label : {"", "a", "b", "aa", "credcached sealing", "credcached fingerprints"}) {
    keys.insert(derived(key, label));
    BOOST_TEST(derived(key, label) == derived(key, label));
  }
  BOOST_TEST(keys.size() == 6u);
}

BOOST_FIXTURE_TEST_CASE(every_size_opens_again, sealing) {
  for (std::size_t size : {0u, 1u, 15u, 16u, 17u, 255u, 4096u, 65'535u}) {
    const std::string text(size, 'x');
    BOOST_TEST(open(seal(text, "data"), "data") == text);
    BOOST_TEST(open(seal(text, ""), "") == text);
  }
}

BOOST_FIXTURE_TEST_CASE(every_flipped_bit_is_noticed, sealing) {
  const bytes sealed = seal("a secret of some length", "data");
  BOOST_TEST(sealed.size() == 23 + cipher::overhead);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes changed = sealed;
      changed[i] = static_cast<unsigned char>(changed[i] ^ (1 << bit));
      BOOST_REQUIRE_MESSAGE(open(changed, "data") == "refused", "byte " << i << ", bit " << bit);
    }
  }
  BOOST_TEST(open(sealed, "data") == "a secret of some length");  // and the cipher works on
}

BOOST_FIXTURE_TEST_CASE(every_truncation_and_extension_is_noticed, sealing) {
  const bytes sealed = seal("a secret of some length", "data");
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    BOOST_TEST(open(bytes(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(size)), "data") == "refused");
    BOOST_TEST(open(bytes(sealed.end() - static_cast<std::ptrdiff_t>(size), sealed.end()), "data") == "refused");
  }
  bytes longer = sealed;
  longer.push_back(0);
  BOOST_TEST(open(longer, "data") == "refused");
}

BOOST_FIXTURE_TEST_CASE(associated_data_belong_to_it, sealing) {
  const bytes one = seal("one", "data of one");
  const bytes two = seal("two", "data of two");
  BOOST_TEST(open(one, "data of two") == "refused");
  BOOST_TEST(open(two, "data of one") == "refused");
  BOOST_TEST(open(one, "data of on") == "refused");
  BOOST_TEST(open(one, "data of one ") == "refused");
  BOOST_TEST(open(one, "") == "refused");
}

BOOST_FIXTURE_TEST_CASE(another_key_does_not_open_it, sealing) {
  cipher other(master_key::random());
  BOOST_TEST(open(other, seal("text", "data"), "data") == "refused");
  cipher same(key);
  BOOST_TEST(open(same, seal("text", "data"), "data") == "text");
}

BOOST_FIXTURE_TEST_CASE(the_same_text_is_never_sealed_alike, sealing) {
  std::set<bytes> seen, nonces;
  for (int i = 0; i < 1000; ++i) {
    const bytes sealed = seal("same", "data");
    seen.insert(sealed);
    nonces.insert(bytes(sealed.begin(), sealed.begin() + cipher::nonce_size));
  }
  BOOST_TEST(seen.size() == 1000u);
  BOOST_TEST(nonces.size() == 1000u);
}

BOOST_FIXTURE_TEST_CASE(fingerprints_are_equal_for_equal_values_of_one_owner_under_one_key, sealing) {
  const std::string print = crypt.fingerprint(alice, "value");
  BOOST_TEST(print == crypt.fingerprint(alice, "value"));
  BOOST_TEST(print == cipher(key).fingerprint(alice, "value"));
  BOOST_TEST(print != crypt.fingerprint(alice, "value "));
  BOOST_TEST(print != crypt.fingerprint({owner_kind::user, "bob"}, "value"));
  BOOST_TEST(print != crypt.fingerprint({owner_kind::isv, "alice"}, "value"));
  BOOST_TEST(print != crypt.fingerprint({owner_kind::user, "alicev"}, "alue"));
  BOOST_TEST(print != cipher(master_key::random()).fingerprint(alice, "value"));
  BOOST_TEST(crypt.fingerprint(alice, "").size() == 16u);
  BOOST_TEST(crypt.fingerprint(alice, "x").find_first_not_of("0123456789abcdef") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_moved_cipher_works_on, sealing) {
  const bytes sealed = seal("text", "data");
  cipher moved(std::move(crypt));
  BOOST_TEST(open(moved, sealed, "data") == "text");
}

// What an intruder in the cache could try: to move a blob.
BOOST_FIXTURE_TEST_CASE(an_entry_cannot_be_moved_to_another_owner_key_or_deadline, service_fixture) {
  BOOST_REQUIRE(add(alpha_key("TOKEN"), {{"A_TOKEN", "t"}}, at(), 100s));
  entry_store& store = cache->store();
  const slot_id slot = store.intern(alpha_key("TOKEN"));
  const slot_id south = store.intern(alpha_key("TOKEN", "South"));
  const owner bob{owner_kind::user, "bob"}, isv{owner_kind::isv, "alice"};
  cached_entry entry;
  BOOST_REQUIRE(store.get(alice, slot, at().boot, entry, false));
  const std::string sealed(entry.sealed.reveal());
  resolve_request request = asking();
  const auto moved_to = [&](owner_view to, slot_id to_slot, const entry_info& info) {
    store.remove(to, to_slot, at().boot);  // what is taken in must be later than what it replaces
    const entry_terms terms{info.deadline, 100s, info.wall_deadline, info.generation, info.names};
    BOOST_REQUIRE(store.take_in(to, to_slot, sealed, terms, at().boot) == put_outcome::added);
    return resolve(to, request, at());
  };
  const auto refused = [](const std::string& answer) { return answer.starts_with("credentials_not_found: "); };
  BOOST_TEST(moved_to(alice, slot, entry.info) == "TOKEN@North A_TOKEN=t(cache)");
  BOOST_TEST(refused(moved_to(bob, slot, entry.info)));
  BOOST_TEST(refused(moved_to(isv, slot, entry.info)));
  entry_info changed = entry.info;
  changed.wall_deadline += 1ms;
  BOOST_TEST(refused(moved_to(alice, slot, changed)));
  changed = entry.info;
  ++changed.generation;
  BOOST_TEST(refused(moved_to(alice, slot, changed)));
  changed = entry.info;
  changed.names = store.intern_names({"A_ID"});
  BOOST_TEST(refused(moved_to(alice, slot, changed)));
  request.site = "South";
  BOOST_TEST(refused(moved_to(alice, south, entry.info)));
  // Listed, because it takes up room, but without anything that was inside.
  const auto listed = service.list(bob, at()).value();
  BOOST_REQUIRE(listed.size() == 1u);
  BOOST_TEST(listed[0].variables.empty());
  BOOST_TEST(listed[0].fingerprint.empty());
}

namespace {

template <class Work>
bool is_refused(Work work) {
  try {
    work();
  } catch (const std::logic_error& e) {
    return std::string_view(e.what()).find("after fork()") != std::string_view::npos;
  }
  return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_forked_child_is_refused_in_words) {
  std::optional<sealing> s(std::in_place);
  const bytes sealed = s->seal("text", "data");
  BOOST_TEST(s->key.usable());
  const child_end end = in_forked_child([&] {
    if (s->key.usable()) return 1;
    char text[4] = {};
    bytes out(4 + cipher::overhead);
    if (!is_refused([&] { s->crypt.seal("text", "data", out); })) return 2;
    if (out != bytes(out.size())) return 3;
    if (!is_refused([&] { (void)s->crypt.open(sealed, "data", text); })) return 4;
    if (!is_refused([&] { (void)s->crypt.fingerprint(alice, "text"); })) return 5;
    if (!is_refused([&] { derived(s->key, "label"); })) return 6;
    if (!is_refused([&] { const cipher made(s->key); })) return 7;
    s.emplace();  // the old ones are destroyed
    return s->key.usable() && s->open(s->crypt, s->seal("text", "data"), "data") == "text" ? 0 : 8;
  });
  BOOST_TEST(end.code == 0);
  BOOST_TEST(s->open(s->crypt, sealed, "data") == "text");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cipher_test
