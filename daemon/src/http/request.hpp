// One HTTP request as its connection holds it: views into the connection's buffers, valid while the handler runs.
//
// Thread safety: none. Nothing here owns bytes except `decoded`, the percent-decoded path and query.
#pragma once

#include <array>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "credcache/clock.hpp"
#include "platform/peer.hpp"

namespace credcached::http {

using verb = boost::beast::http::verb;
/// Beast's numbers of the names it knows, whatever their case; the parser has looked them up already.
using field_id = boost::beast::http::field;

struct name_value {
  std::string_view name, value;
};
struct header_field {
  field_id id = field_id::unknown;  ///< unknown: only the name says what it is
  std::string_view name, value;
};

/// More header fields or query parameters than this are refused (431, 400).
inline constexpr std::size_t most_fields = 48;
inline constexpr std::size_t most_parameters = 16;

/// Malformed is also a target with a zero byte.
enum class target_form { good, malformed, too_many_parameters };

class request {
 public:
  verb method = verb::unknown;
  std::string_view method_text;
  std::string_view target;  ///< as it came
  unsigned version = 11;    ///< 10 or 11
  bool keep_alive = true;
  std::string_view body;
  platform::peer* peer = nullptr;
  credcache::instant arrived{};

  /// Forgets everything; keeps the memory.
  void reset() noexcept;

  /// False if there is no room for another field.
  bool add_field(const header_field& f) noexcept;
  bool add_field(std::string_view name, std::string_view value) noexcept;  ///< looks the number up
  /// The value of a header field that Beast knows. Nothing if it is absent; the first one if it is there twice.
  [[nodiscard]] std::optional<std::string_view> field(field_id id) const noexcept {
    for (const header_field& f : fields()) {
      if (f.id == id) return f.value;
    }
    return std::nullopt;
  }
  /// The same for names that Beast does not know, compared without regard to case.
  [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const noexcept;
  [[nodiscard]] std::span<const header_field> fields() const noexcept { return {fields_.data(), field_count_}; }

  /// Splits the target into path and parameters and decodes both (%XX, and + in the query).
  [[nodiscard]] target_form split_target();
  [[nodiscard]] std::string_view path() const noexcept { return path_; }
  [[nodiscard]] std::span<const name_value> parameters() const noexcept {
    return {parameters_.data(), parameter_count_};
  }
  /// The value of a query parameter (case-sensitive). Nothing if it is absent; the first one if it is there twice.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const noexcept;

 private:
  std::array<header_field, most_fields> fields_;
  std::array<name_value, most_parameters> parameters_;
  std::size_t field_count_ = 0;
  std::size_t parameter_count_ = 0;
  std::string_view path_;
  std::string decoded_;
};

}  // namespace credcached::http
