#!/bin/sh
# test_replay.sh FUZZ_POLICY: the replay of a corpus fails when nothing in it gets in.
set -u
target=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

# try DESCRIPTION EXIT WORDS ARGUMENT...
try() {
    description=$1 expected=$2 words=$3
    shift 3
    said=$("$target" "$@" 2>&1)
    code=$?
    if [ "$code" -ne "$expected" ] || ! printf '%s\n' "$said" | grep -q "$words"; then
        echo "$description: exit $code, not $expected with \"$words\": $said"
        failed=1
    fi
}

mkdir "$folder/stale" "$folder/empty" "$folder/good"
printf '{"signers":0}' >"$folder/stale/a"
printf '{"gone":1}\nno JSON\n' >"$folder/stale/b"
printf '{"signers":1}' >"$folder/good/a"

try "one input that gets in" 0 "3 inputs replayed, 2 accepted" "$folder/good"
try "seeds that are all refused" 1 "none of 6 inputs was accepted$" "$folder/stale"
try "a refused seed beside one that gets in" 0 "accepted" "$folder/stale" "$folder/good"
try "a folder without a file" 1 "empty: no inputs" "$folder/good" "$folder/empty"
try "a folder that is not there" 1 "gone: no inputs" "$folder/good" "$folder/gone"
try "the word under which one got in" 0 "2 accepted" +input "$folder/good"
try "a word under which none got in" 1 "none of 3 inputs was accepted as receipt" +receipt "$folder/good"
try "no folder at all" 1 "none of 1 inputs was accepted$"
exit $failed
