// HTTP requests as text.
#pragma once

#include <string>
#include <string_view>

namespace credcached::testing {

/// A whole request, with Host and, for a body, its type and length.
inline std::string request_text(std::string_view method, std::string_view target, std::string_view body = {}) {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  if (!body.empty())
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return text.append("\r\n").append(body);
}

/// The same, naming the user it is for.
inline std::string request_of(std::string_view owner, std::string_view method, std::string_view target,
                              std::string_view body = {}) {
  std::string text = request_text(method, target, body);
  return text.insert(text.find("\r\n") + 2, "X-Credential-User: " + std::string(owner) + "\r\n");
}

}  // namespace credcached::testing
