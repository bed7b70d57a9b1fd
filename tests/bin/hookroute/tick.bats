load ../../helper
load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export TZ=Europe/Berlin
	day=2026-03-28
}

# add NAME EXPRESSION OPTIONS...: at midnight UTC.
add() {
	hookroute schedule add "$@" --at "${day}T00:00:00Z"
}

# tick TIME OPTIONS...: at this time of the day, UTC.
tick() {
	run -0 --separate-stderr hookroute tick --at "${day}T$1:00Z" "${@:2}"
}

# due: when, of what the last tick printed.
due() {
	jq -r '"\(.schedule) \(.due_at[11:16])"' <<<"$output" | paste -sd' '
}

# events: what is new in the spool.
events() {
	find "$spool/new" -type f -exec cat {} + 2>/dev/null
}

of() {
	hookroute schedule list --at "${day}T00:00:00Z" | jq -r "select(.name == \"$1\") | $2"
}

plugin() {
	printf '#!/bin/sh\ncat\n' >"$1"
	hookroute plugin add "$1" "$1" >/dev/null
}

# bats test_tags=F0_12
@test "hookroute tick: a schedule that is due makes an event, and only then" {
	add nightly '30 2 * * *' --name acme/site --payload '{"full": true,
		"n": 12345678901234567890}'
	tick 01:29
	[ -z "$output$stderr$(events)" ]
	tick 01:30
	[ "$(due)" = 'nightly 01:30' ]
	[ "$(events | jq -c '[.hook, .name, .provider, .event, .received_at, .headers]')" = \
		'[null,"acme/site","hooktools","schedule","2026-03-28T01:30:00.000Z",{}]' ]
	[ "$(events | jq -c '.payload | [.plugin, .schedule, .expression, .due_at]')" = \
		'[null,"nightly","30 2 * * *","2026-03-28T01:30:00.000Z"]' ]
	# As it was given, but on one line.
	events | grep -qF '"payload":{"full": true, 		"n": 12345678901234567890}'
	[ "$(events | jq -r .id)" = "$(jq -r .id <<<"$output")" ]
	[ "$(events | jq -r .delivery)" = "$(jq -r .id <<<"$output")" ]
	tick 01:30
	[ -z "$output" ]
	tick 01:31
	[ -z "$output" ]
	[ "$(events | wc -l)" -eq 1 ]
	[ "$(of nightly '[.due_at, .last_run_at] | @csv')" = '"2026-03-28T01:30:00.000Z","2026-03-28T01:30:00.000Z"' ]
}

@test "hookroute tick: routes take it with on(\"schedule\")" {
	good_consumer archive
	route nightly 'include "hooktools"; on("schedule") | select(.payload.schedule == "nightly") | to("archive")'
	add nightly '30 2 * * *'
	add other '30 2 * * *'
	tick 01:30
	run -0 hookroute drain
	[ "$(got archive | wc -l)" -eq 1 ]
	[ "$(files "done")" -eq 1 ]
}

# bats test_tags=F0_12,F0_15,F0_16
@test "hookroute tick: a plugin's schedule is for all repositories it is assigned to, once it is started" {
	make_key
	for name in acme/site acme/shop other/x; do hookrecv add "$name" >/dev/null; done
	plugin lint
	tick 01:00
	[ -z "$output" ]
	hookroute plugin assign lint acme/site
	hookroute plugin assign lint acme/shop
	hookroute plugin schedule lint '*/5 * * * *'
	tick 01:05
	[ -z "$output" ]
	hookroute schedule start lint --at "${day}T01:05:00Z"
	tick 01:10
	[ "$(jq -r '[.plugin, .name] | @tsv' <<<"$output" | sort)" = $'lint\tacme/shop\nlint\tacme/site' ]
	[ "$(events | jq -r '.payload.plugin + " " + .name' | sort)" = $'lint acme/shop\nlint acme/site' ]
	[ "$(events | jq -r .id | sort -u | wc -l)" -eq 2 ]
	[ "$(files new)" -eq 1 ]
	hookroute plugin stop lint
	tick 01:15
	[ -z "$output" ]
}

# bats test_tags=F0_14
@test "hookroute tick: what is changed holds from the next tick on" {
	make_key
	for name in acme/site acme/shop; do hookrecv add "$name" >/dev/null; done
	plugin lint
	hookroute plugin assign lint acme/site
	hookroute plugin schedule lint '*/5 * * * *'
	hookroute schedule start lint --at "${day}T01:00:00Z"
	tick 01:05
	[ "$(jq -r .name <<<"$output")" = acme/site ]
	hookroute plugin unassign lint acme/site
	hookroute plugin assign lint acme/shop
	tick 01:10
	[ "$(jq -r .name <<<"$output")" = acme/shop ]
	hookroute plugin schedule lint '12 * * * *'
	hookroute schedule start lint --at "${day}T01:10:00Z"
	tick 01:11
	[ -z "$output" ]
	tick 01:12
	[ "$(due)" = 'lint 01:12' ]
	hookroute plugin disable lint
	tick 02:12
	[ -z "$output" ]
	# What was due while it was disabled is not made up for.
	hookroute plugin enable lint
	tick 02:13
	[ -z "$output" ]
	tick 03:12
	[ "$(due)" = 'lint 03:12' ]
	hookrecv remove acme/shop
	tick 04:12
	[ -z "$output" ]
	hookroute plugin remove lint
	[ -z "$(hookroute schedule list)" ]
}

# bats test_tags=F0_13
@test "hookroute tick: what was due while a schedule was stopped is not made up for" {
	add five '*/5 * * * *'
	hookroute schedule stop five
	[ "$(of five '[.state, .next_at] | @csv')" = '"stopped",' ]
	tick 01:05
	[ -z "$output" ]
	hookroute schedule start five --at "${day}T01:07:00Z"
	tick 01:08
	[ -z "$output" ]
	tick 01:10
	[ "$(due)" = 'five 01:10' ]
}

@test "hookroute tick: minutes that were missed are made up for once" {
	add minutely '* * * * *'
	add nightly '30 2 * * *'
	add weekly '0 0 * * 1'
	tick 01:29
	[ "$(due)" = 'minutely 01:29' ]
	# Asleep for a week, in which the clock was set forward.
	day=2026-04-04
	tick 06:00
	[ "$(due)" = 'minutely 06:00 nightly 00:30 weekly 22:00' ]
	[ "$(jq -r 'select(.schedule == "weekly").due_at' <<<"$output")" = 2026-03-29T22:00:00.000Z ]
	tick 06:00
	[ -z "$output" ]
	tick 06:01
	[ "$(due)" = 'minutely 06:01' ]
}

@test "hookroute tick: a time that the clock skips is due at the jump, one that it repeats once" {
	local minute
	day=2026-03-29
	add nightly '30 2 * * *'
	tick 00:59
	[ -z "$output" ]
	tick 01:00
	[ "$(due)" = 'nightly 01:00' ]
	tick 01:30
	[ -z "$output" ]
	day=2026-10-25
	hookroute schedule start nightly --at "${day}T00:00:00Z"
	for minute in 00:29 00:30 00:31 01:29 01:30 01:31 02:30; do
		tick "$minute"
		[ -z "$output" ] || echo "$minute"
	done >ran
	[ "$(cat ran)" = 00:30 ]
}

@test "hookroute tick: a clock that is set back doubles nothing" {
	add five '*/5 * * * *'
	tick 12:00
	[ "$(due)" = 'five 12:00' ]
	tick 11:00
	[ -z "$output$stderr" ]
	tick 11:55
	[ -z "$output" ]
	tick 12:05
	[ "$(due)" = 'five 12:05' ]
	# A clock that was far ahead is told of, with what to do.
	day=2030-01-01
	tick 00:00
	day=2026-03-28
	tick 12:10
	[ -z "$output" ]
	[[ $stderr == *"schedule 'five' was due in the future: is the clock right?"*"hookroute schedule start five"* ]]
	hookroute schedule start five --at "${day}T12:10:00Z"
	tick 12:15
	[ "$(due)" = 'five 12:15' ]
	[ -z "$stderr" ]
}

@test "hookroute tick: --dry-run prints and makes nothing" {
	add five '*/5 * * * *'
	tick 01:00 --dry-run
	[ "$(due)" = 'five 01:00' ]
	printed=$output
	[ ! -e "$spool" ]
	tick 01:00
	[ "$output" = "$printed" ]
	[ "$(files new)" -eq 1 ]
	run -0 script -qec "hookroute tick --dry-run --at ${day}T01:05:00Z" /dev/null
	[[ $output =~ ^[-0-9a-f]{36}\ \ 2026-03-28T01:05:00Z\ \ five.?$ ]]
}

# bats test_tags=F2_51
@test "hookroute tick: what has jitter happens later, and is due when its expression says" {
	local minute seen=''
	add hourly 'every 1h'
	for minute in 00 01 02 03 04 05 06 07; do
		tick "01:$minute"
		[ -z "$output" ] || seen+="$minute $(due)"
	done
	[[ $seen =~ ^0[2-5]\ hourly\ 01:00$ ]]
	hookroute schedule remove hourly
	add nightly '0 2 * * *'
	tick 01:00 --jitter 24h
	[ -z "$output" ]
	tick 01:00 --jitter 0
	[ "$(due)" = 'nightly 01:00' ]
}

@test "hookroute tick: one that cannot be read does not stop the others" {
	add berlin '*/5 * * * *' --timezone Europe/Berlin
	add utc '*/5 * * * *' --timezone UTC
	TZDIR=$BATS_TEST_TMPDIR run -65 --separate-stderr hookroute tick --at "${day}T01:00:00Z"
	[ "$(due)" = 'utc 01:00' ]
	[[ ${stderr_lines[0]} == "hookroute: schedule 'berlin' is left out: no time zone 'Europe/Berlin'"* ]]
	[ "${stderr_lines[1]}" = 'hookroute: 1 of the schedules were left out' ]
	tick 01:01
	[ "$(due)" = 'berlin 01:00' ]
}

@test "hookroute tick: an id follows from schedule, time and repository" {
	local first
	make_key
	for name in acme/site acme/shop; do hookrecv add "$name" >/dev/null; done
	plugin lint
	hookroute plugin schedule lint '*/5 * * * *'
	hookroute plugin assign lint acme/site
	hookroute schedule start lint --at "${day}T01:00:00Z"
	tick 01:05 --dry-run
	first=$(jq -r .id <<<"$output")
	hookroute plugin assign lint acme/shop
	tick 01:05 --dry-run
	[ "$(jq -r 'select(.name == "acme/site").id' <<<"$output")" = "$first" ]
	[ "$(jq -r .id <<<"$output" | sort -u | wc -l)" -eq 2 ]
	tick 01:10 --dry-run
	[ "$(jq -r 'select(.name == "acme/site").id' <<<"$output")" != "$first" ]
	# The time is in it.
	[ "$((16#$(tr -d - <<<"$first" | cut -c1-12)))" -eq "$(date -d "${day}T01:05:00Z" +%s)000" ]
}

@test "hookroute tick: several at once make each event once" {
	local n pids=()
	for n in 1 2 3 4 5 6 7 8; do add "s$n" '*/5 * * * *'; done
	for n in 1 2 3 4 5 6; do
		hookroute tick --at "${day}T01:00:00Z" >"out.$n" 2>"err.$n" 3>&- &
		pids+=($!)
	done
	for n in "${pids[@]}"; do wait "$n"; done
	[ -z "$(cat err.*)" ]
	[ "$(cat out.* | wc -l)" -eq 8 ]
	[ "$(events | jq -r .payload.schedule | sort | paste -sd' ')" = 's1 s2 s3 s4 s5 s6 s7 s8' ]
	[ "$(files new)" -eq 1 ]
}

# Rows as `schedule add` makes them, without a program for each.
many() {
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO schedules (id, name, expression, timezone, jitter_ms, started, seen_ms, created_ms)
		SELECT printf('00000000-0000-4000-8000-%012d', i), 's' || i, '$2', $3, -1, 1,
			$(date -d "$day" -u +%s)000, 0 FROM n"
}

@test "hookroute tick: a thousand that are due in one minute are one file" {
	hookroute schedule list
	many 1000 '*/5 * * * *' "'Europe/Berlin'"
	tick 01:00
	[ "$(wc -l <<<"$output")" -eq 1000 ]
	[ "$(files new)" -eq 1 ]
	[ "$(events | jq -r .id | sort -u | wc -l)" -eq 1000 ]
	tick 01:00
	[ -z "$output" ]
}

@test "hookroute tick: what is more than a file holds is several" {
	hookroute schedule list
	many 5000 '0 0 1 1 *' NULL
	day=2027-01-02
	tick 00:00
	[ "$(wc -l <<<"$output")" -eq 5000 ]
	[ "$(files new)" -eq 2 ]
	[ "$(events | jq -r .id | sort -u | wc -l)" -eq 5000 ]
}

@test "hookroute tick: a registry that cannot be written makes no event" {
	add five '*/5 * * * *'
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "
		CREATE TRIGGER broken BEFORE INSERT ON batches BEGIN SELECT RAISE(ABORT, 'no room'); END"
	run -65 --separate-stderr hookroute tick --at "${day}T01:00:00Z"
	[[ $stderr == *'no room'* ]]
	[ -z "$output$(events)" ]
	sqlite3 "$HOOKTOOLS_STATE/registry.db" 'DROP TRIGGER broken'
	tick 01:01
	[ "$(due)" = 'five 01:00' ]
}

@test "hookroute tick: events whose file was done with before the registry forgot it are not put there again" {
	good_consumer archive
	route all '{to: "archive", with: "event"}'
	add five '*/5 * * * *'
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "
		CREATE TRIGGER broken BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'no room'); END"
	run -65 hookroute tick --at "${day}T01:00:00Z"
	[ "$(files new)" -eq 1 ]
	run -0 hookroute drain
	sqlite3 "$HOOKTOOLS_STATE/registry.db" 'DROP TRIGGER broken'
	tick 01:01
	[ "$stderr" = 'hookroute: a tick was broken off: its events are in the spool now' ]
	[ -z "$(events)" ]
	[ "$(sqlite3 "$HOOKTOOLS_STATE/registry.db" 'SELECT count(*) FROM batches')" -eq 0 ]
	run -0 hookroute drain
	[ "$(got archive | wc -l)" -eq 1 ]
}

# Killed before each of its calls that change the disk, and each of them fails: the next tick
# has made the events of that minute, each once.
@test "hookroute tick: wherever it is killed or the disk fails, each event is made once" {
	local at error calls
	case $build in
	*address*) skip "the sanitizer must be loaded first" ;;
	esac
	cc -shared -fPIC -O1 -D_GNU_SOURCE -o crash.so "$top/tests/flow/crash.c" -ldl
	add one '*/5 * * * *'
	add two '*/5 * * * *'
	add later '1 2 * * *'
	hookroute list >/dev/null
	cp -a "$HOOKTOOLS_STATE" saved
	crash() {
		{
			LD_PRELOAD=$PWD/crash.so CRASH_PROGRAM=hookroute-tick CRASH_AT=$1 CRASH_ERRNO=$2 CRASH_COUNT=count \
				timeout 20 hookroute tick --at "${day}T01:00:00Z" >out 2>err 3>&-
		} 2>/dev/null || status=$?
	}
	crash 0 0
	calls=$(cat count)
	[ "$calls" -gt 10 ]
	for error in 0 28; do
		for ((at = 1; at <= calls; at++)); do
			rm -rf "$HOOKTOOLS_STATE"
			cp -a saved "$HOOKTOOLS_STATE"
			status=0
			crash "$at" "$error"
			hookroute tick --at "${day}T01:01:00Z" >out2 2>err2 &&
				[ "$(events | jq -r '.payload | "\(.schedule) \(.due_at[11:16])"' | sort | paste -sd' ')" = \
					'later 01:01 one 01:00 two 01:00' ] &&
				[ "$status" -ne 124 ] && [ -z "$(ls "$spool/tmp")" ] || {
				echo "call $at of $calls, errno $error, status $status"
				cat out err out2 err2
				events
				return 1
			}
		done
	done
}
