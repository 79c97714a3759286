# cmake --install: the executable, the library for find_package(credcached), units and configuration.
