// Answers which login name a uid has, from memory; the user database itself is asked on a thread of its own.
//
// NSS may block for as long as its sources take (LDAP), so no event loop asks it. The thread exists only while there
// are questions. A look-up that hangs keeps the questions behind it waiting, and nothing else: neither the loops nor
// the end of the process.
//
// Thread safety: every function may be called from every thread.
// Ownership:     to be destroyed before the loops that were handed to ask(). It then forgets the questions that are
//                still open, without calling anybody back; a look-up under way ends by itself.
// Failure:       a database that cannot be asked is an error in the answer; nothing is remembered then. Without memory
//                the answer to a question may be lost: its function is destroyed without having been called.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "credcache/clock.hpp"
#include "platform/peer.hpp"

namespace credcached::platform {

/// Asks the user database; blocks. An error means that it could not be asked.
[[nodiscard]] boost::system::result<user_account> look_up_account(uid_t uid);

class account_directory {
 public:
  /// An account is asked for again once its answer is as old as this.
  static constexpr std::chrono::minutes freshness{1};

  using outcome = boost::system::result<std::shared_ptr<const user_account>>;
  using database = std::function<boost::system::result<user_account>(uid_t)>;

  /// Remembers `most_accounts` answers and keeps as many questions; those asked longest ago make room.
  explicit account_directory(database ask_database = look_up_account, std::size_t most_accounts = 1024);
  account_directory(const account_directory&) = delete;
  account_directory& operator=(const account_directory&) = delete;
  ~account_directory();

  /// What is known of this uid, or null. An answer that is no longer fresh is returned all the same, and asked for
  /// again in the background; it stays if that fails.
  [[nodiscard]] std::shared_ptr<const user_account> cached(uid_t uid, credcache::time_point now);

  /// Asks the database and posts the outcome to `loop`. Several questions for one uid are answered by one look-up.
  void ask(uid_t uid, credcache::time_point now, boost::asio::io_context& loop, std::function<void(outcome)> answer);

 private:
  struct state;
  std::shared_ptr<state> state_;  // shared with the thread, which a look-up may hold for longer than this object lives
};

}  // namespace credcached::platform
