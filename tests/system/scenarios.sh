#!/usr/bin/env bash
# Every scenario that the project ships asks its question in its first line, and passes its gates on
# the embedded hub; here in virtual time, so that a day takes seconds.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

tried=0
for scenario in "$here"/../../scenarios/*.yaml; do
    name=$(basename "$scenario" .yaml)
    question=$(sed -n 's/^question: //p' "$scenario")
    [ "$(head -n 1 "$scenario")" = "# $question" ] ||
        failed "$name.yaml: its first line is not its question"
    grep -q '^  mock:' "$scenario" || continue  # Against a hub in another process.
    checks "$name: $question"
    expect_exit 0 run "$scenario" --world virtual --quiet --out "$scratch/$name"
    read_facts "$scratch/$name"
    expect_fact messages.balanced = yes
    expect_fact twins.balanced = yes
    rm -rf "${scratch:?}/$name"
    tried=$((tried + 1))
done
[ "$tried" -ge 13 ] || failed "only $tried scenarios were tried"
