# CwSbom: the list of parts. `cmake --install` ends with cmake/sbom.cmake, which writes an SPDX 2.3 document
# about the files it installed and the Debian packages that they are linked with (docs/release.md).
#
# Included last: it needs what every other install rule has written.
set(archives "")
if(CW_STATIC_LIBRARIES)
    foreach(name SODIUM NETTLE JANSSON SQLITE)
        list(APPEND archives ${CW_${name}_ARCHIVE})
    endforeach()
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/sbom.cmake.in ${PROJECT_BINARY_DIR}/sbom-settings.cmake @ONLY)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(SCRIPT ${PROJECT_BINARY_DIR}/sbom-settings.cmake ALL_COMPONENTS)
