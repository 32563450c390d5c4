#!/usr/bin/env bash
# The mock hub beside mosquitto: server CPU per QoS 1 publish and memory per idle connection, plain
# and TLS; then what a whole twin update costs the hub. Same client, same machine, same session, the
# two servers in turn. Prints a Markdown table; ratios count, absolute figures are this machine's.
#
#   tests/bench/hub_beside_mosquitto.sh BUILD-FOLDER      a release build with TWINSTORM_BENCHMARKS=ON
#
# MESSAGES, ROUNDS, IDLE, TWIN_SECONDS and TWIN_RATES shorten or lengthen it; no part of it may take
# longer than LIMIT seconds. The 15,000 idle connections are modules of one hub process.
set -euo pipefail
build=$(readlink -f "${1:?the build folder}")
messages=${MESSAGES:-200000} rounds=${ROUNDS:-3} idle=${IDLE:-15000} twin_seconds=${TWIN_SECONDS:-20}
twin_rates=${TWIN_RATES:-500 1000 2000 4000} limit=${LIMIT:-300}
twinstorm="$build/twinstorm" load="$build/tests/bench/mqtt_load"
connections=100
scratch=$(mktemp -d)
servers=()

clean_up() {
    local status=$?
    trap - EXIT
    for process in "${servers[@]}"; do kill "$process" 2>/dev/null || true; done
    wait
    [ "$status" -eq 0 ] || tail -n 20 "$scratch"/*.err >&2 || true
    rm -rf "$scratch"
    exit "$status"
}
trap clean_up EXIT

command -v mosquitto >/dev/null || { echo "mosquitto is not installed" >&2; exit 1; }
ulimit -n "$(ulimit -Hn)"

wait_for() {  # wait_for COMMAND...
    local polls=600
    until "$@" 2>/dev/null; do
        polls=$((polls - 1))
        [ "$polls" -gt 0 ] || { echo "in vain waited for: $*" >&2; exit 1; }
        sleep 0.05
    done
}
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1"); }

start_hub() {
    "$twinstorm" hub --mqtts-port 0 --https-port 0 --amqps-port 0 --mqtt-port 0 --tier S3 --units 10 \
        --no-throttle --workers 1 --route Telemetry --state-dir "$scratch/hub" --ready-file "$scratch/ready.json" \
        2>>"$scratch/hub.err" &
    hub=$!
    servers+=("$hub")
    wait_for test -s "$scratch/ready.json"
    hub_plain=$(sed -n 's/.*"mqtt":{"host":"[^"]*","port":\([0-9]*\)}.*/\1/p' "$scratch/ready.json")
    hub_tls=$(sed -n 's/.*"mqtts":{"host":"[^"]*","port":\([0-9]*\)}.*/\1/p' "$scratch/ready.json")
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        listens "$port" 2>/dev/null || { echo "$port"; return; }
    done
}

start_mosquitto() {
    # The key type of the hub's own certificate, so that handshakes cost the same.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
        -keyout "$scratch/key.pem" -out "$scratch/cert.pem" 2>/dev/null
    chmod 644 "$scratch/key.pem"
    chmod 755 "$scratch"
    mosquitto_plain=$(free_port) mosquitto_tls=$(free_port)
    cat >"$scratch/mosquitto.conf" <<CONF
allow_anonymous true
persistence false
max_inflight_messages 0
max_connections -1
set_tcp_nodelay true
log_type error
listener $mosquitto_plain 127.0.0.1
listener $mosquitto_tls 127.0.0.1
certfile $scratch/cert.pem
keyfile $scratch/key.pem
CONF
    mosquitto -c "$scratch/mosquitto.conf" 2>"$scratch/mosquitto.err" &
    mosquitto=$!
    servers+=("$mosquitto")
    wait_for listens "$mosquitto_plain"
}

# load_hub plain|tls WORD...; load_mosquitto likewise. What mqtt_load prints.
load_hub() {
    local how=$1
    shift
    local where=(--port "$hub_plain")
    [ "$how" = plain ] || where=(--port "$hub_tls" --ca "$scratch/hub/ca.pem")
    timeout "$limit" "$load" --server "$hub" --ready "$scratch/ready.json" "${where[@]}" "$@"
}
load_mosquitto() {
    local how=$1
    shift
    local where=(--port "$mosquitto_plain")
    [ "$how" = plain ] || where=(--port "$mosquitto_tls" --ca "$scratch/cert.pem")
    timeout "$limit" "$load" --server "$mosquitto" "${where[@]}" "$@"
}

value() { sed -n "s/^$1 //p"; }
# The least of the rounds: what the code costs, without what the machine added.
least() { sort -g | head -n 1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }'; }

# Both anew: an allocator keeps what earlier connections had, and would hide what these cost.
start_again() {
    kill "$hub" "$mosquitto"
    wait "$hub" "$mosquitto" || true
    servers=()
    rm -f "$scratch/ready.json"
    start_hub
    start_mosquitto
}

identities() {  # identities NUMBER: devices with their agent's module, on the hub.
    sed -e "s/DEVICES/$1/" -e "s#READY#$scratch/ready.json#" >"$scratch/fleet.yaml" <<'YAML'
name: bench
question: How much does one message cost the hub?
hub: {real: {ready_file: READY}}
fleet: [{group: bench, devices: DEVICES, id: "bench-{index:05}"}]
phases: [{name: connect, connect: {rate: 500/s}}]
gates: [connection.refused == 0]
YAML
    timeout "$limit" "$twinstorm" provision "$scratch/fleet.yaml" >"$scratch/provision.out" 2>"$scratch/provision.err"
}

cpu_ns() { cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d", sum }'; }

start_hub
start_mosquitto
identities "$idle"

echo "| measured at the server | hub | mosquitto | hub / mosquitto |"
echo "|---|---|---|---|"
for how in plain tls; do
    for window in 1 16; do
        : >"$scratch/hub.us"
        : >"$scratch/mosquitto.us"
        for _ in $(seq "$rounds"); do
            for server in hub mosquitto; do
                "load_$server" "$how" --connections $connections --in-flight $window \
                    --messages "$messages" | value server_cpu_us_per_message >>"$scratch/$server.us"
            done
        done
        ours=$(least <"$scratch/hub.us") theirs=$(least <"$scratch/mosquitto.us")
        echo "| CPU per QoS 1 publish of 256 B, $how, $window in flight, us | $ours | $theirs |" \
            "$(ratio "$ours" "$theirs") |"
    done
done
for how in plain tls; do
    start_again
    ours=$(load_hub "$how" --connections "$idle" --idle 3 | value server_memory_bytes_per_connection)
    theirs=$(load_mosquitto "$how" --connections "$idle" --idle 3 |
        value server_memory_bytes_per_connection)
    echo "| memory per idle connection of $idle, $how, bytes | $ours | $theirs |" \
        "$(ratio "$ours" "$theirs") |"
done

# A whole round: the operator's patch in, the notice out, the reported patch in, its answer out.
twins() {  # twins RATE: one run; its folder is $scratch/run-RATE. Prints the hub's CPU in ns.
    sed -e "s#READY#$scratch/ready.json#" -e "s/RATE/$1/" -e "s/SECONDS/$twin_seconds/" \
        >"$scratch/twins.yaml" <<'YAML'
name: twin-rounds
question: What does a whole twin update cost the hub?
hub: {real: {ready_file: READY}}
fleet: [{group: bench, devices: 200, id: "twin-{index:05}", security_messages: {rate: 0.01/s}}]
phases:
  - {name: connect, connect: {rate: 200/s}}
  - {name: updates, duration: SECONDSs, twin_updates: {rate: RATE/s, patch: {Heartbeat_MessageFrequency: [High, Medium]}}}
gates: [twin_update.failed == 0]
YAML
    local before code=0
    before=$(cpu_ns "$hub")
    timeout "$limit" "$twinstorm" run "$scratch/twins.yaml" --quiet --out "$scratch/run-$1" \
        >"$scratch/run.out" 2>"$scratch/run.err" || code=$?
    # A machine that could not keep up fails the gate (1) or makes the run invalid (4), not the
    # hub's CPU per update.
    case $code in 0 | 1 | 4) ;; *) cat "$scratch/run.err" >&2; exit 1 ;; esac
    echo "$(($(cpu_ns "$hub") - before))"
}
of_run() {  # of_run RATE PATTERN: the number behind it, where it stands first
    grep -om1 "$2[0-9.]*" "$scratch/run-$1/result.json" | sed -n '1s/.*[^0-9.]//p'
}
confirmed() { of_run "$1" '"twin_update.confirmed": *'; }
round_trip() { of_run "$1" "\"twin_update.round_trip\": *{[^}]*\"$2\": *"; }  # In us.

# What the same run costs without updates is taken off, so that connects and pings do not count.
idle_ns=$(twins 1)
for rate in $twin_rates; do
    busy_ns=$(twins "$rate")
    updates=$(($(confirmed "$rate") - $(confirmed 1)))
    us=$(awk -v a="$busy_ns" -v b="$idle_ns" -v n="$updates" \
        'BEGIN { printf "%.1f", (a - b) / n / 1000 }')
    a_second=$(awk -v n="$(confirmed "$rate")" -v s="$twin_seconds" 'BEGIN { printf "%.0f", n / s }')
    note=
    grep -q '"verdict": *"passed"' "$scratch/run-$rate/result.json" ||
        note=" (more than this machine carries)"
    echo "| twin updates offered at $rate/s, REST in to 204 out, TLS: confirmed a second$note |" \
        "$a_second | - | - |"
    echo "| their CPU each, us; round trip p50, p99, us |" \
        "$us; $(round_trip "$rate" p50), $(round_trip "$rate" p99) | - | - |"
done
