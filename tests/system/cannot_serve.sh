#!/usr/bin/env bash
# What the target or this machine cannot serve: one clear sentence each, and exit 3.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

cannot_serve() {  # cannot_serve REGULAR-EXPRESSION WORD...
    local sentence=$1
    shift
    expect_exit 3 run "$small" --quiet "$@"
    expect_lines 1 "$scratch/run.err"
    expect_text "$sentence" "$scratch/run.err"
    expect_lines 0 "$scratch/run.out"
}

# edited EXPRESSION: another ready file, changed by sed; sets `elsewhere` to the words that name it.
edited() {
    sed -E "$1" "$ready" >"$scratch/edited.json"
    if cmp -s "$ready" "$scratch/edited.json"; then
        failed "sed changed nothing: $1"
    fi
    elsewhere=(--set "hub={real: {ready_file: $scratch/edited.json}}" --out "$scratch/run")
}

start_hub --state-dir "$scratch/other"
mv "$scratch/other/ca.pem" "$scratch/other-ca.pem"
stop_hub
start_hub --state-dir "$scratch/state"

checks "nobody listens there"
edited 's/"port" *: *[0-9]+/"port":1/g'
cannot_serve '127.0.0.1:1' "${elsewhere[@]}"

checks "the devices' port alone is closed: what was measured is kept"
edited 's/("mqtts" *: *\{[^}]*"port" *: *)[0-9]+/\11/'
cannot_serve '127.0.0.1:1' "${elsewhere[@]}"
read_facts "$scratch/run"
expect_fact metric.connect.count -eq 0

checks "the owner's key is wrong"
edited 's/SharedAccessKey=[^";]*/SharedAccessKey=d3Jvbmcga2V5IHdyb25nIGtleSB3cm9uZyBrZXkgISE=/'
cannot_serve '401|[Uu]nauthorized|refused' "${elsewhere[@]}"

checks "the certificate is signed by another authority"
edited "s,\"ca_file\" *: *\"[^\"]*\",\"ca_file\":\"$scratch/other-ca.pem\","
cannot_serve '[Cc]ertificate' "${elsewhere[@]}"

checks "the certificate's authority cannot be read"
edited "s,\"ca_file\" *: *\"[^\"]*\",\"ca_file\":\"$scratch/none.pem\","
cannot_serve 'none.pem' "${elsewhere[@]}"

checks "the certificate names another host"
edited 's/"hostname" *: *"[^"]*"/"hostname":"another-hub.azure-devices.net"/'
cannot_serve '[Cc]ertificate' "${elsewhere[@]}"

checks "the certificate has expired"
openssl ecparam -name prime256v1 -genkey -noout -out "$scratch/expired.key"
openssl req -new -key "$scratch/expired.key" -subj /CN=expired.example -out "$scratch/expired.csr"
printf "subjectAltName=DNS:expired.example\nbasicConstraints=critical,CA:TRUE\n" \
    >"$scratch/expired.ext"
openssl x509 -req -in "$scratch/expired.csr" -signkey "$scratch/expired.key" -days -1 \
    -extfile "$scratch/expired.ext" -out "$scratch/expired.pem" 2>/dev/null
stop_hub
start_hub --hostname expired.example --cert "$scratch/expired.pem" --key "$scratch/expired.key"
cannot_serve '[Ee]xpired' "${on_hub[@]}" --out "$scratch/run"

checks "there is no ready file"
cannot_serve 'none.json' --set "hub={real: {ready_file: $scratch/none.json}}" --out "$scratch/run"

checks "the folder cannot be written"
touch "$scratch/file"
cannot_serve "$scratch/file/run" "${on_hub[@]}" --out "$scratch/file/run"

# A limit of file sizes stands for a disk that is full: no root is needed, and SIGXFSZ is let be.
checks "there is no room for what the embedded hub must write: its own words are told"
no_room_for_the_hub() {
    trap '' XFSZ
    ulimit -f 1
    cannot_serve '^twinstorm: the mock hub could not start: .* cannot be written' --out "$scratch/run"
}
(trap - EXIT; no_room_for_the_hub)

checks "the disk is full when the report is written: what was measured is kept"
no_room_for_the_page() {
    trap '' XFSZ
    ulimit -f 64
    expect_exit 3 run "$small" --out "$scratch/full"
    expect_text '^twinstorm: cannot write .*report.html' "$scratch/run.err"
    if grep -q 'report.html' "$scratch/run.out"; then
        failed "it names a page that is not there"
    fi
}
(trap - EXIT; no_room_for_the_page)
read_facts "$scratch/full"
expect_fact messages.balanced = yes
for file in junit.xml summary.md timeline.csv; do
    [ -s "$scratch/full/$file" ] || failed "$file is missing or empty"
done
if compgen -G "$scratch/full/*.partial" >/dev/null; then
    failed "half files are left over"
fi

checks "this machine allows too few files"
few_files() {
    ulimit -n 64
    cannot_serve 'open files.*64' --out "$scratch/run"
}
(trap - EXIT; few_files)

checks "a second hub on the same port"
port=$(sed -E 's/.*"mqtts" *: *\{[^}]*"port" *: *([0-9]+).*/\1/' "$ready")
expect_exit 3 hub --mqtts-port "$port" --https-port 0
expect_lines 1 "$scratch/run.err"
expect_text ":$port" "$scratch/run.err"
stop_hub
