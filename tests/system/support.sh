#!/usr/bin/env bash
# What the scripts share: sourced, never run. TWINSTORM and RESULT_FACTS are set by CTest.
# shellcheck disable=SC2034  # The scripts use what this file only sets.
set -euo pipefail
: "${TWINSTORM:?the program}" "${RESULT_FACTS:?the reader of results}"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
small="$here/small.yaml"
hub_process=
run_process=
spinners=()
void=77  # CTest shows it as skipped: on this busy machine nothing can be said.

clean_up() {
    local status=$?
    trap - EXIT
    ! declare -F on_clean_up >/dev/null || on_clean_up
    for process in $hub_process $run_process ${reader:-} "${spinners[@]}"; do
        kill -CONT "$process" 2>/dev/null || true
        kill -KILL "$process" 2>/dev/null || true
    done
    wait
    if [ "$status" -ne 0 ] && [ "$status" -ne 4 ] && [ "$status" -ne "$void" ]; then
        echo "FAILED; standard error of the last run:"
        tail -n 40 "$scratch"/*.err 2>/dev/null || true
    fi
    rm -rf "$scratch"
    [ "$status" -ne 4 ] || attempts=$((${attempts:-0} + 1)) exec "$BASH" "$0"
    exit "$status"
}
trap clean_up EXIT

checks() { echo "checks: $*"; }
failed() { echo "not so: $*"; exit 1; }

# judge CODE EXPECTED WHAT: the exit code of a run. Exit 4 says that this machine was too busy to
# measure: the program is right to say so, and the script asks once more from the start.
judge() {
    [ "$1" -ne "$2" ] || return 0
    if [ "$1" -eq 4 ] && [ "${attempts:-0}" -lt 2 ]; then
        echo "not trustworthy on this busy machine, once more: $3"
        tail -n 5 "$scratch/run.err"
        exit 4
    fi
    failed "exit $1, expected $2: $3"
}

# expect_exit CODE WORD...: the program with these words; what it says lands in run.out and run.err.
expect_exit() {
    local expected=$1 code=0
    shift
    "$TWINSTORM" "$@" >"$scratch/run.out" 2>"$scratch/run.err" </dev/null || code=$?
    judge "$code" "$expected" "twinstorm $*"
}

expect_lines() {  # expect_lines NUMBER FILE
    local lines
    lines=$(wc -l <"$2")
    [ "$lines" -eq "$1" ] || failed "$lines lines, expected $1: $(cat "$2")"
}

expect_text() {  # expect_text REGULAR-EXPRESSION FILE
    grep -qE -- "$1" "$2" || failed "no /$1/ in $(basename "$2"): $(head -c 2000 "$2")"
}

read_facts() { "$RESULT_FACTS" "$1/result.json" >"$scratch/facts" || failed "unreadable: $1"; }
fact() { sed -n "s|^$1 ||p" "$scratch/facts"; }
expect_fact() {  # expect_fact NAME OPERATOR VALUE, with the operators of `test`
    local actual
    actual=$(fact "$1")
    test "$actual" "$2" "$3" || failed "$1 is '$actual', expected $2 $3: $(cat "$scratch/facts")"
}

# wait_until PROCESS WHAT COMMAND...: polls while the process lives; machines under load are slow.
wait_until() {
    local process=$1 what=$2 polls=1200
    shift 2
    until "$@"; do
        polls=$((polls - 1))
        kill -0 "$process" 2>/dev/null || failed "the program ended before $what"
        [ "$polls" -gt 0 ] || failed "in vain waited for $what"
        sleep 0.05
    done
}

# start_hub WORD...: a hub of its own, on free ports unless `ports` says otherwise.
ports=(--mqtts-port 0 --https-port 0 --amqps-port 0 --dps-port 0)
ready="$scratch/ready.json"
start_hub() {
    rm -f "$ready"
    "$TWINSTORM" hub "${ports[@]}" --tier S3 --ready-file "$ready" "$@" \
        >"$scratch/hub.out" 2>>"$scratch/hub.err" </dev/null &
    hub_process=$!
    wait_until "$hub_process" "the hub's ready file" test -s "$ready"
}

stop_hub() {
    kill -TERM "$hub_process"
    wait "$hub_process" || failed "the hub ended with $? after SIGTERM"
    hub_process=
}

on_hub=(--set "hub={real: {ready_file: $ready}}")

# start_run WORD...: in the background; its folder is $scratch/run.
start_run() {
    : >"$scratch/run.err"
    "$TWINSTORM" run "$@" --out "$scratch/run" >"$scratch/run.out" 2>"$scratch/run.err" </dev/null &
    run_process=$!
}

# wait_for_second PHASE: until progress shows a complete second of this phase.
wait_for_second() {
    wait_until "$run_process" "a second of phase $1" grep -qE "^ *[0-9]+s $1 " "$scratch/run.err"
}

pin() { taskset -acp "$1" "$2" >/dev/null || failed "cannot pin process $2 to core $1"; }

spin() {  # spin CORE NUMBER: so many processes that keep this core busy
    local number
    for ((number = 0; number < $2; ++number)); do
        taskset -c "$1" "$BASH" -c 'while :; do :; done' &
        spinners+=($!)
    done
}

stop_spinning() {
    kill -KILL "${spinners[@]}"
    wait "${spinners[@]}" 2>/dev/null || true
    spinners=()
}

expect_end() {  # expect_end CODE: of the run in the background
    local code=0
    wait "$run_process" || code=$?
    run_process=
    judge "$code" "$1" "the run in the background"
}
