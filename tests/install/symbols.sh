#!/usr/bin/env bash
# symbols: the binary interface. Both libraries export exactly the functions of symbols.txt, the header
# declares exactly these, and the shared library needs libsodium, nettle and the C library only.
#
# A new function is a new line in symbols.txt. A line that has to go is a broken promise: raise SOVERSION.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$CW_CMAKE" --install "$CW_BUILD" --component library --prefix "$work" >/dev/null
lib="$work/$CW_LIBDIR"
list="$CW_SOURCE/tests/install/symbols.txt"
failures=0

# same WHAT NAMES
same() {
    if ! diff -u "$list" <(LC_ALL=C sort -u <<<"$2"); then
        echo "symbols: $1 differs from symbols.txt"
        failures=$((failures + 1))
    fi
}

# What the instrumentation of a test build adds is not ours.
instrumentation='^(__asan|__odr_asan|___asan|__ubsan|__tsan|__gcov|__llvm|mangle_path|__start_|__stop_)'
LC_ALL=C sort -c "$list"
shared=$(nm -D --defined-only "$lib/libcryptowatch.so" |
    awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | grep -vE "$instrumentation")
static=$(nm -g --defined-only "$lib/libcryptowatch.a" | awk 'NF == 3 { print $3 }' |
    grep -vE "$instrumentation")
declared=$(grep -oE '\bcryptowatch_[a-z_]+\(' "$work/include/cryptowatch.h" | tr -d '(')
same "the shared library" "$shared"
same "the static library" "$static"
same "the header" "$declared"

needed=$(readelf -d "$lib/libcryptowatch.so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for name in $needed; do
    case $name in
    libsodium.so.* | libnettle.so.* | libc.so.* | ld-linux*) ;;
    libasan.so.* | libubsan.so.* | libtsan.so.* | libgcc_s.so.* | libm.so.*)
        if [ -z "$CW_FLAGS" ]; then
            echo "symbols: needs $name"
            failures=$((failures + 1))
        fi
        ;;
    *)
        echo "symbols: needs $name"
        failures=$((failures + 1))
        ;;
    esac
done
for name in libsodium libnettle; do
    if ! grep -q "$name" <<<"$needed"; then
        echo "symbols: does not say that it needs $name"
        failures=$((failures + 1))
    fi
done
soname=$(readelf -d "$lib/libcryptowatch.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
if [ "$soname" != libcryptowatch.so.0 ]; then
    echo "symbols: soname is $soname"
    failures=$((failures + 1))
fi
if [ "$failures" -ne 0 ]; then
    exit 1
fi
echo "symbols: $(wc -l <"$list") functions, in the header and both libraries"
