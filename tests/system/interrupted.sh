#!/usr/bin/env bash
# Ctrl-C: the run ends within seconds, and what was measured is written.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

for signal in INT TERM; do
    checks "SIG$signal in the steady phase: exit 130 and a partial result"
    start_run "$small" --set phases.steady.duration=10m
    wait_for_phase steady
    # Only once something has been measured: a complete second of this phase.
    wait_until 60 "a second of the steady phase" grep -qE '^ *[0-9]+ s  steady' "$scratch/run.err"
    kill -s "$signal" "$run_process"
    expect_end 130
    read_facts "$scratch/run"
    expect_fact verdict = interrupted
    expect_fact messages.offered -gt 0
    expect_fact messages.balanced = yes
    expect_fact twins.balanced = yes
    for file in report.html junit.xml summary.md timeline.csv; do
        [ -s "$scratch/run/$file" ] || failed "$file is missing or empty"
    done
    rm -rf "$scratch/run"
done

checks "the embedded hub is gone with its run"
children=$(pgrep -f -- "$TWINSTORM hub .*$scratch" || true)
[ -z "$children" ] || failed "processes are left over: $children"
