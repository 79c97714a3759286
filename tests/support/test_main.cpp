// The entry point of a test executable; the tests are in the other sources.
#define BOOST_TEST_MODULE credcached
#include <boost/test/unit_test.hpp>
