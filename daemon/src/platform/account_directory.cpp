#include "platform/account_directory.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <deque>
#include <exception>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "platform/log.hpp"
#include "platform/peer_identity.hpp"

namespace credcached::platform {
namespace {

boost::system::error_code system_error(int number) noexcept {
  return {number, boost::system::generic_category()};
}

}  // namespace

boost::system::result<user_account> look_up_account(uid_t uid) {
  const auto login = login_name(uid);
  if (!login) return login.error();
  return user_account{login->value_or(std::to_string(uid)), login->has_value()};
}

struct account_directory::state : std::enable_shared_from_this<state> {
  struct entry {
    std::shared_ptr<const user_account> known;
    credcache::time_point asked;  // also if that question has not been answered, or with an error
  };
  struct waiting {
    boost::asio::io_context* loop;
    std::function<void(outcome)> answer;
  };
  struct question {
    credcache::time_point asked;
    std::vector<waiting> callers;  // empty if an answer is refreshed
  };

  state(database ask, std::size_t most) : ask_database(std::move(ask)), most_accounts(most) {}

  const database ask_database;
  const std::size_t most_accounts;
  std::mutex mutex;  // guards all that follows
  std::unordered_map<uid_t, entry> entries;
  std::unordered_map<uid_t, question> questions;
  std::deque<uid_t> queue;  // the uids of `questions` in their order; the one that is being looked up has left it
  bool thread_runs = false;

  // All of these: with the mutex held.
  question& enqueue(uid_t uid, credcache::time_point now);
  void post(waiting caller, outcome result);
  void remember(uid_t uid, credcache::time_point asked, std::shared_ptr<const user_account> found);
  void finish(uid_t uid, const outcome& result);

  [[nodiscard]] outcome look_up(uid_t uid) const noexcept;
  void answer_questions();
};

account_directory::state::question& account_directory::state::enqueue(uid_t uid, credcache::time_point now) {
  const auto [added, is_new] = questions.try_emplace(uid, question{now, {}});
  if (!is_new) return added->second;
  try {
    queue.push_back(uid);
    if (!thread_runs) std::thread([self = shared_from_this()] { self->answer_questions(); }).detach();
    thread_runs = true;
  } catch (...) {
    if (!queue.empty() && queue.back() == uid) queue.pop_back();
    questions.erase(added);
    throw;
  }
  return added->second;
}

void account_directory::state::post(waiting caller, outcome result) {
  boost::asio::post(*caller.loop, [answer = std::move(caller.answer), result = std::move(result)] { answer(result); });
}

void account_directory::state::remember(uid_t uid, credcache::time_point asked,
                                        std::shared_ptr<const user_account> found) {
  if (entries.size() >= most_accounts && !entries.contains(uid)) {
    entries.erase(std::min_element(entries.begin(), entries.end(),
                                   [](const auto& a, const auto& b) { return a.second.asked < b.second.asked; }));
  }
  entries.insert_or_assign(uid, entry{std::move(found), asked});
}

void account_directory::state::finish(uid_t uid, const outcome& result) {
  const auto found = questions.find(uid);
  if (found == questions.end()) return;  // the directory is gone
  question answered = std::move(found->second);
  questions.erase(found);
  if (result) {
    remember(uid, answered.asked, *result);
  } else if (answered.callers.empty()) {
    log::warning("The user database could not be asked again for uid " + std::to_string(uid) + " (" +
                 result.error().message() + "); its earlier answer stays in use.");
  }
  for (waiting& caller : answered.callers) post(std::move(caller), result);
}

account_directory::outcome account_directory::state::look_up(uid_t uid) const noexcept try {
  auto answer = ask_database(uid);
  if (!answer) return answer.error();
  return std::make_shared<const user_account>(std::move(*answer));
} catch (const std::exception&) {  // nothing but memory fails in a look-up
  return system_error(ENOMEM);
}

void account_directory::state::answer_questions() {
  std::unique_lock hold(mutex);
  while (!queue.empty()) {
    const uid_t uid = queue.front();
    queue.pop_front();
    hold.unlock();
    const outcome result = look_up(uid);
    hold.lock();
    try {
      finish(uid, result);
    } catch (const std::exception& e) {
      log::error("An answer of the user database was lost", e);
    }
  }
  thread_runs = false;
}

account_directory::account_directory(database ask_database, std::size_t most_accounts)
    : state_(std::make_shared<state>(std::move(ask_database), most_accounts)) {}

account_directory::~account_directory() {
  std::unordered_map<uid_t, state::question> forgotten;  // destroyed after the lock is released: its functions may ask
  const std::lock_guard hold(state_->mutex);
  state_->queue.clear();
  state_->questions.swap(forgotten);
}

std::shared_ptr<const user_account> account_directory::cached(uid_t uid, credcache::time_point now) {
  const std::lock_guard hold(state_->mutex);
  const auto found = state_->entries.find(uid);
  if (found == state_->entries.end()) return nullptr;
  state::entry& entry = found->second;
  if (now - entry.asked >= freshness) {
    entry.asked = now;  // also if this fails: once a minute is often enough
    try {
      if (state_->questions.size() < state_->most_accounts) state_->enqueue(uid, now);
    } catch (const std::exception& e) {
      log::error("The user database could not be asked again; its earlier answer stays in use", e);
    }
  }
  return entry.known;
}

void account_directory::ask(uid_t uid, credcache::time_point now, boost::asio::io_context& loop,
                            std::function<void(outcome)> answer) {
  const std::lock_guard hold(state_->mutex);
  state::waiting caller{&loop, std::move(answer)};
  if (state_->questions.size() >= state_->most_accounts && !state_->questions.contains(uid)) {
    return state_->post(std::move(caller), system_error(EAGAIN));
  }
  state::question* question = nullptr;
  try {
    question = &state_->enqueue(uid, now);
  } catch (const std::system_error& e) {  // no thread can be started
    return state_->post(std::move(caller), system_error(e.code().value()));
  }
  question->callers.push_back(std::move(caller));
}

}  // namespace credcached::platform
