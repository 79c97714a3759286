// Values that can be recognised in any piece of memory, and request bodies full of them.
//
// A value is one random word repeated: every piece of it that is twice as long as the word holds the word.
#pragma once

#include <boost/json/serialize.hpp>
#include <random>
#include <string>
#include <string_view>

#include "scenario.hpp"

namespace credcached::testing {

class marked_values {
 public:
  marked_values() {
    static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::random_device random;
    for (int i = 0; i < 10; ++i) word_ += letters[random() % letters.size()];
  }
  /// The word to search for.
  [[nodiscard]] const std::string& word() const { return word_; }
  /// As JSON may spell it, when every character is escaped.
  [[nodiscard]] std::string escaped_word() const { return escaped(word_); }

  [[nodiscard]] std::string value(std::size_t size) const {
    std::string text;
    while (text.size() < size) text += word_;
    text.resize(size);
    return text;
  }
  static std::string escaped(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string spelled;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      spelled += std::string("\\u00") + digits[byte >> 4U] + digits[byte & 15U];
    }
    return spelled;
  }

  /// The `i`-th of a row of credentials: another cloud and another length each time, description and every value
  /// marked.
  [[nodiscard]] json::object credential_number(std::size_t i) const {
    return with(values_number(i), "description", json::string(value(20 + i % 4 * 300)));
  }

 private:
  [[nodiscard]] json::object values_number(std::size_t i) const {
    static constexpr std::size_t lengths[] = {20, 90, 900, 4'000, 15'000};
    const std::string secret = value(lengths[i / 5 % std::size(lengths)]);
    const std::string mail = value(20);
    switch (i % 5) {
      case 0:
        return huawei(value(40), secret);
      case 1:
        return aws(value(20), secret);
      case 2:
        return credential("OpenStack", "default", "USERNAME_PASSWORD",
                          {{"OS_AUTH_URL", mail},
                           {"OS_USERNAME", mail},
                           {"OS_PASSWORD", secret},
                           {"OS_PROJECT_NAME", mail},
                           {"OS_USER_DOMAIN_NAME", mail},
                           {"OS_PROJECT_DOMAIN_NAME", mail}});
      case 3:
        return {{"csp", "DigitalOcean"}, {"credentials", {{"access_key", secret}}}};
      default:
        return {{"csp", "GoogleCloudPlatform"},
                {"credentials",
                 {{"type", "service_account"},
                  {"private_key", "-----BEGIN PRIVATE KEY-----\n" + secret},
                  {"client_email", mail},
                  {"token_uri", mail},
                  {"project_id", mail}}}};
    }
  }

  std::string word_;
};

}  // namespace credcached::testing
