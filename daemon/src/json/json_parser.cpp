#include "json/json_parser.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "credcache/secret.hpp"

namespace credcached::json {
namespace {

namespace bj = boost::json;

// What the parser calls as it goes (boost::json::basic_parser): builds the value, and remembers the names of every object
// that has not ended yet.
class value_builder {
 public:
  static constexpr std::size_t max_object_size = bj::object::max_size();
  static constexpr std::size_t max_array_size = bj::array::max_size();
  static constexpr std::size_t max_key_size = bj::string::max_size();
  static constexpr std::size_t max_string_size = bj::string::max_size();

  value_builder(bj::memory_resource* scratch, unsigned char* stack, std::size_t size)
      : values_(bj::storage_ptr(scratch), stack, size) {}

  void begin(const bj::storage_ptr& memory) { values_.reset(memory); }
  [[nodiscard]] bj::value release() { return values_.release(); }
  /// The name that an object has twice; empty if there is none.
  [[nodiscard]] const std::string& repeated() const noexcept { return repeated_; }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code&) {
    objects_.push_back(names_.size());
    return true;
  }
  bool on_object_end(std::size_t count, bj::error_code& ec) {
    const auto first = names_.begin() + static_cast<std::ptrdiff_t>(objects_.back());
    std::sort(first, names_.end());
    if (const auto twice = std::adjacent_find(first, names_.end()); twice != names_.end()) {
      repeated_ = *twice;
      ec = bj::error::syntax;
      return false;
    }
    names_.erase(first, names_.end());
    objects_.pop_back();
    values_.push_object(count);
    return true;
  }
  bool on_array_begin(bj::error_code&) { return true; }
  bool on_array_end(std::size_t count, bj::error_code&) {
    values_.push_array(count);
    return true;
  }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
    name_.append(part.data(), part.size());
    values_.push_chars(part);
    return true;
  }
  bool on_key(bj::string_view last_part, std::size_t, bj::error_code&) {
    name_.append(last_part.data(), last_part.size());
    names_.push_back(std::exchange(name_, {}));
    values_.push_key(last_part);
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    values_.push_chars(part);
    return true;
  }
  bool on_string(bj::string_view last_part, std::size_t, bj::error_code&) {
    values_.push_string(last_part);
    return true;
  }
  bool on_number_part(bj::string_view, bj::error_code&) { return true; }
  bool on_int64(std::int64_t number, bj::string_view, bj::error_code&) {
    values_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code&) {
    values_.push_uint64(number);
    return true;
  }
  bool on_double(double number, bj::string_view, bj::error_code&) {
    values_.push_double(number);
    return true;
  }
  bool on_bool(bool truth, bj::error_code&) {
    values_.push_bool(truth);
    return true;
  }
  bool on_null(bj::error_code&) {
    values_.push_null();
    return true;
  }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  bj::value_stack values_;
  std::string name_;
  std::vector<std::string> names_;    // of all objects that have begun and not ended, one behind the other
  std::vector<std::size_t> objects_;  // where the names of each begin
  std::string repeated_;
};

// What a parser leaves on its stack are values.
struct wiped_stack {
  unsigned char bytes[2048];

  wiped_stack() noexcept = default;  // not filled: each request has one
  wiped_stack(const wiped_stack&) = delete;
  wiped_stack& operator=(const wiped_stack&) = delete;
  ~wiped_stack() { credcache::wipe(bytes, sizeof bytes); }
};

}  // namespace

std::optional<std::string> parse(std::string_view text, std::size_t max_depth, bj::memory_resource* scratch,
                                 const bj::storage_ptr& memory, bj::value& into) {
  bj::parse_options options;
  options.max_depth = max_depth;
  wiped_stack stack;
  bj::basic_parser<value_builder> parser(options, scratch, stack.bytes, sizeof stack.bytes);
  parser.handler().begin(memory);
  bj::error_code error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  if (const std::string& name = parser.handler().repeated(); !name.empty())
    return "an object has the member " + credcache::shown(name) + " more than once";
  if (error) return error.message();
  if (read < text.size()) return bj::error_code(bj::error::extra_data).message();
  into = parser.handler().release();  // a move, because both live in `memory`
  return std::nullopt;
}

}  // namespace credcached::json
