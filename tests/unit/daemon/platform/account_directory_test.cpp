#include "platform/account_directory.hpp"

#include <boost/test/unit_test.hpp>
#include <future>
#include <mutex>
#include <optional>
#include <vector>

namespace account_directory_test {

using namespace std::chrono_literals;
using namespace credcached::platform;
using credcache::time_point;
using outcome = account_directory::outcome;

namespace {

constexpr time_point start{1h};
constexpr uid_t alice = 1000, bob = 1001, nobody_at_all = 4242;

/// A user database in which the test says when an answer comes. Shared, because a look-up may outlive the directory.
struct slow_database {
  std::mutex mutex;
  std::vector<uid_t> asked;
  std::optional<std::shared_future<void>> hang;  // look-ups wait for it
  int error = 0;
  std::string suffix;

  boost::system::result<user_account> look_up(uid_t uid) {
    std::unique_lock hold(mutex);
    asked.push_back(uid);
    const auto wait = hang;
    hold.unlock();
    if (wait) wait->wait();
    hold.lock();
    if (error != 0) return boost::system::error_code(error, boost::system::generic_category());
    if (uid == nobody_at_all) return user_account{"4242", false};
    return user_account{(uid == alice ? "alice" : "bob") + suffix, true};
  }
  std::vector<uid_t> questions() {
    const std::lock_guard hold(mutex);
    return asked;
  }
  template <class Change>
  void change(Change change) {
    const std::lock_guard hold(mutex);
    change(*this);
  }
};

struct scene {
  std::shared_ptr<slow_database> database = std::make_shared<slow_database>();
  boost::asio::io_context loop{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work = make_work_guard(loop);
  std::optional<account_directory> directory;
  std::vector<outcome> answers;

  explicit scene(std::size_t most = 8) {
    directory.emplace([database = database](uid_t uid) { return database->look_up(uid); }, most);
  }
  void ask(uid_t uid, time_point now = start) {
    directory->ask(uid, now, loop, [this](const outcome& answer) { answers.push_back(answer); });
  }
  /// Waits for the next answer; the deadline is for a test that fails.
  outcome next() {
    const auto before = answers.size();
    BOOST_REQUIRE(loop.run_one_for(20s) == 1);
    BOOST_REQUIRE(answers.size() == before + 1);
    return answers.back();
  }
  outcome asked(uid_t uid, time_point now = start) {
    ask(uid, now);
    return next();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(platform_account_directory)

BOOST_AUTO_TEST_CASE(an_account_is_unknown_until_it_has_been_asked_for) {
  scene s;
  BOOST_TEST(!s.directory->cached(alice, start));
  BOOST_TEST(s.database->questions().empty());  // cached() of an unknown uid asks nothing
  const outcome answer = s.asked(alice);
  BOOST_REQUIRE(answer);
  BOOST_TEST((*answer)->login == "alice");
  BOOST_TEST((*answer)->exists);
  BOOST_TEST(s.directory->cached(alice, start).get() == answer->get());
  BOOST_TEST(!s.directory->cached(bob, start));
}

BOOST_AUTO_TEST_CASE(a_uid_without_account_is_an_answer_too) {
  scene s;
  const outcome answer = s.asked(nobody_at_all);
  BOOST_REQUIRE(answer);
  BOOST_TEST((*answer)->login == "4242");
  BOOST_TEST(!(*answer)->exists);
  BOOST_TEST(s.directory->cached(nobody_at_all, start)->login == "4242");
}

BOOST_AUTO_TEST_CASE(a_database_that_cannot_be_asked_is_told_and_not_remembered) {
  scene s;
  for (const int error : {EIO, EMFILE, ECONNREFUSED}) {
    s.database->change([&](auto& d) { d.error = error; });
    const outcome answer = s.asked(alice);
    BOOST_REQUIRE(!answer);
    BOOST_TEST(answer.error().value() == error);
    BOOST_TEST(!s.directory->cached(alice, start));
  }
  s.database->change([](auto& d) { d.error = 0; });
  BOOST_TEST((*s.asked(alice))->login == "alice");
}

BOOST_AUTO_TEST_CASE(a_database_that_throws_is_one_that_cannot_be_asked) {
  boost::asio::io_context loop;
  const auto work = make_work_guard(loop);
  account_directory directory([](uid_t) -> boost::system::result<user_account> { throw std::bad_alloc(); });
  std::optional<outcome> answer;
  directory.ask(alice, start, loop, [&](const outcome& o) { answer = o; });
  BOOST_REQUIRE(loop.run_one_for(20s) == 1);
  BOOST_TEST(answer->error().value() == ENOMEM);
}

BOOST_AUTO_TEST_CASE(answers_come_by_the_loop_and_never_inside_the_question) {
  scene s;
  s.ask(alice);
  BOOST_TEST(s.answers.empty());
  BOOST_TEST((*s.next())->login == "alice");
}

BOOST_AUTO_TEST_CASE(questions_for_one_uid_share_a_look_up) {
  scene s;
  std::promise<void> gate;
  s.database->change([&](auto& d) { d.hang = gate.get_future().share(); });
  s.ask(alice);
  s.ask(alice);
  s.ask(bob);
  s.ask(alice);
  gate.set_value();
  for (int i = 0; i < 4; ++i) static_cast<void>(s.next());
  BOOST_TEST((s.database->questions() == std::vector<uid_t>{alice, bob}));
}

BOOST_AUTO_TEST_CASE(an_answer_a_minute_old_is_given_and_asked_for_again) {
  scene s;
  static_cast<void>(s.asked(alice));
  s.database->change([](auto& d) { d.suffix = "-renamed"; });
  BOOST_TEST(s.directory->cached(alice, start + 59s)->login == "alice");
  BOOST_TEST(s.database->questions().size() == 1U);
  BOOST_TEST(s.directory->cached(alice, start + 60s)->login == "alice");
  BOOST_TEST(s.directory->cached(alice, start + 61s)->login.starts_with("alice"));
  static_cast<void>(s.asked(bob));  // answered after the question that cached() asked
  BOOST_TEST(s.directory->cached(alice, start + 61s)->login == "alice-renamed");
  BOOST_TEST((s.database->questions() == std::vector<uid_t>{alice, alice, bob}));
}

BOOST_AUTO_TEST_CASE(a_refresh_that_fails_keeps_the_answer_and_is_tried_again_after_a_minute) {
  scene s;
  static_cast<void>(s.asked(alice));
  s.database->change([](auto& d) { d.error = EIO; });
  BOOST_TEST(s.directory->cached(alice, start + 60s)->login == "alice");
  BOOST_TEST(!s.asked(bob, start + 60s));
  BOOST_TEST(s.directory->cached(alice, start + 119s)->login == "alice");
  BOOST_TEST((s.database->questions() == std::vector<uid_t>{alice, alice, bob}));
  s.database->change([](auto& d) { d.error = 0, d.suffix = "-again"; });
  BOOST_TEST(s.directory->cached(alice, start + 120s)->login == "alice");
  static_cast<void>(s.asked(bob));
  BOOST_TEST(s.directory->cached(alice, start + 120s)->login == "alice-again");
}

BOOST_AUTO_TEST_CASE(a_look_up_that_hangs_blocks_neither_known_accounts_nor_the_end) {
  scene s;
  static_cast<void>(s.asked(alice));
  std::promise<void> gate;
  s.database->change([&](auto& d) { d.hang = gate.get_future().share(); });
  auto held = std::make_shared<int>();  // stands for the connection that waits
  s.directory->ask(bob, start, s.loop, [held](const outcome&) {});
  BOOST_TEST(s.directory->cached(alice, start)->login == "alice");
  BOOST_TEST(s.loop.poll() == 0U);
  s.directory.reset();
  BOOST_TEST(held.use_count() == 1);  // the question has been forgotten
  gate.set_value();
  BOOST_TEST(s.loop.poll() == 0U);
}

BOOST_AUTO_TEST_CASE(accounts_and_questions_are_bounded) {
  scene s(2);
  for (uid_t uid = 1; uid <= 3; ++uid) static_cast<void>(s.asked(uid, start + std::chrono::seconds(uid)));
  BOOST_TEST(!s.directory->cached(1, start + 3s));  // made room, asked for longest ago
  BOOST_TEST(s.directory->cached(2, start + 3s));
  BOOST_TEST(s.directory->cached(3, start + 3s));

  std::promise<void> gate;
  s.database->change([&](auto& d) { d.hang = gate.get_future().share(); });
  for (uid_t uid = 11; uid <= 13; ++uid) s.ask(uid);
  BOOST_TEST(s.next().error().value() == EAGAIN);  // the third: said at once
  s.ask(11);                                       // joins a question that is there already
  gate.set_value();
  for (int i = 0; i < 3; ++i) BOOST_TEST(s.next().has_value());
}

BOOST_AUTO_TEST_CASE(the_user_database_of_this_machine_is_asked_by_default) {
  scene s;
  s.directory.emplace();
  BOOST_TEST((*s.asked(0))->login == "root");
  const outcome none = s.asked(3'999'999'999U);
  BOOST_REQUIRE(none);
  BOOST_TEST((*none)->login == "3999999999");
  BOOST_TEST(!(*none)->exists);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace account_directory_test
