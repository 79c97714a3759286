# cmake --install --component daemon: the executable, its units and its configuration.
install(TARGETS credcached RUNTIME COMPONENT daemon)
if(CREDCACHED_COURIER)
  install(TARGETS credcached-courier RUNTIME COMPONENT daemon)
  install(FILES docs/courier.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT daemon)  # its units name it
endif()
install(FILES README.md LICENSE CHANGELOG.md TYPE DOC COMPONENT daemon)

# The built-in definitions, to read and to start one's own from; the daemon has them compiled in.
install(DIRECTORY etc/credcached/providers.d DESTINATION ${CMAKE_INSTALL_DATADIR}/credcached COMPONENT daemon)

# Units and configuration name each other's paths, which depend on the prefix of the installation, not of the build.
install(CODE "set(source ${PROJECT_SOURCE_DIR})\nset(courier ${CREDCACHED_COURIER})" COMPONENT daemon)
install(SCRIPT cmake/install_service.cmake COMPONENT daemon)
