#!/usr/bin/env bash
# A disk, or whoever takes the output, that stands still. While a run measures it writes nothing
# but its progress: the folder is proven writable before the first packet and filled after the last,
# so a slow one can only make the end late. A pipe that nobody empties stands for all of them.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

mkfifo "$scratch/pipe"
cat "$scratch/pipe" >"$scratch/run.err" &
reader=$!
"$TWINSTORM" run "$small" --set phases.steady.duration=8s --out "$scratch/run" \
    >"$scratch/run.out" 2>"$scratch/pipe" </dev/null &
run_process=$!
wait_for_second steady
kill -STOP "$reader"
# Fills the pipe, so that the next line of progress has to wait.
dd if=/dev/zero of="$scratch/pipe" bs=4096 count=1024 oflag=nonblock conv=notrunc 2>/dev/null || true
sleep 2.5
kill -CONT "$reader"
expect_end 4
wait "$reader"

checks "the verdict, and the reason in a sentence"
read_facts "$scratch/run"
expect_fact verdict = invalid
expect_text '^reason the main loop stood still for [0-9.]+s.*disk' "$scratch/facts"
checks "workers do not write, so they were on time"
if grep -q '^reason a worker' "$scratch/facts"; then
    failed "the workers were held up, too: $(cat "$scratch/facts")"
fi
expect_fact messages.balanced = yes
