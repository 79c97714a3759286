# Warnings, sanitizers and hardening, on one interface target that every target of ours links. How a program is linked is not
# among them: whoever embeds the library decides that.
add_library(credcached_options INTERFACE)
target_compile_options(credcached_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
  -Wcast-align -Woverloaded-virtual -Wformat=2 -Wundef -fstack-protector-strong
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>)  # sources compiled as one shadow each other's names
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(credcached_options INTERFACE -Wduplicated-cond -Wlogical-op -Wuseless-cast
    -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread  # g++ 12 sees them inside std::string (bug 105651)
    $<$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>:-Wno-subobject-linkage>)  # what is included looks like a header to g++
else()
  # On by default with g++; clang 14 wants to be asked for the sized operator delete of C++14. Attributes it does not
  # know are for g++, which builds what is installed.
  target_compile_options(credcached_options INTERFACE -fsized-deallocation -Wno-unknown-attributes)
endif()
if(CREDCACHED_SANITIZE)
  target_compile_options(credcached_options INTERFACE -fsanitize=${CREDCACHED_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(credcached_options INTERFACE -fsanitize=${CREDCACHED_SANITIZE})
  target_compile_definitions(credcached_options INTERFACE CREDCACHED_SANITIZED=1)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # The instrumented code of the standard library looks uninitialized to g++ 12; the other builds keep the warning.
    target_compile_options(credcached_options INTERFACE -Wno-maybe-uninitialized)
    if(CREDCACHED_SANITIZE MATCHES "thread")
      target_compile_options(credcached_options INTERFACE -Wno-tsan)  # a fence inside Asio, which its locks make needless
    endif()
  else()
    # clang 14 cannot put the data of this check in front of a coroutine ("Cannot represent a difference across sections").
    target_compile_options(credcached_options INTERFACE -fno-sanitize=function)
  endif()
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(credcached_options INTERFACE _FORTIFY_SOURCE=2)
  # A program can leave out what it does not call.
  target_compile_options(credcached_options INTERFACE -ffunction-sections -fdata-sections)
endif()
# Static libraries go into position-independent executables and shared objects.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
