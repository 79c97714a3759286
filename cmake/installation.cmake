# cmake --install: the executable, the library for find_package(credcached), units and configuration.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/credcached)

install(TARGETS credcached RUNTIME)
install(FILES README.md LICENSE CHANGELOG.md TYPE DOC)

# The library. Link-time optimisation must not bind its users to this very compiler: the archive holds machine code, too.
foreach(part credcache credcache_objects)
  target_compile_options(${part} PRIVATE $<$<AND:$<CONFIG:Release>,$<CXX_COMPILER_ID:GNU>>:-ffat-lto-objects>)
endforeach()
# In the build tree it links Debian's archives; elsewhere credcachedConfig.cmake finds them again under these names.
target_link_libraries(credcache PRIVATE $<INSTALL_INTERFACE:credcache::cryptopp> $<INSTALL_INTERFACE:credcache::yaml>)
install(TARGETS credcache EXPORT credcached ARCHIVE)
install(DIRECTORY lib/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(EXPORT credcached NAMESPACE credcache:: FILE credcachedTargets.cmake DESTINATION ${package_folder})
configure_package_config_file(cmake/credcachedConfig.cmake.in ${PROJECT_BINARY_DIR}/credcachedConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/credcachedConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/credcachedConfig.cmake ${PROJECT_BINARY_DIR}/credcachedConfigVersion.cmake
  DESTINATION ${package_folder})

# The built-in definitions, to read and to start one's own from; the daemon has them compiled in.
install(DIRECTORY etc/credcached/providers.d DESTINATION ${CMAKE_INSTALL_DATADIR}/credcached)

# Units and configuration name each other's paths, which depend on the prefix of the installation, not of the build.
install(CODE "set(source ${PROJECT_SOURCE_DIR})")
install(SCRIPT cmake/install_service.cmake)
