#include "http/request.hpp"

#include <boost/beast/core/string.hpp>
#include <cstring>

namespace credcached::http {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool has(std::string_view text, char c) noexcept {
  return std::memchr(text.data(), c, text.size()) != nullptr;
}

// Appends the decoded text to `out`, which has the room, and returns it. Nothing if it is malformed.
std::optional<std::string_view> decode(std::string_view text, bool plus_is_space, std::string& out) {
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus_is_space) {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    out.push_back(c);
  }
  return std::string_view(out).substr(begin);
}

}  // namespace

void request::reset() noexcept {
  method = verb::unknown;
  method_text = target = body = path_ = {};
  version = 11;
  field_count_ = parameter_count_ = 0;
  decoded_.clear();
}

bool request::add_field(const header_field& f) noexcept {
  if (field_count_ == most_fields) return false;
  fields_[field_count_++] = f;
  return true;
}

bool request::add_field(std::string_view name, std::string_view value) noexcept {
  return add_field({boost::beast::http::string_to_field({name.data(), name.size()}), name, value});
}

std::optional<std::string_view> request::field(std::string_view name) const noexcept {
  for (const header_field& f : fields()) {
    if (f.id == field_id::unknown && boost::beast::iequals(f.name, name)) return f.value;
  }
  return std::nullopt;
}

target_form request::split_target() {
  std::string_view rest = target;
  if (rest.starts_with("http://")) {  // absolute form, as a proxy would send it (RFC 9112, 3.2.2)
    const std::size_t slash = rest.find('/', 7);
    rest = slash == std::string_view::npos ? std::string_view("/") : rest.substr(slash);
  }
  if (!rest.starts_with('/')) return target_form::malformed;
  // Most targets have nothing to decode: then the views are into the target itself.
  const bool encoded = has(rest, '%') || has(rest, '+');
  if (encoded) decoded_.reserve(rest.size());  // so that views into it stay valid
  const auto plain = [&](std::string_view text, bool plus_is_space) -> std::optional<std::string_view> {
    if (!encoded) return text;
    return decode(text, plus_is_space, decoded_);
  };
  const std::size_t mark = rest.find('?');
  const auto decoded_path = plain(rest.substr(0, mark), false);
  if (!decoded_path) return target_form::malformed;
  path_ = *decoded_path;
  if (mark == std::string_view::npos) return target_form::good;

  rest.remove_prefix(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (pair.empty()) continue;
    if (parameter_count_ == most_parameters) return target_form::too_many_parameters;
    const std::size_t equals = pair.find('=');
    const auto name = plain(pair.substr(0, equals), true);
    const auto value = plain(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
    if (!name || !value) return target_form::malformed;
    parameters_[parameter_count_++] = {*name, *value};
  }
  return target_form::good;
}

std::optional<std::string_view> request::parameter(std::string_view name) const noexcept {
  for (const name_value& p : parameters()) {
    if (p.name == name) return p.value;
  }
  return std::nullopt;
}

}  // namespace credcached::http
