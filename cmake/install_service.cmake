# Run by cmake --install: systemd units and the configuration, with the paths of this installation. `source` is the tree.
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?$")
  set(configuration /etc/credcached)
else()
  set(configuration ${CMAKE_INSTALL_PREFIX}/etc/credcached)
endif()

function(install_text from to)
  file(READ ${source}/${from} text)
  string(REPLACE "/usr/bin/credcached" "${CMAKE_INSTALL_PREFIX}/bin/credcached" text "${text}")
  string(REPLACE "/etc/credcached" "${configuration}" text "${text}")
  message(STATUS "Installing: $ENV{DESTDIR}${to}")
  file(WRITE $ENV{DESTDIR}${to} "${text}")
endfunction()

install_text(systemd/credcached.service ${CMAKE_INSTALL_PREFIX}/lib/systemd/system/credcached.service)
install_text(systemd/credcached.socket ${CMAKE_INSTALL_PREFIX}/lib/systemd/system/credcached.socket)
install_text(systemd/credcached.sysusers ${CMAKE_INSTALL_PREFIX}/lib/sysusers.d/credcached.conf)

# What an administrator wrote stays; the full file is documentation and always the present one.
install_text(etc/credcached/config.full.yaml ${configuration}/config.full.yaml)
if(NOT EXISTS $ENV{DESTDIR}${configuration}/config.yaml)
  install_text(etc/credcached/config.yaml ${configuration}/config.yaml)
endif()
file(MAKE_DIRECTORY $ENV{DESTDIR}${configuration}/providers.d)
