#!/usr/bin/env bash
# A hub that stands still for one second shows as such: in the maximum and in the timeline.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

start_hub --state-dir "$scratch/state"
start_run "$small" "${on_hub[@]}" --set phases.steady.duration=6s \
    --set 'fleet.gateways.security_messages={rate: 20/s, arrivals: constant}'
wait_for_second steady
kill -STOP "$hub_process"
sleep 1
kill -CONT "$hub_process"
expect_end 0

checks "the maximum is about one second, from the intended instant"
read_facts "$scratch/run"
expect_fact metric.security_message.ack.max_us -ge 900000
expect_fact metric.security_message.ack.max_us -le 3000000
checks "one second of seven does not show in the median"
expect_fact metric.security_message.ack.p50_us -le 300000
checks "the timeline shows it"
expect_fact timeline.ack_max_us -ge 900000
checks "nothing is lost"
expect_fact messages.balanced = yes
expect_fact messages.lost -eq 0
expect_fact counter.connection.dropped -eq 0
stop_hub
