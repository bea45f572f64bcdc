# cw_module(<name> SOURCES a.c b.c [DEPS cw_base PkgConfig::SODIUM ...])
#
# One folder of src/ as a static library `cw_<name>`. Its sources are listed, never globbed.
function(cw_module name)
    cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
    add_library(cw_${name} STATIC ${arg_SOURCES})
    target_link_libraries(cw_${name} PUBLIC cw_options ${arg_DEPS})
endfunction()

# cw_def_family(<ret> <def file> <macro> <prefix>)
#
# Reads the rows `MACRO(name, ...)` of a .def file and returns the files `<prefix><name>.c`: one row
# is enough to compile its file. A row without its file fails here, with a sentence.
function(cw_def_family ret def macro prefix)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${def})
    file(STRINGS ${def} rows REGEX "^${macro}\\(")
    set(files)
    set(names)
    foreach(row IN LISTS rows)
        string(REGEX REPLACE "^${macro}\\(([a-z0-9_]+).*" "\\1" name "${row}")
        if(NOT EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${prefix}${name}.c)
            message(FATAL_ERROR "${def}: row ${name} needs the file ${prefix}${name}.c beside it")
        endif()
        list(APPEND files ${prefix}${name}.c)
        list(APPEND names ${name})
    endforeach()
    list(REMOVE_DUPLICATES files)
    set(${ret} ${files} PARENT_SCOPE)
    set(${ret}_NAMES ${names} PARENT_SCOPE)
endfunction()
