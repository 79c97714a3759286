#include "api/credential_list.hpp"

#include <memory>
#include <string>
#include <utility>

namespace credcached::api {
namespace {

class credential_list final : public http::body_source {
 public:
  credential_list(request_context& context, std::vector<credcache::credential_key> keys, item_writer write_item)
      : context_(context), owner_(context.owner_name), keys_(std::move(keys)), write_item_(write_item) {
    context_.owner_name = owner_;  // the header, where it was, is wiped before a long list has gone out
  }

  [[nodiscard]] bool write(credcache::secret_buffer& out) override {
    if (next_ < keys_.size()) {
      const credcache::instant now = credcache::now();
      if (const auto item = context_.service().describe(context_.owner(), keys_[next_], now)) {
        if (!first_) out.push_back(',');
        first_ = false;
        json::json_writer json(out);
        write_item_(context_, json, *item, now);
        context_.response.dies_at(item->deadline);
      }
      ++next_;
    }
    if (next_ < keys_.size()) return true;
    out.push_back(']');
    return false;
  }

 private:
  request_context& context_;
  std::string owner_;
  std::vector<credcache::credential_key> keys_;
  item_writer write_item_;
  std::size_t next_ = 0;
  bool first_ = true;
};

}  // namespace

void answer_with_list(request_context& context, std::vector<credcache::credential_key> keys, item_writer write) {
  auto list = std::make_unique<credential_list>(context, std::move(keys), write);
  context.ok("application/json").push_back('[');
  context.response.continue_with(std::move(list));
}

}  // namespace credcached::api
