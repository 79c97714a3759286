#include "api/all_owners_list.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace credcached::api {
namespace {

class all_owners_list final : public http::body_source {
 public:
  all_owners_list(request_context& context, credcache::removal selection, item_writer write_item)
      : context_(context), selection_(std::move(selection)), write_item_(write_item) {}

  // One credential, or one owner; either may add nothing.
  [[nodiscard]] bool write(credcache::secret_buffer& out) override {
    const credcache::instant now = credcache::now();
    if (next_key_ < keys_.size()) {
      write_one(out, keys_[next_key_++], now);
      return true;
    }
    while (next_owner_ == owners_.size()) {
      if (next_shard_ == credcache::credential_cache::shards) {
        context_.owner_name = {};
        out.push_back(']');
        return false;
      }
      owners_ = context_.service().owners_in(next_shard_++, now);
      next_owner_ = 0;
    }
    const credcache::owner& owner = owners_[next_owner_++];
    context_.owner_kind = owner.kind;
    context_.owner_name = owner.name;
    keys_ = context_.service().keys_of(owner, now).value();
    next_key_ = 0;
    return true;
  }

 private:
  void write_one(credcache::secret_buffer& out, const credcache::credential_key& key, credcache::instant now) {
    if (!selection_.selects(key) || !context_.may(key.csp, key.profile)) return;
    const auto item = context_.service().describe(context_.owner(), key, now);
    if (!item) return;
    if (!first_) out.push_back(',');
    first_ = false;
    json::json_writer json(out);
    write_item_(context_, json, *item, now);
    context_.response.dies_at(item->deadline);
  }

  request_context& context_;
  credcache::removal selection_;
  item_writer write_item_;
  std::size_t next_shard_ = 0, next_owner_ = 0, next_key_ = 0;
  std::vector<credcache::owner> owners_;         // of the shard before next_shard_
  std::vector<credcache::credential_key> keys_;  // of the owner before next_owner_
  bool first_ = true;
};

}  // namespace

void answer_with_all_owners(request_context& context, credcache::removal selection, item_writer write) {
  auto list = std::make_unique<all_owners_list>(context, std::move(selection), write);
  context.ok("application/json").push_back('[');
  context.response.continue_with(std::move(list));
}

}  // namespace credcached::api
