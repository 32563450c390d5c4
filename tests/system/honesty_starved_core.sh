#!/usr/bin/env bash
# Something else runs on the core of the fleet's worker: one worker too many for this machine.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

busy_load=(--set phases.steady.duration=6s --set fleet.gateways.devices=60
    --set 'fleet.gateways.security_messages={rate: 20/s, arrivals: constant}')
start_run "$small" "${busy_load[@]}"
wait_for_second connect
pin 0 "$run_process"
for process in $(tr ' ' '\n' <"/proc/$run_process/task/$run_process/children"); do
    pin $(($(nproc) - 1)) "$process"  # Its hub is not to suffer.
done
spin 0 4
expect_end 4
stop_spinning

checks "the verdict, and the reason in a sentence"
read_facts "$scratch/run"
expect_fact verdict = invalid
expect_text '^reason (a worker waited for a core|the workers served 1 % of their deadlines)' \
    "$scratch/facts"
checks "the report says for how long"
expect_fact harness.wait_share_max_percent -ge 5
expect_text 'How long did a worker wait for a core' "$scratch/run/report.html"
