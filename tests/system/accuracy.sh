#!/usr/bin/env bash
# The proof of accuracy, live: what the embedded hub injects must be what the run reports, within 2 %
# and 1 ms. Where this machine was too busy to say, the run is void, and says that instead.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

# agrees FORM METRIC...: judged by accuracy_check, which knows the formula and nothing else.
agrees() {
    local form=$1 metric code=0
    shift
    for metric in "$@"; do
        "$ACCURACY_CHECK" "$scratch/run/result.json" "$metric" "$form" || code=$?
        [ "$code" -ne 4 ] || { echo "void: this machine was too busy"; exit "$void"; }
        [ "$code" -eq 0 ] || failed "$metric does not agree with $form"
    done
}

# injects FAULT WORD...: one run under it. An invalid run is as void as a busy machine's.
injects() {
    local fault=$1 code=0
    shift
    "$TWINSTORM" run "$here/accuracy.yaml" --quiet --out "$scratch/run" \
        --set "phases.injected.faults=[$fault]" "$@" \
        >"$scratch/run.out" 2>"$scratch/run.err" </dev/null || code=$?
    [ "$code" -ne 4 ] || { echo "void: the run itself is invalid"; exit "$void"; }
    [ "$code" -eq 0 ] || failed "exit $code"
}

checks "a constant latency"
injects '{latency: {operations: [device_messages], constant: 20ms}}'
agrees 'constant 20ms' security_message.ack security_message.service

checks "a long tail"
injects '{latency: {operations: [device_messages], lognormal: {p50: 5ms, p99: 80ms}}}'
agrees 'lognormal 5ms 80ms' security_message.ack

checks "two humps"
injects '{latency: {operations: [device_messages], bimodal: {fast: 5ms, slow: 150ms, slow_share: 5%}}}'
agrees 'bimodal 5ms 150ms 0.05' security_message.ack

checks "a stall of a second, from the intended instants"
injects '{stall: 1s, start: 5s}' --set phases.injected.duration=20s
agrees 'stall 1s 20s' security_message.ack

checks "each hop of a twin update"
injects '{latency: {operations: [twin_updates], constant: 20ms}}' \
    --set 'phases.injected.twin_updates={every: device, rate: 50/s, patch: {Heartbeat_MessageFrequency: Medium}}'
agrees 'constant 20ms' twin_update.accept twin_update.delivery twin_report
agrees 'constant 40ms' twin_update.round_trip
