#!/usr/bin/env bash
# A hub in a process of its own, found by its ready file; and that no secret of either gets out.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

start_hub --state-dir "$scratch/state"

checks "the ready file is its owner's alone"
[ "$(stat -c %a "$ready")" = 600 ] || failed "the ready file has mode $(stat -c %a "$ready")"

checks "identities are made, found again, and removed"
expect_exit 0 provision "$small" "${on_hub[@]}"
expect_text '^40 identities created, 0 existed' "$scratch/run.out"
expect_exit 0 provision "$small" "${on_hub[@]}"
expect_text '^0 identities created, 40 existed' "$scratch/run.out"
expect_exit 0 deprovision "$small" "${on_hub[@]}"
expect_text '^[0-9]+ identities removed' "$scratch/run.out"

checks "a run against it passes over verified TLS"
expect_exit 0 run "$small" "${on_hub[@]}" --out "$scratch/run"
read_facts "$scratch/run"
expect_fact verdict = passed
expect_fact messages.balanced = yes
expect_fact messages.lost -eq 0
expect_fact twins.confirmed -eq 50

checks "keys and tokens appear in no file of the run, nor in what anybody printed"
sed -n 's/.*"token" *: *"\([^"]*\)".*/\1/p' "$ready" >"$scratch/secrets"
grep -o 'SharedAccessKey=[^";]*' "$ready" | cut -d= -f2- | sort -u >>"$scratch/secrets"
expect_lines 7 "$scratch/secrets"  # The admin's token, five policies, and that of provisioning.
sed -i 's,\\/,/,g' "$scratch/secrets"
if grep -qvE '.{16}' "$scratch/secrets"; then
    failed "no secrets found in the ready file: this test would see nothing"
fi
places=("$scratch"/run "$scratch"/run.out "$scratch"/run.err "$scratch"/hub.out "$scratch"/hub.err)
if grep -rlF -f "$scratch/secrets" "${places[@]}"; then
    failed "a secret stands in the files above"
fi
if grep -rlE 'SharedAccessSignature sr=|SharedAccessKey=[A-Za-z0-9+/]|[?&]sig=[A-Za-z0-9%]' \
    "${places[@]}"; then
    failed "a token or key stands in the files above"
fi

checks "a hub ends in good order on SIGTERM"
stop_hub
