# CwStatic: targets that link the libraries of `check` into themselves. A third of the time of a `check`
# is the dynamic linker's search for four libraries and their symbols; linked in, they are found when the
# program is built. The price: an update of one of them needs a new build of ours.
#
# With CW_STATIC_LIBRARIES, cw_link_statically(<target>) does so for that one target: SQLite, Jansson,
# libsodium and nettle of cryptowatch. The C library stays shared, and the installed library and the helper
# programs, which read what comes from outside, stay as they are. The preset `release` sets it: `check` takes
# 1.9 times as long as an empty C program then, and 2.5 times without (bench/run check). A distribution that
# wants shared libraries builds with -DCW_STATIC_LIBRARIES=OFF; nothing else changes.
function(cw_link_statically target)
    if(CW_STATIC_LIBRARIES)
        set_target_properties(${target} PROPERTIES CW_IS_STATIC ON)
    endif()
endfunction()

if(CW_STATIC_LIBRARIES)
    foreach(name SODIUM NETTLE JANSSON SQLITE)
        string(REGEX REPLACE "^lib" "" file "${${name}_LIBRARIES}")
        find_library(CW_${name}_ARCHIVE NAMES lib${file}.a REQUIRED)
        get_target_property(dynamic PkgConfig::${name} INTERFACE_LINK_LIBRARIES)
        set(is_static "$<BOOL:$<TARGET_PROPERTY:CW_IS_STATIC>>")
        set_property(TARGET PkgConfig::${name} PROPERTY INTERFACE_LINK_LIBRARIES
            "$<IF:${is_static},${CW_${name}_ARCHIVE},${dynamic}>"
            "$<${is_static}:m>") # SQLite's archive does not say that it needs it
    endforeach()
endif()
