#!/usr/bin/env bash
# consume: installs the library component, builds docs/example against it with pkg-config and with
# find_package, each shared and static, and runs every program on the same cases.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
example="$CW_SOURCE/docs/example"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Werror"
failures=0

"$CW_CMAKE" --install "$CW_BUILD" --component library --prefix "$work/first" >/dev/null
mv "$work/first" "$work/moved" # the files must not remember where they were installed
prefix="$work/moved"
export PKG_CONFIG_PATH="$prefix/$CW_LIBDIR/pkgconfig"
export LD_LIBRARY_PATH="$prefix/$CW_LIBDIR"
# A leak checker cannot work under every container's ptrace rules; leaks are not what this is about.
export ASAN_OPTIONS=detect_leaks=0

if grep -rlF "$work" "$prefix" --include='*.cmake' --include='*.pc' --include='*.h'; then
    echo "consume: an installed file names the folder it was first installed in"
    exit 1
fi

# expect PROGRAM CODE OUTPUT ARGUMENT...
expect() {
    local program=$1 code=$2 output=$3 got_code=0 got
    shift 3
    got=$("$program" "$@" 2>"$work/err") || got_code=$?
    if [ "$got_code" != "$code" ] || [ "$got" != "$output" ]; then
        echo "consume: $program $*: exit $got_code instead of $code, printed: $got"
        cat "$work/err"
        failures=$((failures + 1))
    fi
}

run_cases() {
    local program=$1
    local p2pkh=1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH
    local p2wpkh=bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4
    local evm=0x098B716B8Aaf21512996dC57EB0615e2383E2f96
    local evm_lower=0x098b716b8aaf21512996dc57eb0615e2383e2f96
    expect "$program" 0 "" "$p2pkh" "$evm"
    expect "$program" 10 "exact bitcoin $p2pkh" "$p2pkh" "$evm" "$p2pkh"
    expect "$program" 10 "encoding evm $evm" "$evm_lower" "$evm"
    expect "$program" 11 "same-key-hash bitcoin $p2pkh" "$p2wpkh" "$p2pkh"
    expect "$program" 20 "" nonsense "$p2pkh"
    expect "$program" 20 "" "$evm" "$p2pkh" "${p2pkh%H}J"
    expect "$program" 10 "exact evm $evm" "$evm" nonsense "$evm"
    expect "$program" 64 "" "$evm"
}

# An installation with one list in force, whose index the second example asks.
make_home() {
    local home=$1
    printf '%s\n' 0x098B716B8Aaf21512996dC57EB0615e2383E2f96 1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH \
        >"$work/list.txt"
    "$CW_BUILD/bin/cryptowatch" init --quiet "$home"
    rm "$home"/feeds/*.json "$home"/rules/*.json
    cat >"$home/feeds/list.json" <<END
{"id": "list", "title": "A list", "publisher": "example", "homepage": "https://example.org/",
 "licence": "none", "meaning": "research", "confidence": 50, "url": "file:$work/list.txt",
 "format": "lines", "every": "24h", "stale_after": "30d", "entries_min": 1, "enabled": true}
END
    "$CW_BUILD/bin/cryptowatch" scan --quiet --no-deliver --config "$home/cryptowatch.json"
}
make_home "$work/home"

run_index_cases() {
    local program=$1
    local folder="$work/home/state/index"
    local evm_lower=0x098b716b8aaf21512996dc57eb0615e2383e2f96
    local segwit=bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4
    local clear=0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69
    expect "$program" 0 clear "$folder" "$clear"
    expect "$program" 10 "  encoding list list as 0x098B716B8Aaf21512996dC57EB0615e2383E2f96
listed" "$folder" "$evm_lower"
    expect "$program" 11 "  same-key-hash list list as 1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH
related" "$folder" "$segwit"
    expect "$program" 20 "cannot-say" "$folder" nonsense
    expect "$program" 20 "" "$work" "$clear"
    expect "$program" 64 "" "$folder"
    expect "$program" 10 "2: listed $evm_lower
  encoding list list as 0x098B716B8Aaf21512996dC57EB0615e2383E2f96" "$folder" - \
        < <(printf 'first line\n{"to":"%s"}\n%s\n' "$evm_lower" "$clear")
    expect "$program" 0 "" "$folder" - </dev/null
}

# shellcheck disable=SC2086,SC2046 # flags are words on purpose
"$CW_CC" -std=c99 $warnings $CW_FLAGS "$example/ask_index.c" -o "$work/ask-by-pkg-config" \
    $(pkg-config --cflags --libs cryptowatch)
run_index_cases "$work/ask-by-pkg-config"

# shellcheck disable=SC2086,SC2046 # flags are words on purpose
"$CW_CC" -std=c99 $warnings $CW_FLAGS "$example/screen_one.c" -o "$work/by-pkg-config" \
    $(pkg-config --cflags --libs cryptowatch)
run_cases "$work/by-pkg-config"

if command -v c++ >/dev/null; then
    # shellcheck disable=SC2046
    c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ \
        $(pkg-config --cflags cryptowatch) "$prefix/include/cryptowatch.h"
fi

build_by_cmake() {
    local folder=$1
    shift
    "$CW_CMAKE" -S "$example" -B "$work/$folder" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_C_COMPILER="$CW_CC" -DCMAKE_C_FLAGS="$CW_FLAGS" "$@" >"$work/log" ||
        { cat "$work/log"; exit 1; }
    "$CW_CMAKE" --build "$work/$folder" >"$work/log" || { cat "$work/log"; exit 1; }
}
build_by_cmake shared
run_cases "$work/shared/screen_one"
run_index_cases "$work/shared/ask_index"
build_by_cmake static -DSCREEN_ONE_STATIC=ON

rm "$prefix/$CW_LIBDIR"/libcryptowatch.so*
run_cases "$work/static/screen_one"
run_index_cases "$work/static/ask_index"
# shellcheck disable=SC2086,SC2046
"$CW_CC" -std=c99 $warnings $CW_FLAGS "$example/screen_one.c" -o "$work/by-pkg-config-static" \
    $(pkg-config --static --cflags --libs cryptowatch)
run_cases "$work/by-pkg-config-static"

if [ "$failures" -ne 0 ]; then
    echo "consume: $failures cases failed"
    exit 1
fi
echo "consume: seven programs, eight cases each"
