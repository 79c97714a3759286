#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/core/error.hpp>
#include <filesystem>
#include <memory>

#include "base/text.hpp"
#include "outgoing/protocol/bounds.hpp"

namespace credcached::courier {

namespace {

namespace ssl = boost::asio::ssl;
using outgoing::outcome;

constexpr int deepest_chain = 10;
constexpr int most_names_shown = 5;

std::string one_line(const X509_NAME* name) {
  std::array<char, 256> text{};
  X509_NAME_oneline(name, text.data(), text.size());
  return credcache::printable(text.data());
}

// "2026-11-22 12:00:00"
std::string time_text(const ASN1_TIME* time) {
  std::tm parts{};
  std::array<char, 32> text{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return "an unreadable time";
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return text.data();
}

std::string names_of(X509* certificate) {
  const auto free_names = [](GENERAL_NAMES* names) { GENERAL_NAMES_free(names); };
  const std::unique_ptr<GENERAL_NAMES, decltype(free_names)> all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::string text;
  int shown = 0;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type != GEN_DNS) continue;
    if (++shown > most_names_shown) {
      text += ", …";
      break;
    }
    const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName));
    if (!text.empty()) text += ", ";
    text += credcache::printable({bytes, static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName))});
  }
  return text.empty() ? "no name of a host" : text;
}

void note(certificate_complaint& complaint, X509_STORE_CTX* context) {
  complaint.error = X509_STORE_CTX_get_error(context);
  X509* certificate = X509_STORE_CTX_get_current_cert(context);
  if (certificate == nullptr) return;
  complaint.subject = one_line(X509_get_subject_name(certificate));
  complaint.issuer = one_line(X509_get_issuer_name(certificate));
  complaint.names = names_of(certificate);
  complaint.begin = time_text(X509_get0_notBefore(certificate));
  complaint.end = time_text(X509_get0_notAfter(certificate));
}

failure explain_certificate(const certificate_complaint& c, const std::string& where, const std::string& host,
                            const std::string& ca) {
  switch (c.error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {outcome::tls_expired,
              "found the certificate " + c.subject + " of " + where + ", which expired at " + c.end +
                  " UTC, expected a valid one: whoever runs it has to renew it, or this machine's "
                  "clock is wrong"};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {outcome::tls_expired, "found the certificate " + c.subject + " of " + where + ", which begins at " +
                                        c.begin + " UTC, expected a valid one: is this machine's clock right?"};
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return {outcome::tls_name, "found a certificate of " + where + " for " + c.names + ", expected one for " + host +
                                     ": check the name in the URL"};
    default:
      break;
  }
  const std::string authorities = ca.empty() ? std::string(system_authorities) : ca;
  const bool own = c.error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT;
  return {outcome::tls_untrusted,
          "found a certificate of " + where + (own ? " that it has signed itself, " : ", issued by ") +
              (own ? c.subject : c.issuer) + " (" + X509_verify_cert_error_string(c.error) + "), expected one that " +
              authorities + " vouches for: if the authority is your own, name its certificate in outgoing.ca"};
}

}  // namespace

ssl::context make_context(const std::string& ca) {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_CLEANSE_PLAINTEXT | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  context.set_verify_mode(ssl::verify_peer);
  context.set_verify_depth(deepest_chain);

  const std::string from = ca.empty() ? system_authorities : ca;
  boost::system::error_code error;
  std::error_code ignored;
  if (std::filesystem::is_directory(from, ignored)) {
    context.add_verify_path(from, error);
  } else if (std::filesystem::is_regular_file(from, ignored)) {
    context.load_verify_file(from, error);
  } else {
    error = make_error_code(boost::system::errc::no_such_file_or_directory);
  }
  if (error)
    throw failure(
        outcome::ca_unreadable,
        "found no certificates in " + from + " (" + error.message() + "), expected " +
            (ca.empty() ? "those of the system: install ca-certificates, or name your own in outgoing.ca"
                        : "a file of certificates in PEM or a folder with hashed names, which the courier's user "
                          "may read: correct outgoing.ca"));
  return context;
}

void prepare(tls_stream& stream, const std::string& host, certificate_complaint& complaint) {
  SSL* const native = stream.native_handle();
  // OpenSSL's own check: it says a wrong name apart from a wrong chain. Names of the subject field do not count.
  X509_VERIFY_PARAM* const wanted = SSL_get0_param(native);
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  static constexpr unsigned char http[] = "\x08http/1.1";
  const bool address = outgoing::is_address(host);
  const bool demanded = address ? X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1
                                : X509_VERIFY_PARAM_set1_host(wanted, host.data(), host.size()) == 1 &&
                                      SSL_ctrl(native, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                               const_cast<char*>(host.c_str())) == 1;
  if (!demanded || SSL_set_alpn_protos(native, http, sizeof http - 1) != 0)
    throw failure(outcome::tls_failed, "found no memory to prepare TLS for " + host + ", expected some: try again");
  stream.set_verify_callback([&complaint](bool right, ssl::verify_context& context) {
    if (!right && complaint.error == 0) note(complaint, context.native_handle());
    return right;
  });
}

failure explain(const boost::system::error_code& error, const certificate_complaint& complaint,
                const std::string& where, const std::string& host, const std::string& ca) {
  if (complaint.error != 0) return explain_certificate(complaint, where, host, ca);
  if (error == boost::beast::error::timeout)
    return {outcome::timeout, "found no end of the TLS handshake with " + where + " within " +
                                  std::to_string(outgoing::tls_phase.count()) + " s, expected one: is it a TLS port?"};
  if (error.category() == boost::asio::error::get_ssl_category()) {
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
      case SSL_R_WRONG_VERSION_NUMBER:
      case SSL_R_UNKNOWN_PROTOCOL:
      case SSL_R_HTTP_REQUEST:
      case SSL_R_PACKET_LENGTH_TOO_LONG:
        return {outcome::not_tls,
                "found no TLS on " + where + ", expected a TLS handshake: does that port speak plain HTTP?"};
      case SSL_R_UNSUPPORTED_PROTOCOL:
      case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        return {outcome::tls_failed, "found TLS older than 1.2 alone on " + where + ", expected 1.2 or 1.3"};
      default:
        break;
    }
  }
  return {outcome::tls_failed, "found a TLS handshake with " + where + " that failed (" + error.message() +
                                   "), expected it to end with a connection"};
}

}  // namespace credcached::courier
