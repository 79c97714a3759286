// For tests that need several real users: *boost::unit_test::precondition(as_root()).
#pragma once

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "skipped.hpp"

namespace credcached::testing {

/// True for root. A test is skipped for anybody else, and says so.
struct as_root {
  bool operator()(boost::unit_test::test_unit_id test) const {
    if (::geteuid() == 0) return true;
    credcache::testing::skipped(std::string(boost::unit_test::framework::get(test, boost::unit_test::TUT_ANY).p_name),
                                "only root can act as other users");
    return false;
  }
};

}  // namespace credcached::testing
