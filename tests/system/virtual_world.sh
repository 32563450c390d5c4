#!/usr/bin/env bash
# The virtual world repeats itself to the byte from its seed, and only from that.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

virtual=(run "$small" --world virtual --quiet --set fleet.gateways.devices=500)

checks "the same seed gives the same result, byte for byte"
for turn in one two; do
    expect_exit 0 "${virtual[@]}" --seed 7 --set 'gates=["security_message.lost == 0"]' \
        --out "$scratch/$turn"
done
# Virtual time has a start of its own and shows nothing of this machine: no byte is exempt.
for file in result.json timeline.csv junit.xml summary.md; do
    cmp "$scratch/one/$file" "$scratch/two/$file" || failed "$file differs"
done

checks "it measured something"
read_facts "$scratch/one"
expect_fact seed -eq 7
expect_fact messages.offered -gt 5000
expect_fact messages.balanced = yes
expect_fact twins.balanced = yes
expect_fact convergence.rollout = 504/504

checks "another seed gives another result"
expect_exit 0 "${virtual[@]}" --seed 8 --set 'gates=["security_message.lost == 0"]' \
    --out "$scratch/three"
if cmp -s "$scratch/one/result.json" "$scratch/three/result.json"; then
    failed "seeds 7 and 8 give the same result"
fi

checks "a real hub has no virtual time"
expect_exit 2 run "$small" --world virtual --set 'hub={real: {ready_file: hub.json}}' --quiet \
    --out "$scratch/four"
expect_lines 1 "$scratch/run.err"
