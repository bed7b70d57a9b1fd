load ../helper
fixtures=$top/tests/fixtures/github
# shellcheck source=tests/flow/stage.bash
. "$top/tests/flow/stage.bash"

# Any program may be killed at any moment: with the forge sending again what had no answer,
# everything is done once.

setup() {
	stage_open "$BATS_TEST_TMPDIR/stage"
	cat >"$HOOKTOOLS_CONF/publish" <<-'EOF2'
		#!/bin/sh
		jq -r .n >>"$HOOKTOOLS_CONF/ran"
	EOF2
	: >"$HOOKTOOLS_CONF/ran"
	sed -i '/secrets/d; /report:/d' "$HOOKTOOLS_CONF/routes.d/20-publish.jq"
	sed -i 's/timeout: "1m",/timeout: "1m"/' "$HOOKTOOLS_CONF/routes.d/20-publish.jq"
	for name in github hookrecv hookroute ghstats; do
		stage_start "$name"
	done
}

teardown() {
	stage_close
}

# send_one NUMBER: a push and a workflow run, until each is answered.
send_one() {
	jq -c --argjson n "$1" '.n = $n' "$fixtures/push.json" >"$stage/push.$1"
	jq -c --argjson n "$1" '.workflow_run.id = 1000 + $n | .workflow_run.run_number = $n' \
		"$fixtures/workflow_run.completed.json" >"$stage/run.$1"
	wait_until send_until_answered push "push-$1" "$stage/push.$1"
	wait_until send_until_answered workflow_run "run-$1" "$stage/run.$1"
}

send_until_answered() {
	case $(stage_send "$@" 2>/dev/null) in
	"202 "* | "200 "*) return 0 ;;
	esac
	return 1
}

at_least() { [ "$(wc -l <"$1")" -ge "$2" ]; }

# Everything has arrived, once.
check_all() {
	wait_until stage_is_quiet
	wait_until at_least "$HOOKTOOLS_CONF/ran" 24
	diff <(seq 1 24) <(sort -n "$HOOKTOOLS_CONF/ran")
	[ "$(ghstats runs --limit 100 --json | jq -r .id | sort -u | wc -l)" -eq 24 ]
	wait_until_jobs_are_counted
	[ -z "$(hookroute list dead)" ]
}

jobs_are_counted() { [ "$(ghstats jobs --local --limit 100 --json | jq -r 'select(.state == "ok").id' | wc -l)" -eq 24 ]; }
wait_until_jobs_are_counted() { wait_until jobs_are_counted; }

# A consumer is a child of the router.
kill_consumer() {
	local pid
	wait_until pgrep -P "$(stage_pid hookroute)" -f "$1"
	pid=$(pgrep -P "$(stage_pid hookroute)" -f "$1")
	kill -KILL "$pid"
}

send_in_background() {
	for i in $(seq "$1" "$2"); do send_one "$i"; done 3>&- &
	sender=$!
}

# bats test_tags=FX_2
@test "flow: hookrecv is killed while deliveries come" {
	send_in_background 1 24
	for n in 5 15; do
		wait_until test -e "$stage/push.$n"
		stage_kill hookrecv
		stage_start hookrecv
	done
	wait "$sender"
	check_all
}

# bats test_tags=FX_2
@test "flow: hookroute is killed while deliveries come" {
	send_in_background 1 24
	for n in 5 15; do
		wait_until test -e "$stage/push.$n"
		stage_kill hookroute
		stage_start hookroute
	done
	wait "$sender"
	check_all
}

@test "flow: consumers are killed while deliveries come" {
	send_in_background 1 24
	for n in 5 10 15; do
		wait_until test -e "$stage/push.$n"
		kill_consumer runjob-consume
		kill_consumer 'ghstats ingest'
	done
	wait "$sender"
	check_all
}

@test "flow: tokenmint is killed while it mints; the token comes with the next try" {
	export HOOKTOOLS_RETRY="100ms 100ms 100ms 100ms"
	stage_kill hookroute
	stage_start hookroute
	stage_send installation i-1 "$fixtures/installation.created.json"
	kill_consumer 'tokenmint sync'
	wait_until stage_is_quiet
	run -0 --separate-stderr tokenmint get acme --json
	[ "$(jq -r '.expires_at | length > 0' <<<"$output")" = true ]
	[ -z "$(hookroute list dead)" ]
}

@test "flow: the statistics' server is killed and comes back with the same answer" {
	send_one 1
	wait_until stage_is_quiet
	curl -sS --fail "$stage_url_ghstats/stats" >"$stage/before"
	stage_kill ghstats
	stage_start ghstats
	curl -sS --fail "$stage_url_ghstats/stats" >"$stage/after"
	diff "$stage/before" "$stage/after"
	[ "$(jq .total.runs "$stage/after")" -eq 1 ]
}

@test "flow: all of it is killed at once and started again" {
	send_in_background 1 24
	wait_until test -e "$stage/push.12"
	for name in hookroute hookrecv ghstats github; do stage_kill "$name"; done
	for name in github ghstats hookrecv hookroute; do stage_start "$name"; done
	wait "$sender"
	check_all
}
