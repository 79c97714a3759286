// Asio's TLS, compiled once. Apart from the rest, so that what needs no OpenSSL links without it.
#include <boost/asio/ssl/impl/src.hpp>
