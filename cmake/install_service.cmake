# Run by cmake --install: systemd units and the configuration, with the paths of this installation. `source` is the tree,
# `courier` whether there is a courier to be started.
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?$")
  set(etc /etc)
else()
  set(etc ${CMAKE_INSTALL_PREFIX}/etc)
endif()
set(configuration ${etc}/credcached)

function(install_text from to)
  file(READ ${source}/${from} text)
  string(REPLACE "/usr/bin/credcached" "${CMAKE_INSTALL_PREFIX}/bin/credcached" text "${text}")
  string(REPLACE "/etc/credcached" "${configuration}" text "${text}")
  message(STATUS "Installing: $ENV{DESTDIR}${to}")
  file(WRITE $ENV{DESTDIR}${to} "${text}")
endfunction()

install_text(systemd/credcached.service ${CMAKE_INSTALL_PREFIX}/lib/systemd/system/credcached.service)
install_text(systemd/credcached.socket ${CMAKE_INSTALL_PREFIX}/lib/systemd/system/credcached.socket)
if(courier)
  foreach(unit credcached-courier.socket credcached-courier@.service)
    install_text(systemd/${unit} ${CMAKE_INSTALL_PREFIX}/lib/systemd/system/${unit})
  endforeach()
endif()
install_text(systemd/credcached.sysusers ${CMAKE_INSTALL_PREFIX}/lib/sysusers.d/credcached.conf)

# What an administrator wrote stays; the full file is documentation and always the present one.
install_text(etc/credcached/config.full.yaml ${configuration}/config.full.yaml)
foreach(file credcached/config.yaml logrotate.d/credcached)
  if(NOT EXISTS $ENV{DESTDIR}${etc}/${file})
    install_text(etc/${file} ${etc}/${file})
  endif()
endforeach()
file(MAKE_DIRECTORY $ENV{DESTDIR}${configuration}/providers.d)
