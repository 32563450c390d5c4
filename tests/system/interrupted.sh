#!/usr/bin/env bash
# Ctrl-C: the run ends within seconds, and what was measured is written.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

for signal in INT TERM; do
    checks "SIG$signal in the steady phase: exit 130 and a partial result"
    start_run "$small" --set phases.steady.duration=10m
    wait_for_second steady
    hub_of_run=$(tr -d " " <"/proc/$run_process/task/$run_process/children")
    kill -0 "$hub_of_run" || failed "there is no embedded hub"
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
    if kill -0 "$hub_of_run" 2>/dev/null; then
        failed "the embedded hub outlived its run"
    fi
    rm -rf "$scratch/run"
done
