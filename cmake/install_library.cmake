# cmake --install --component development: the library for find_package(credcached) and pkg-config, its headers and the
# documents that they cite.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/credcached)

# In the build tree it links Debian's archives; elsewhere credcachedConfig.cmake finds them again under these names.
target_link_libraries(credcache PRIVATE $<INSTALL_INTERFACE:credcache::cryptopp> $<INSTALL_INTERFACE:credcache::yaml-cpp>)
install(TARGETS credcache EXPORT credcached ARCHIVE COMPONENT development)
install(DIRECTORY lib/include/ ${PROJECT_BINARY_DIR}/lib/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY docs TYPE DOC COMPONENT development)

install(EXPORT credcached NAMESPACE credcache:: FILE credcachedTargets.cmake DESTINATION ${package_folder} COMPONENT development)
configure_package_config_file(cmake/credcachedConfig.cmake.in ${PROJECT_BINARY_DIR}/credcachedConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/credcachedConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/credcachedConfig.cmake ${PROJECT_BINARY_DIR}/credcachedConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT development)

# Relative to where the file lies, so that an installation can be moved.
file(RELATIVE_PATH up_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/credcache.pc.in ${PROJECT_BINARY_DIR}/credcache.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/credcache.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
