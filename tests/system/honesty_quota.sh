#!/usr/bin/env bash
# A quota of CPU time: the fleet runs for a few milliseconds of each tenth of a second.
source "$(dirname "${BASH_SOURCE[0]}")/support.sh"

group=
on_clean_up() { leave_group; }
leave_group() {
    [ -n "$group" ] || return 0
    # Whoever is still in it goes up again; a group must be empty to be removed.
    while read -r process; do
        echo "$process" >"$(dirname "$group")/cgroup.procs" || true
    done <"$group/cgroup.procs"
    rmdir "$group" || true
    group=
}

# A group with a quota of its own, of either version; none where that is not allowed.
make_group() {
    local name=twinstorm-$$
    if mkdir "/sys/fs/cgroup/cpu/$name" 2>/dev/null; then
        group=/sys/fs/cgroup/cpu/$name
        echo 100000 >"$group/cpu.cfs_period_us" && echo 3000 >"$group/cpu.cfs_quota_us" && return
    elif mkdir "/sys/fs/cgroup/$name" 2>/dev/null; then
        group=/sys/fs/cgroup/$name
        echo "3000 100000" 2>/dev/null >"$group/cpu.max" && return
    fi
    leave_group
}

start_run "$small" --set phases.steady.duration=6s --set fleet.gateways.devices=60 \
    --set 'fleet.gateways.security_messages={rate: 20/s, arrivals: constant}'
wait_for_second connect
make_group
if [ -n "$group" ] && echo "$run_process" >"$group/cgroup.procs"; then
    checks "with a quota of its cgroup"
    expect_end 4
    leave_group
else
    checks "with SIGSTOP for 80 ms of each 100 ms, for want of a cgroup of its own"
    while kill -STOP "$run_process" 2>/dev/null; do
        sleep 0.08
        kill -CONT "$run_process"
        sleep 0.02
    done
    expect_end 4
fi

checks "the verdict, and the reason in a sentence"
read_facts "$scratch/run"
expect_fact verdict = invalid
expect_text '^reason the workers served 1 % of their deadlines' "$scratch/facts"
checks "the hub's own count is untouched"
expect_fact messages.balanced = yes
expect_fact messages.lost -eq 0
