# CwOptions: the one interface target that carries language level, warnings, sanitizers and
# hardening. No global flags anywhere else.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)

add_library(cw_options INTERFACE)
target_compile_features(cw_options INTERFACE c_std_17)
target_compile_definitions(cw_options INTERFACE _POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)
target_include_directories(cw_options INTERFACE ${PROJECT_SOURCE_DIR}/src)

# Adds each flag that this compiler knows.
function(cw_try_flags)
    foreach(flag IN LISTS ARGN)
        string(MAKE_C_IDENTIFIER "CW_HAS_${flag}" has)
        check_c_compiler_flag(${flag} ${has})
        if(${has})
            target_compile_options(cw_options INTERFACE ${flag})
        endif()
    endforeach()
endfunction()

cw_try_flags(
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
    -Wundef -Wformat=2 -Wcast-qual -Wwrite-strings -Wtrampolines -Wbidi-chars=any
    -Wimplicit-fallthrough
    -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
    -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing)
target_compile_options(cw_options INTERFACE
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)

if(CW_WERROR)
    target_compile_options(cw_options INTERFACE -Werror)
endif()

if(CW_SANITIZE)
    target_compile_options(cw_options INTERFACE
        -fsanitize=${CW_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(cw_options INTERFACE -fsanitize=${CW_SANITIZE})
endif()

if(CW_COVERAGE)
    target_compile_options(cw_options INTERFACE --coverage)
    target_link_options(cw_options INTERFACE --coverage)
endif()

if(CW_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
        message(FATAL_ERROR "CW_FUZZ needs Clang: cmake --preset fuzz")
    endif()
    target_compile_options(cw_options INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(cw_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What the OpenSSF compiler hardening guide asks of a build that is given away, as far as this compiler has
# it: each flag is tried, and what is left out is a matter of the compiler's age. scripts/check-hardening
# reads the result off the built files.
if(CW_HARDENING)
    cw_try_flags(-fstack-protector-strong -fstack-clash-protection -ftrivial-auto-var-init=zero
        -fzero-call-used-regs=used-gpr
        -fstrict-flex-arrays=3            # GCC 13, Clang 16
        -fcf-protection=full              # x86
        -mbranch-protection=standard)     # aarch64
    target_compile_options(cw_options INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
    foreach(flag -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code -Wl,--as-needed)
        string(MAKE_C_IDENTIFIER "CW_HAS_${flag}" has)
        check_linker_flag(C ${flag} ${has})
        if(${has})
            target_link_options(cw_options INTERFACE ${flag})
        endif()
    endforeach()
endif()

if(CW_TEST_HOOKS)
    target_compile_definitions(cw_options INTERFACE CW_TEST_HOOKS=1)
endif()

include(CheckPIESupported)
check_pie_supported()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
