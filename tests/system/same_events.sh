#!/usr/bin/env bash
# One seed, the same events: what each agent tells does not depend on workers, nor on the world.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

start_hub --state-dir "$scratch/state"

compare() {
    "$SAME_EVENTS" "$here/same_events.yaml" "$ready" 1 16 >"$scratch/same.out" 2>"$scratch/same.err"
}

checks "agents tell the same in virtual time, on one worker and on sixteen, byte for byte"
# A machine so busy that its devices are a second late begins the load a second later.
if ! compare; then
    echo "once more: $(head -c 400 "$scratch/same.out")"
    compare || failed "$(head -c 4000 "$scratch/same.out")"
fi
cat "$scratch/same.out"
expect_text 'live, 16 workers, .* [0-9]{3,} messages of 56 agents are the same' "$scratch/same.out"
