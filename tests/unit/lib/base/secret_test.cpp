// Bytes that clear themselves: nothing of them stays in freed memory, and nothing hands them out by accident.
#include "credcache/secret.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include "base/json_memory.hpp"
#include "credcache/credential.hpp"
#include "freed_memory.hpp"
#include "skipped.hpp"

namespace secret_test {

using namespace credcache;
using testing::freed_memory;
using testing::skipped_when_sanitized;
namespace data = boost::unit_test::data;

namespace {

template <class T>
concept printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept comparable = requires(const T& a, const T& b) {
  a == b;
}
|| requires(const T& a, const T& b) {
  a < b;
};

// No way out but reveal().
template <class T>
constexpr bool keeps_to_itself =
    !printable<T> && !comparable<T> && !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
    std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
    !std::is_convertible_v<T, std::string> && !std::is_convertible_v<T, std::string_view> &&
    !std::is_convertible_v<T, const char*> && !std::is_convertible_v<T, bool> &&
    !std::is_constructible_v<std::string, const T&> && !std::is_constructible_v<std::string_view, const T&>;
static_assert(keeps_to_itself<secret>);
static_assert(keeps_to_itself<secret_buffer>);
// And no way in that nobody sees: a text does not become a secret silently, so no copy is made silently.
static_assert(!std::is_convertible_v<std::string, secret> && !std::is_convertible_v<const char*, secret>);
static_assert(!std::is_copy_constructible_v<given_variable>);
// The checks above find what they look for.
static_assert(printable<std::string> && comparable<std::string> && !keeps_to_itself<std::string>);

constexpr std::string_view marker = "marker-7f3a91c4e2d05b68";

}  // namespace

BOOST_AUTO_TEST_SUITE(secrets)

BOOST_AUTO_TEST_CASE(an_ordinary_vector_leaves_its_bytes_behind) {
  // The control: the watch sees what is not wiped.
  freed_memory watch(marker);
  { const std::vector<char> plain(marker.begin(), marker.end()); }
  watch.stop();
  BOOST_TEST(watch.found() == 1u);
}

BOOST_AUTO_TEST_CASE(growth_wipes_every_block_it_leaves) {
  freed_memory watch(marker);
  std::size_t moves = 0;
  {
    secret_buffer buffer;
    const char* before = nullptr;
    for (int i = 0; i < 400; ++i) {
      buffer.append(marker);
      buffer.push_back(';');
      moves += buffer.data() != before ? 1u : 0u;
      before = buffer.data();
    }
  }
  watch.stop();
  BOOST_TEST(moves > 5u);
  BOOST_TEST(watch.blocks() >= moves);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_CASE(every_way_to_let_go_wipes) {
  freed_memory watch(marker);
  {
    secret value = secret::copy_of(marker);
    secret_buffer first, second(100), third;
    first.append(marker);
    second.append(marker);
    first = std::move(second);  // gives its own block back
    third = std::move(first);
    third.release();
    value = secret::copy_of("other");
    json_memory resource;
    void* const block = resource.allocate(64, 16);
    __builtin_memcpy(block, marker.data(), marker.size());
    resource.deallocate(block, 64, 16);
  }
  watch.stop();
  BOOST_TEST(watch.blocks() >= 4u);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_CASE(clear_and_resize_wipe_in_place_and_keep_the_block) {
  secret_buffer buffer(64);
  buffer.append("0123456789");
  const char* const block = buffer.data();
  buffer.resize(4);
  BOOST_TEST(buffer.reveal() == "0123");
  BOOST_TEST((std::string_view(block + 4, 6) == std::string_view("\0\0\0\0\0\0", 6)));
  buffer.resize(6);
  BOOST_TEST((buffer.reveal() == std::string_view("0123\0\0", 6)));
  buffer.clear();
  BOOST_TEST(buffer.empty());
  BOOST_TEST(buffer.data() == block);
  BOOST_TEST(buffer.capacity() == 64u);
  BOOST_TEST((std::string_view(block, 10) == std::string_view("\0\0\0\0\0\0\0\0\0\0", 10)));
  buffer.release();
  BOOST_TEST(buffer.capacity() == 0u);
  buffer.clear();
  buffer.release();
}

BOOST_AUTO_TEST_CASE(moving_empties_the_source) {
  secret_buffer from;
  from.append("text");
  secret_buffer to(std::move(from));
  BOOST_TEST(to.reveal() == "text");
  BOOST_TEST(from.empty());
  BOOST_TEST(from.capacity() == 0u);
  secret_buffer& same = to;
  to = std::move(same);
  BOOST_TEST(to.reveal() == "text");
  BOOST_TEST(to.bytes().size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_buffer_grows_by_doubling_and_reserves_no_less_than_asked) {
  secret_buffer buffer;
  buffer.append("");
  BOOST_TEST(buffer.capacity() == 0u);
  buffer.push_back('a');
  BOOST_TEST(buffer.capacity() == 64u);
  buffer.resize(65);
  BOOST_TEST(buffer.capacity() == 128u);
  buffer.reserve(10);
  BOOST_TEST(buffer.capacity() == 128u);
  buffer.append(std::string(1000, 'x'));
  BOOST_TEST(buffer.capacity() == 1065u);
  BOOST_TEST(buffer.reveal()[0] == 'a');
}

BOOST_AUTO_TEST_CASE(a_secret_has_exactly_the_bytes_it_was_given) {
  const std::string_view with_zero("a\0b", 3);
  const secret value = secret::copy_of(with_zero);
  BOOST_TEST((value.reveal() == with_zero));
  BOOST_TEST(value.size() == 3u);
  BOOST_TEST(secret().empty());
  BOOST_TEST(secret::copy_of("").empty());
}

BOOST_AUTO_TEST_CASE(comparison_in_constant_time_is_still_comparison) {
  const std::string text(300, 't');
  BOOST_TEST(equal_constant_time(text, std::string(text)));
  BOOST_TEST(equal_constant_time("", ""));
  BOOST_TEST(!equal_constant_time(text, text.substr(1)));
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string other = text;
      other[i] = static_cast<char>(other[i] ^ (1 << bit));
      BOOST_REQUIRE(!equal_constant_time(text, other));
    }
  }
}

BOOST_AUTO_TEST_CASE(blank_is_white_space_and_nothing_else) {
  for (const char* blank : {"", " ", "\t\r\n\v\f ", "      "}) BOOST_TEST(is_blank(blank));
  for (const char* text : {"a", " a", "a ", "\x01", "\xc2\xa0", "0"}) BOOST_TEST(!is_blank(text));
  BOOST_TEST(!is_blank(std::string_view("\0", 1)));
}

namespace {

[[gnu::noinline]] std::uintptr_t leave_on_the_stack() {
  volatile char local[256];
  for (std::size_t i = 0; i < marker.size(); ++i) local[i] = marker[i];
  return reinterpret_cast<std::uintptr_t>(&local);
}

[[gnu::noinline]] std::size_t marked_bytes(std::uintptr_t place) {
  std::size_t same = 0;
  for (std::size_t i = 0; i < marker.size(); ++i) same += reinterpret_cast<volatile char*>(place)[i] == marker[i];
  return same;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_stack_below_is_wiped) {
  if (skipped_when_sanitized("the_stack_below_is_wiped", "it reads below the stack pointer")) return;
  wipe_stack();  // has its page tables filled
  const std::uintptr_t place = leave_on_the_stack();
  const std::size_t before = marked_bytes(place);
  wipe_stack();
  const std::size_t after = marked_bytes(place);  // at once: a check uses the stack itself
  BOOST_TEST(before > marker.size() / 2);
  BOOST_TEST(after == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace secret_test
