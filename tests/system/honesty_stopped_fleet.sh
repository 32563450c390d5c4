#!/usr/bin/env bash
# A fleet that is stopped for a second cannot know what the hub did meanwhile, and says so.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

# Every answer takes 300 ms, so that some are always on their way when the fleet stops.
late='[{latency: {operations: [device_messages], constant: 300ms}}]'
start_run "$small" --set phases.steady.duration=8s --set "phases.steady.faults=$late"
wait_for_second steady
kill -STOP "$run_process"
sleep 1.2
kill -CONT "$run_process"
expect_end 4

checks "the verdict, the reason in a sentence, and where it stands"
read_facts "$scratch/run"
expect_fact verdict = invalid
expect_text '^reason a worker stood still for [0-9.]+s, in second [0-9]+' "$scratch/facts"
expect_text 'a worker stood still' "$scratch/run/report.html"
expect_text 'a worker stood still' "$scratch/run/summary.md"
expect_text '<error .*bottleneck' "$scratch/run/junit.xml"
expect_text 'INVALID: a worker stood still' "$scratch/run.out"
checks "what was answered meanwhile lay in the receive buffers"
expect_fact metric.loop_lag.max_us -ge 1000000
expect_fact metric.receive_lag.max_us -ge 500000
checks "the ledger adds up all the same"
expect_fact messages.balanced = yes
expect_fact messages.lost -eq 0
