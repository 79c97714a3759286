// Asio and Beast compiled once for the courier.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
