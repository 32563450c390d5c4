#!/usr/bin/env bash
# Measures what one connect, message, twin update and idle agent costs fleet and hub, and holds each
# against its constant in include/twinstorm/plan/unit_cost.h, by which plans are judged. CPU time
# repeats within 15 %, on a busy machine within 30 %; a constant may be wrong by half.
#
# Use:    TWINSTORM=... RESULT_FACTS=... tests/bench/unit_costs.sh [AGENTS]
set -euo pipefail
: "${TWINSTORM:?the program}" "${RESULT_FACTS:?the reader of results}"
agents=${1:-1000}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# measure NAME LOAD PHASE: one run of its own; its facts land in NAME.facts.
measure() {
    cat >"$scratch/$1.yaml" <<YAML
name: unit-costs
question: What does one of each cost?
seed: 1
hub: {mock: {tier: S3, throttle: false}}
fleet:
  - {group: gateways, devices: $agents$2}
phases:
  - {name: connect, connect: {rate: 300/s}, measure: false}
  - $3
YAML
    "$TWINSTORM" run "$scratch/$1.yaml" --quiet --workers 1 --out "$scratch/$1" || [ $? -eq 4 ]
    "$RESULT_FACTS" "$scratch/$1/result.json" >"$scratch/$1.facts"
}
fact() { sed -n "s|^$2 ||p" "$scratch/$1.facts"; }

# With 10 s after the connects: what an idle agent holds has settled. Messages are paced, 2/s each.
idle='{name: idle, duration: 10s}'
measure one '' "$idle"
agents_all=$agents
agents=1 measure process '' "$idle"
agents=$agents_all
measure messages ', security_messages: {rate: 2/s, arrivals: constant}' \
    '{name: messages, duration: 10s}'
measure updates '' '{name: updates, duration: 10s,
     twin_updates: {rate: 300/s, patch: {Heartbeat_MessageFrequency: [High, Low]}}}'

# per NUMBER FACT RUN BASE: the difference of two runs for each of so many.
per() {
    awk -v n="$1" -v a="$(fact "$3" "$2")" -v b="$(fact "$4" "$2")" 'BEGIN { print (a - b) / n }'
}
acked=$(fact messages counter.security_message.acked)
confirmed=$(fact updates counter.twin_update.confirmed)
wrong=0
row() {  # row CONSTANT MEASURED
    local constant
    constant=$(sed -n "s|.* $1 = \([0-9' *]*\);.*|\1|p" \
        "$root/include/twinstorm/plan/unit_cost.h" | tr -d "'")
    constant=$((constant))
    awk -v name="$1" -v constant="$constant" -v measured="$2" 'BEGIN {
        share = measured / constant
        printf "| %-20s | %10.0f | %10.0f | %5.2f |\n", name, measured, constant, share
        exit share > 1.5 || share < 0.5 }' || wrong=1
}
echo "| unit cost            |   measured |   constant | ratio |"
echo "|----------------------|-----------:|-----------:|------:|"
row kFleetConnectUs "$(per "$agents" harness.fleet_cpu_us one process)"
row kHubConnectUs "$(per "$agents" harness.hub_cpu_us one process)"
row kFleetMessageUs "$(per "$acked" harness.fleet_cpu_us messages one)"
row kHubMessageUs "$(per "$acked" harness.hub_cpu_us messages one)"
row kFleetTwinUpdateUs "$(per "$confirmed" harness.fleet_cpu_us updates one)"
row kHubTwinUpdateUs "$(per "$confirmed" harness.hub_cpu_us updates one)"
row kFleetAgentBytes "$(per "$agents" environment.fleet.memory_max_bytes one process)"
row kHubAgentBytes "$(per "$agents" environment.hub.memory_max_bytes one process)"
row kProcessBytes "$(fact process environment.fleet.memory_max_bytes)"
exit "$wrong"
