#!/usr/bin/env bash
# A hub that is killed and comes back: drops, reconnects, and a ledger that still adds up.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

# The key outlives the process, as a real hub's does.
TWINSTORM_OWNER_KEY=$(head -c 32 /dev/urandom | base64 -w 0)
export TWINSTORM_OWNER_KEY

port_of() { sed -E "s/.*\"$1\" *: *\{[^}]*\"port\" *: *([0-9]+).*/\1/" "$ready"; }

start_hub --state-dir "$scratch/state"
ports=(--mqtts-port "$(port_of mqtts)" --https-port "$(port_of https)")
start_run "$small" "${on_hub[@]}" --set phases.steady.duration=12s \
    --set 'gates=["security_message.acked >= 1"]'
wait_for_second steady
kill -KILL "$hub_process"
wait "$hub_process" || true
start_hub --state-dir "$scratch/state"
expect_end 0

read_facts "$scratch/run"
checks "every connection dropped, and came back"
expect_fact counter.connection.dropped -ge 20
expect_fact counter.connection.reconnected -ge 20
expect_fact metric.reconnect.count -ge 20
checks "the ledgers add up"
expect_fact messages.balanced = yes
expect_fact twins.balanced = yes
checks "nothing is lost, or nobody claims to know"
case "$(fact messages.lost)" in
    0) ;;
    unknown) expect_text '^warning .*ledger' "$scratch/facts" ;;
    *) failed "$(fact messages.lost) messages are lost" ;;
esac
checks "the load went on after the reconnects"
expect_fact messages.acked -gt 400
stop_hub
