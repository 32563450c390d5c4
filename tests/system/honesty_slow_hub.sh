#!/usr/bin/env bash
# A slow hub, in every way there is, is what a run is there to measure: it is never invalid.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

# An invalid run is the hub's doing only if the same run against a quick hub is valid: else this
# machine is too busy, and nothing can be said.
judge() {
    local code=0
    [ "$1" -ne "$2" ] || return 0
    [ "$1" -eq 4 ] || failed "exit $1, expected $2: $3"
    "$TWINSTORM" run "$small" "${lenient[@]}" --quiet --out "$scratch/quick" >/dev/null 2>&1 || code=$?
    [ "$code" -ne 4 ] || { echo "void: a run against a quick hub is invalid, too"; exit "$void"; }
    [ "${attempts:-0}" -ge 2 ] || exit 4
    read_facts "$scratch/run"
    failed "invalid against a slow hub, valid against a quick one: $(grep '^reason' "$scratch/facts")"
}

lenient=(--set 'gates=["security_message.lost == 0"]' --set phases.steady.duration=6s)

checks "a hub that answers late"
late='[{latency: {lognormal: {p50: 200ms, p99: 2s}}}]'
expect_exit 0 run "$small" "${lenient[@]}" --quiet --out "$scratch/run" \
    --set "phases.steady.faults=$late"
read_facts "$scratch/run"
expect_fact valid = yes
expect_fact metric.security_message.ack.p50_us -ge 150000

checks "a hub that stalls for three seconds"
expect_exit 0 run "$small" "${lenient[@]}" --quiet --out "$scratch/run" \
    --set 'phases.steady.faults=[{stall: 3s, start: 1s}]'
read_facts "$scratch/run"
expect_fact valid = yes
expect_fact metric.security_message.ack.max_us -ge 2900000

checks "a hub that is stopped for two seconds"
start_run "$small" "${lenient[@]}"
wait_for_second steady
hub_of_run=$(tr -d " " <"/proc/$run_process/task/$run_process/children")
kill -STOP "$hub_of_run"
sleep 2
kill -CONT "$hub_of_run"
expect_end 0
read_facts "$scratch/run"
expect_fact valid = yes
expect_fact metric.security_message.ack.max_us -ge 1500000

if [ "$(nproc)" -ge 2 ]; then
    checks "a hub on a core that others keep busy"
    start_run "$small" "${lenient[@]}"
    wait_for_second steady
    pin 0 "$run_process"
    pin 1 "$(tr -d " " <"/proc/$run_process/task/$run_process/children")"
    spin 1 4
    expect_end 0
    stop_spinning
    read_facts "$scratch/run"
    expect_fact valid = yes
fi
