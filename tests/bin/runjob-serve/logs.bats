load ../../helper
load helper

setup_file() {
	make_certificates alice
}

setup() {
	allow . alice
	cd "$BATS_TEST_TMPDIR" || return
	export HOOKTOOLS_RATE=0
	start_serve
}

teardown() {
	[ -n "$BATS_TEST_COMPLETED" ] || cat "$BATS_TEST_TMPDIR/log"
	stop_jobs
	stop_servers
}

log() {
	api alice GET "/jobs/$id/log" "$@"
}

# range RANGE FIRST LAST: that part, 206.
range() {
	log -H "Range: $1"
	[ "$status_code" = 206 ]
	[ "$(head_of content-range)" = "bytes $2-$3/1000" ]
	tail -c "+$(($2 + 1))" want | head -c "$(($3 - $2 + 1))" | cmp - body
}

# bats test_tags=FX_15
@test "runjob serve: a log is read in parts, or whole, byte for byte" {
	head -c 1000 /dev/urandom >want
	start_job alice "{\"exec\":[\"cat\",\"$PWD/want\"]}"
	wait_until state_is alice "$id" ok
	log
	[ "$status_code" = 200 ]
	[ "$(head_of accept-ranges)" = bytes ]
	[ "$(head_of content-type)" = application/octet-stream ]
	cmp want body
	api alice HEAD "/jobs/$id/log"
	[ "$(head_of content-length)" = 1000 ]
	range bytes=0-0 0 0
	range bytes=10-19 10 19
	range 'bytes= 990-' 990 999
	range bytes=0-99999999999999999999999 0 999
	range bytes=-1 999 999
	range bytes=-5000 0 999
	range BYTES=999-999 999 999
	for bad in 1000- -0 5-4 - a-b 1 1-2x 99999999999999999999999-; do
		log -H "Range: bytes=$bad"
		[ "$status_code" = 416 ]
		[ "$(body .error.code)" = '"bad_range"' ]
		[ "$(head_of content-range)" = 'bytes */1000' ]
	done
	log -H 'Range: bytes=0-1,5-6'
	[ "$status_code" = 416 ]
	[ "$(body .error.code)" = '"several_ranges"' ]
	for whole in 'Range: lines=1-2' 'Range: bytes'; do
		log -H "$whole"
		[ "$status_code" = 200 ]
		cmp want body
	done
	log -H 'Range: bytes=0-1' -H 'If-Range: "x"'
	[ "$status_code" = 200 ]
	api alice GET "/jobs/$id/log?follow=1&from=990"
	[ "$status_code" = 200 ]
	[ "$(head_of transfer-encoding)" = chunked ]
	tail -c 10 want | cmp - body
	for query in follow=2 from=1 'follow=1&from=-1' 'follow=1&what=x'; do
		api alice GET "/jobs/$id/log?$query"
		[ "$status_code" = 400 ]
	done
	# Nothing is in an empty one, and none of it can be asked for.
	start_job alice '{"exec":["true"]}'
	wait_until state_is alice "$id" ok
	log
	[ "$status_code" = 200 ]
	[ ! -s body ]
	log -H 'Range: bytes=0-'
	[ "$status_code" = 416 ]
	answers_are_described
}

# bats test_tags=FX_15,F3_22
@test "runjob serve: a hundred followers of a log get the same bytes, whenever they come" {
	mkfifo gate
	exec 4<>gate
	# Three pieces; the one in the middle has no line break, and the job waits before each.
	printf '%s\n' "exec <$PWD/gate" 'read x' 'head -c 3000000 /dev/urandom' 'read x' 'printf middle' 'read x' \
		'head -c 3000000 /dev/urandom' >script
	start_job alice "{\"exec\":[\"sh\",\"$PWD/script\"]}"
	# shellcheck disable=SC2153 # the other helper sets it
	followed=$HOOKTOOLS_STATE/jobs/$(fingerprint alice)/$id
	follow() {
		as alice --no-buffer "$server_url/jobs/$id/log?follow=1" -o "followed.$1" 3>&- 4>&- 5>&- &
		echo "$!" >>followers
	}
	for i in $(seq 40); do follow "$i"; done
	echo >&4
	wait_until eval '[ "$(wc -c <followed.40)" -eq 3000000 ]'
	for i in $(seq 41 80); do follow "$i"; done
	# Somebody who leaves, and somebody who reads nothing, are nobody's trouble.
	kill "$(head -n 1 followers)"
	sed -i 1d followers
	echo >&4
	wait_until eval 'tail -c 6 followed.80 | grep -qx middle'
	mkfifo requests unread
	exec 6<>unread
	openssl s_client -quiet -connect "${server_url#https://}" -cert "$certificates/alice.pem" \
		-key "$certificates/alice.key" <requests >unread 2>/dev/null 3>&- 4>&- &
	slow=$!
	exec 5>requests
	printf 'GET /jobs/%s/log?follow=1 HTTP/1.1\r\nHost: x\r\n\r\n' "$id" >&5
	for i in $(seq 81 100); do follow "$i"; done
	echo >&4
	exec 4>&-
	while read -r pid; do wait "$pid"; done <followers
	follow 101
	wait "$!"
	[ "$(sha256sum followed.{2..101} | cut -d ' ' -f 1 | sort | uniq -c | awk '{ print $1 }')" -eq 100 ]
	cmp followed.2 "$followed/log"
	kill "$slow"
	exec 5>&- 6>&-
	# They cost little, and it stays so.
	case $build in
	*address*) ;; # the sanitizer's own memory would be measured
	*) [ "$(awk '/^VmHWM/ { print $2 }' "/proc/$server_pid/status")" -lt 60000 ] ;;
	esac
	[ "$(find "/proc/$server_pid/fd" | wc -l)" -lt 20 ]
}

@test "runjob serve: who follows is told of the end when the job is lost, and let go when the server stops" {
	start_job alice '{"exec":["sleep","1000"]}'
	wait_until state_is alice "$id" running
	as alice --no-buffer -o lost -D lost.head -w '%{http_code}' "$server_url/jobs/$id/log?follow=1" >code 3>&- &
	follower=$!
	wait_until grep -q '^HTTP/1.1 200' lost.head
	kill -9 "$(cat "$HOOKTOOLS_STATE/jobs/$(fingerprint alice)/$id/lock")"
	wait "$follower"
	[ "$(cat code)" = 200 ]
	state_is alice "$id" lost
	run -0 runjob recover
	start_job alice '{"exec":["sh","-c","echo begun; exec sleep 1000"]}'
	wait_until state_is alice "$id" running
	as alice --no-buffer -o cut "$server_url/jobs/$id/log?follow=1" 2>said 3>&- &
	follower=$!
	wait_until grep -qx begun cut
	kill "$server_pid"
	# An end that is none: the last chunk is missing.  The job goes on.
	run ! wait "$follower"
	wait "$server_pid"
	[ "$(runjob show --owner "$(fingerprint alice)" --json "$id" | jq -r .state)" = running ]
	# The next server goes on where the last one was.
	start_serve
	as alice --no-buffer -o rest -D rest.head "$server_url/jobs/$id/log?follow=1&from=2" 3>&- &
	follower=$!
	wait_until grep -q '^HTTP/1.1 200' rest.head
	api alice POST "/jobs/$id/stop"
	[ "$status_code" = 202 ]
	wait "$follower"
	[ "$(cat rest)" = gun ]
	state_is alice "$id" cancelled
}
