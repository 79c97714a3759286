// YAML with positions: one value of a file and where it stands, read as what is expected there.
//
// Files are configuration, but the parser is fuzzed like any other: a file is looked over as a stream of events first,
// which bounds its depth and refuses anchors, so that what becomes a tree is a small tree.
//
// Thread safety: none needed.
// Failure:       yaml_error, one line "FILE:LINE:COLUMN: found …, expected …"; nothing else but std::bad_alloc.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace credcache::inline v1 {

class yaml_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class yaml_value {
 public:
  static constexpr std::size_t longest_text = 256 * 1024;  ///< of a whole file; ours have a few KiB
  static constexpr std::size_t longest_list = 1'024;
  static constexpr std::size_t most_keys = 64;  ///< of one map; ours have 20
  static constexpr int most_levels = 8;         ///< ours have 7

  /// The one document of `text`. `file` names it in messages and must outlive the values; `expected` says what the
  /// document should have been.
  [[nodiscard]] static yaml_value load(const std::string& text, std::string_view file, std::string_view expected);

  /// "FILE:LINE:COLUMN", counted from one.
  [[nodiscard]] std::string position() const;
  [[nodiscard]] std::size_t line() const;  ///< counted from one; 0 if it is not there
  [[noreturn]] void refuse(std::string_view expected) const;
  [[noreturn]] void refuse(std::string_view found, std::string_view expected) const;

  [[nodiscard]] bool is_defined() const { return node_.IsDefined(); }  ///< false: the key is not there
  [[nodiscard]] bool is_null() const { return !node_.IsDefined() || node_.IsNull(); }
  [[nodiscard]] bool is_text() const { return node_.IsDefined() && node_.IsScalar(); }
  [[nodiscard]] bool is_map() const { return node_.IsDefined() && node_.IsMap(); }
  [[nodiscard]] bool is_list() const { return node_.IsDefined() && node_.IsSequence(); }
  /// Nothing, or "".
  [[nodiscard]] bool is_empty() const { return is_null() || (is_text() && scalar().empty()); }
  /// The text as it is; "" if this is none.
  [[nodiscard]] const std::string& scalar() const;
  /// For messages: the text in quotes, or what this is instead.
  [[nodiscard]] std::string description() const;

  /// Text without control characters; not empty.
  [[nodiscard]] std::string text(std::string_view expected) const;
  /// A plain true or false; in quotes it is text.
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] std::uint64_t number(std::uint64_t least, std::uint64_t most) const;
  /// The index of the text in `choices`.
  [[nodiscard]] std::size_t one_of(std::span<const std::string_view> choices) const;

  [[nodiscard]] std::vector<yaml_value> items() const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view expected) const;
  /// The members of a map; a key that is no plain text or comes twice is refused.
  [[nodiscard]] std::vector<std::pair<yaml_value, yaml_value>> members() const;
  /// The member of a map.
  [[nodiscard]] yaml_value operator[](std::string_view key) const;

 private:
  yaml_value(const YAML::Node& node, std::string_view file) : node_(node), file_(file) {}

  YAML::Node node_;
  std::string_view file_;
};

/// "one of a, b, c"; a single name stands alone.
[[nodiscard]] std::string one_of_text(std::span<const std::string_view> names);

}  // namespace credcache::inline v1
