// The hot path of the library begins in credential_service::resolve and ends with its return.
#include "service/resolver.hpp"

namespace credcache::inline v1 {
namespace {

// Leaves an answer empty, and its read uncounted, unless it is kept: also when a source throws or memory runs out.
class given_up_unless_kept {
 public:
  given_up_unless_kept(entry_store& cache, owner_view owner, joined_credential& answer) noexcept
      : cache_(cache), owner_(owner), answer_(&answer) {
    answer.clear();
  }
  given_up_unless_kept(const given_up_unless_kept&) = delete;
  given_up_unless_kept& operator=(const given_up_unless_kept&) = delete;
  ~given_up_unless_kept() {
    if (answer_ != nullptr) give_up(cache_, owner_, *answer_);
  }
  void keep() noexcept { answer_ = nullptr; }

 private:
  entry_store& cache_;
  owner_view owner_;
  joined_credential* answer_;
};

}  // namespace

result<void> credential_service::resolve(owner_view owner, const resolve_request& request, instant now,
                                         resolution& out) {
  if (!out.content_) out.content_ = std::make_unique<joined_credential>();
  joined_credential& answer = *out.content_;
  given_up_unless_kept guard(*state_->cache, owner, answer);
  resolver r{*state_, owner, request, now};
  if (auto found = r.find_csp(); !found) return found;
  if (auto active = state_->check_active(*r.csp); !active) return active;
  if (auto found = r.find_site(); !found) return found;
  if (auto given = r.check_deploy_variables(); !given) return given;
  if (auto found = r.find_winner(answer); !found) return found;
  if (auto enough = r.check_life(answer.deadline, *answer.definition); !enough) return enough;
  answer.catalog = state_->catalog;
  guard.keep();
  return {};
}

void credential_service::uncount(owner_view owner, const resolution& answer) noexcept {
  if (answer.content_ && answer.content_->read) state_->cache->uncount(owner, *answer.content_->read);
}

}  // namespace credcache::inline v1
