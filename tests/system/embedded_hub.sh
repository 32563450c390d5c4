#!/usr/bin/env bash
# A run with the hub that it starts itself: files, ledger, gates, and the way back from a result.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

checks "a small run passes and writes its five files"
expect_exit 0 run "$small" --out "$scratch/run"
for file in result.json report.html junit.xml summary.md timeline.csv; do
    [ -s "$scratch/run/$file" ] || failed "$file is missing or empty"
done
if compgen -G "$scratch/run/*.new" >/dev/null || compgen -G "$scratch/run/.*probe" >/dev/null; then
    failed "temporary files are left over: $(ls -A "$scratch/run")"
fi

checks "the ledger is balanced and nothing is lost"
read_facts "$scratch/run"
expect_fact verdict = passed
expect_fact gates -eq 3
expect_fact messages.balanced = yes
expect_fact messages.offered -ge 240
expect_fact messages.acked -eq "$(fact messages.offered)"
expect_fact messages.hub_received -eq "$(fact messages.acked)"
expect_fact messages.lost -eq 0
expect_fact twins.balanced = yes
expect_fact twins.offered -eq 50
expect_fact twins.confirmed -eq 50
expect_fact convergence.rollout = 20/20
expect_fact metric.connect.count -eq 20
expect_fact timeline.rows -ge 3

checks "the renderings are pure functions of the result"
mkdir "$scratch/first"
mv "$scratch"/run/{report.html,junit.xml,summary.md,timeline.csv} "$scratch/first"
expect_exit 0 report "$scratch/run"
for file in report.html junit.xml summary.md timeline.csv; do
    cmp "$scratch/first/$file" "$scratch/run/$file" || failed "$file differs"
done

checks "a gate that fails: exit 1, and JUnit and Markdown say so"
GITHUB_STEP_SUMMARY="$scratch/step.md" expect_exit 1 run "$small" --out "$scratch/run" --quiet \
    --set 'gates=["security_message.lost == 0", "twin_update.round_trip.max < 1us"]'
read_facts "$scratch/run"
expect_fact verdict = failed
expect_text '<testsuites? .*failures="1"' "$scratch/run/junit.xml"
expect_text '<failure .*twin_update|<failure' "$scratch/run/junit.xml"
expect_text 'twin_update.round_trip.max' "$scratch/step.md"
expect_lines 0 "$scratch/run.out"
expect_lines 0 "$scratch/run.err"
