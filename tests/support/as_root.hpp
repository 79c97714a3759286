// For tests that need several real users: *boost::unit_test::precondition(as_root()).
#pragma once

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <iostream>

namespace platform_testing {

/// True for root. Says loudly that a test is skipped for anybody else.
struct as_root {
  bool operator()(boost::unit_test::test_unit_id test) const {
    if (::geteuid() == 0) return true;
    std::cerr << "SKIP " << boost::unit_test::framework::get(test, boost::unit_test::TUT_ANY).p_name
              << ": only root can take other users' roles\n";
    return false;
  }
};

}  // namespace platform_testing
