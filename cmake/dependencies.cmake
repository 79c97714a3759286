# Everything the project links comes from Debian 12 (./dev installs it).
set(Boost_USE_STATIC_LIBS ${CREDCACHED_STATIC})
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS json)
find_package(yaml-cpp REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)

# Debian ships Crypto++ and yaml-cpp without a CMake target for the archive.
find_path(CRYPTOPP_INCLUDE cryptopp/gcm.h REQUIRED)
if(CREDCACHED_STATIC)
  find_library(CRYPTOPP_LIBRARY libcryptopp.a REQUIRED)
  find_library(YAML_CPP_LIBRARY libyaml-cpp.a REQUIRED)
else()
  find_library(CRYPTOPP_LIBRARY cryptopp REQUIRED)
  find_library(YAML_CPP_LIBRARY yaml-cpp REQUIRED)
endif()

add_library(credcached_cryptopp INTERFACE)
target_include_directories(credcached_cryptopp SYSTEM INTERFACE ${CRYPTOPP_INCLUDE})
target_link_libraries(credcached_cryptopp INTERFACE ${CRYPTOPP_LIBRARY})
add_library(credcached_yaml INTERFACE)
target_link_libraries(credcached_yaml INTERFACE ${YAML_CPP_LIBRARY})
