#!/usr/bin/env bash
# A user's mistakes: all of them at once, each with its place, and exit 2.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

checks "ten mistakes give ten lines with file, line and column"
for command in check run; do
    expect_exit 2 "$command" "$here/ten_mistakes.yaml"
    expect_lines 10 "$scratch/run.err"
    expect_lines 0 "$scratch/run.out"
    for line in 2 4 6 9 10 11 12 14 17 19; do
        expect_text "^[^ ]*ten_mistakes.yaml:$line:[0-9]+: .+" "$scratch/run.err"
    done
done

checks "the nearest name is suggested"
expect_text 'security_message.lost' "$scratch/run.err"
expect_text 'seed' "$scratch/run.err"

checks "a file that is not there, and one that is no YAML"
expect_exit 2 check "$scratch/none.yaml"
expect_lines 1 "$scratch/run.err"
printf 'name: [\n' >"$scratch/broken.yaml"
expect_exit 2 check "$scratch/broken.yaml"
expect_text '^[^ ]*broken.yaml:[0-9]+:[0-9]+: ' "$scratch/run.err"

checks "mistakes in --set and on the command line"
expect_exit 2 check "$small" --set fleet.gateways.devices=none
expect_lines 1 "$scratch/run.err"
expect_exit 2 check "$small" --set fleet.nobody.devices=1
expect_lines 1 "$scratch/run.err"
expect_exit 2 run "$small" --word real
expect_exit 2 launch "$small"
expect_exit 2

checks "a scenario without mistakes prints its plan, and no error"
expect_exit 0 check "$small"
expect_lines 0 "$scratch/run.err"
expect_text '20' "$scratch/run.out"
