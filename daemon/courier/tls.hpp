// TLS as it should be: chain and name are verified, nothing older than 1.2, no session kept, decrypted bytes cleared.
//
// Thread safety: one thread.
// Failure:       courier::failure: ca_unreadable, and what explain() makes of a handshake that failed.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/system/error_code.hpp>
#include <string>

#include "connect.hpp"
#include "failure.hpp"

namespace credcached::courier {

using tls_stream = boost::asio::ssl::stream<tcp_stream>;

/// Folder of the system's authorities, under hashed names: one is read when it is needed, not all of them.
inline constexpr const char* system_authorities = "/etc/ssl/certs";

/// What is wrong with the certificate that was shown first.
struct certificate_complaint {
  int error = 0;  ///< X509_V_ERR_…; 0: nothing
  std::string subject, issuer, names, begin, end;
};

/// `ca` is a file, a folder with hashed names, or empty for the system's.
[[nodiscard]] boost::asio::ssl::context make_context(const std::string& ca);

/// Demands a certificate for `host`, asks for it (SNI, not for an address), and for HTTP/1.1. `complaint` must outlive
/// the handshake.
void prepare(tls_stream& stream, const std::string& host, certificate_complaint& complaint);

/// Why a handshake with `host` failed.
[[nodiscard]] failure explain(const boost::system::error_code& error, const certificate_complaint& complaint,
                              const std::string& where, const std::string& host, const std::string& ca);

}  // namespace credcached::courier
