# embed_files(NAME name HEADER header.hpp FUNCTION ns::fn FILES ...): see each use. Turns files into a C++ source with one
# raw array per file, so that nothing is read from disk at start.
function(embed_files)
  cmake_parse_arguments(EMBED "" "OUTPUT;SYMBOL" "FILES" ${ARGN})
  set(generator ${PROJECT_SOURCE_DIR}/cmake/embed_files.cmake)
  list(JOIN EMBED_FILES "|" joined)
  add_custom_command(OUTPUT ${EMBED_OUTPUT}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${EMBED_OUTPUT} -DSYMBOL=${EMBED_SYMBOL} "-DFILES=${joined}" -P ${generator}
    DEPENDS ${EMBED_FILES} ${generator} VERBATIM)
endfunction()
