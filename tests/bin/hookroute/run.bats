load ../../helper

# The router at work: with whatever dies, hangs or comes late beside it.

setup() {
	got=$BATS_TEST_TMPDIR/got
	: >"$got"
	export got
	spool=$HOOKTOOLS_STATE/spool
	route all 'select(.event == "push") | {to: "keep", send: {n: .payload.n}}'
	consumer keep 'while IFS= read -r line; do
		printf "%s\n" "$line" >>"$got"
		echo "{\"ok\":true}"
	done'
	run -0 hookroute list new # makes the spool
}

teardown() {
	xargs -r kill -KILL <"$BATS_TEST_TMPDIR/servers" 2>/dev/null || true
	stop_servers
}

# route NAME PROGRAM
route() {
	printf '%s\n' "$2" >"$HOOKTOOLS_CONF/routes.d/$1.jq"
}

# consumer NAME SCRIPT [MEMBERS]
consumer() {
	jq -nc --arg script "$2" --argjson more "${3:-{\}}" \
		'{exec: ["/bin/bash", "-c", $script]} + $more' >"$HOOKTOOLS_CONF/consumers.d/$1.json"
}

# put FIRST LAST [EVENT]: pushes with these numbers, in one file.
put() {
	seq "$1" "$2" | sed 's/.*/{"n":&}/' >"$BATS_TEST_TMPDIR/payloads"
	hookroute put --event "${3:-push}" --name acme/site <"$BATS_TEST_TMPDIR/payloads" >/dev/null
}

start_router() {
	hookroute run "$@" >>"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/servers"
}

# stop_router SIGNAL STATUS
stop_router() {
	local status=0
	kill "-$1" "$router"
	wait "$router" || status=$?
	[ "$status" -eq "$2" ]
}

lines_are() { [ "$(wc -l <"$1")" -eq "$2" ]; }
at_least() { [ "$(wc -l <"$1")" -ge "$2" ]; }
files_in() { find "$spool/$1" -type f -name '*-*' ! -name '*.*' | wc -l; }
nothing_open() { [ -z "$(find "$spool"/{new,cur,defer} -type f -print -quit)" ]; }
holds() { [ "$(files_in "$1")" -eq "$2" ]; }

# The numbers 1 to N, each once, in got.
all_once() {
	diff <(seq 1 "$1" | sort) <(jq -r .n "$got" | sort)
}

@test "hookroute run: an event that arrives later is delivered, and its file is done" {
	start_router
	put 1 1
	wait_until lines_are "$got" 1
	put 2 2
	wait_until lines_are "$got" 2
	wait_until nothing_open
	[ "$(files_in "done")" -eq 2 ]
	stop_router TERM 0
	all_once 2
}

@test "hookroute run: 1,000 events in one file are delivered once each" {
	put 1 1000
	holds new 1
	run -0 hookroute drain
	all_once 1000
	nothing_open
	[ "$(files_in "done")" -eq 1 ]
}

@test "hookroute run: 1,000 files are delivered once each, in the order of time" {
	for i in {1..1000}; do
		printf -v id '01a00000-0000-7000-8000-%012x' "$i"
		printf '{"id":"%s","event":"push","payload":{"n":%d}}\n' "$id" "$i" >"$spool/new/$id"
	done
	run -0 hookroute drain
	diff <(seq 1 1000) <(jq -r .n "$got")
	nothing_open
}

@test "hookroute drain: what no route wants is done without a consumer" {
	put 1 50 issues
	run -0 hookroute drain
	[[ "$output" == *"50 events, 0 delivered, 0 deferred, 0 given up"* ]]
	nothing_open
	lines_are "$got" 0
}

@test "hookroute drain: an empty spool is fine" {
	run -0 hookroute drain
	[[ "$output" == *"0 events"* ]]
}

# bats test_tags=FX_2
@test "hookroute run: killed in the middle of a file, the next one repeats only what had no reply" {
	consumer keep 'while IFS= read -r line; do
		case $line in *"\"n\":500,"*) [ -e "$got.go" ] || { : >"$got.there"; sleep 100; } ;; esac
		printf "%s\n" "$line" >>"$got"
		echo "{\"ok\":true}"
	done' '{"in_flight":1}'
	put 1 1000
	start_router
	wait_until test -e "$got.there"
	wait_until lines_are "$got" 499
	kill -KILL "$router"
	wait "$router" || true
	holds cur 1
	: >"$got.go"
	run -0 hookroute drain
	all_once 1000
	nothing_open
}

@test "hookroute run: two routers share the work and repeat nothing" {
	start_router -j 8
	start_router -j 8
	for i in {1..40}; do
		put $((i * 10 - 9)) $((i * 10))
	done
	wait_until at_least "$got" 400
	wait_until nothing_open
	all_once 400
}

@test "hookroute run: another router takes over what a dead one left" {
	consumer keep 'IFS= read -r line
		if mkdir "$got.first"; then sleep 100; fi
		printf "%s\n" "$line" >>"$got"
		echo "{\"ok\":true}"'
	put 1 1
	start_router
	first=$router
	wait_until test -d "$got.first"
	start_router
	kill -KILL "$first"
	wait "$first" || true
	wait_until lines_are "$got" 1
	wait_until nothing_open
}

@test "hookroute run: SIGTERM waits for what is in flight and leaves the rest" {
	consumer keep 'while IFS= read -r line; do
		: >"$got.there"
		until [ -e "$got.go" ]; do read -rt 0.02 <> <(:); done
		printf "%s\n" "$line" >>"$got"
		echo "{\"ok\":true}"
	done' '{"in_flight":3}'
	put 1 10
	start_router
	wait_until test -e "$got.there"
	kill -TERM "$router"
	wait_until grep -q stopping "$BATS_TEST_TMPDIR/log"
	: >"$got.go"
	wait "$router"
	lines_are "$got" 3
	holds cur 1
	run -0 hookroute drain
	all_once 10
}

@test "hookroute run: a second SIGTERM does not wait" {
	consumer keep 'read -r line; : >"$got.there"; sleep 100'
	put 1 1
	start_router
	wait_until test -e "$got.there"
	kill -TERM "$router"
	wait_until grep -q stopping "$BATS_TEST_TMPDIR/log"
	stop_router TERM 0
	holds cur 1
}

@test "hookroute run: SIGHUP reads the routes again, and keeps the old ones if the new are bad" {
	start_router
	put 1 1
	wait_until lines_are "$got" 1
	route all 'select(.event == "push") |'
	kill -HUP "$router"
	wait_until grep -q 'all.jq:.*the old routes stay' "$BATS_TEST_TMPDIR/log"
	put 2 2
	wait_until lines_are "$got" 2
	route all 'select(.event == "issues") | {to: "keep", send: {n: .payload.n}}'
	kill -HUP "$router"
	wait_until grep -q '1 routes read again' "$BATS_TEST_TMPDIR/log"
	put 3 3
	put 4 4 issues
	wait_until lines_are "$got" 3
	[ "$(jq -r .n "$got" | tr '\n' ' ')" = "1 2 4 " ]
}

@test "hookroute run: a consumer that hangs does not hold up another" {
	consumer hang 'sleep 1000'
	route all 'select(.event == "push") | {to: "hang", send: {}}, {to: "keep", send: {n: .payload.n}}'
	put 1 200
	start_router -j 20
	WAIT_LIMIT=60 wait_until lines_are "$got" 200
	all_once 200
	kill -TERM "$router"
	wait_until grep -q stopping "$BATS_TEST_TMPDIR/log"
	stop_router TERM 0
}

@test "hookroute run: a consumer that always dies does not hold up another" {
	consumer dies 'exit 7'
	route all 'select(.event == "push") | {to: "dies", send: {}}, {to: "keep", send: {n: .payload.n}}'
	put 1 200
	start_router -j 20
	WAIT_LIMIT=60 wait_until lines_are "$got" 200
	wait_until grep -q 'the consumer ended with status 7' "$BATS_TEST_TMPDIR/log"
	all_once 200
}

@test "hookroute run: no reply within the consumer's timeout is a try that failed" {
	consumer keep 'while IFS= read -r line; do
		if mkdir "$got.first"; then sleep 100; fi
		printf "%s\n" "$line" >>"$got"
		echo "{\"ok\":true}"
	done' '{"timeout":"200ms"}'
	put 1 3
	run -0 hookroute drain
	[[ "$output" == *"keep: no reply"*"killing it"* ]]
	all_once 3
}

@test "hookroute run: what failed for now is tried again when its time has come" {
	export HOOKTOOLS_RETRY="100ms 100ms"
	consumer keep 'while IFS= read -r line; do
		if mkdir "$got.first"; then
			echo "{\"ok\":false,\"error\":{\"kind\":\"temporary\",\"message\":\"not yet\"}}"
			continue
		fi
		printf "%s\n" "$line" >>"$got"
		echo "{\"ok\":true}"
	done'
	start_router
	put 1 1
	wait_until lines_are "$got" 1
	wait_until nothing_open
	grep -q 'all.jq to keep failed, try 1: not yet' "$BATS_TEST_TMPDIR/log"
}

@test "hookroute run: tries that are used up end in dead/ with the reason" {
	export HOOKTOOLS_RETRY="50ms 50ms"
	consumer keep 'while IFS= read -r line; do
		echo "{\"ok\":false,\"error\":{\"kind\":\"temporary\",\"message\":\"no disk\"}}"
	done'
	start_router
	put 1 1
	wait_until holds dead 1
	wait_until nothing_open
	why=$(cat "$spool"/dead/*.why)
	[ "$(jq -c '[.n, .route, .to, .tries, .error]' <<<"$why")" = '[0,"all.jq","keep",3,"no disk"]' ]
}

@test "hookroute run: an event published twice is not lost and not mixed up" {
	consumer keep 'while IFS= read -r line; do
		: >"$got.there"
		until [ -e "$got.go" ]; do read -rt 0.02 <> <(:); done
		printf "%s\n" "$line" >>"$got"
		echo "{\"ok\":true}"
	done'
	id=01a00000-0000-7000-8000-000000000001
	line="{\"id\":\"$id\",\"event\":\"push\",\"payload\":{\"n\":1}}"
	echo "$line" >"$spool/new/$id"
	start_router
	wait_until test -e "$got.there"
	echo "$line" >"$spool/tmp/$id"
	mv "$spool/tmp/$id" "$spool/new/$id"
	: >"$got.go"
	wait_until nothing_open
	[[ $(jq -r .id "$got" | sort -u) =~ ^${id:0:28}[0-9a-f]{8}$ ]]
}

@test "hookroute run: a spool file that is no event goes to dead/ and stops nothing" {
	echo 'this is no JSON' >"$spool/new/01a00000-0000-7000-8000-000000000001"
	put 1 1
	run -0 hookroute drain
	all_once 1
	nothing_open
	jq -e '.error | length > 0' "$spool/dead/01a00000-0000-7000-8000-000000000001.why"
}

@test "hookroute run: bad routes are a configuration error, and nothing is touched" {
	route broken '{to: '
	put 1 1
	run -78 --separate-stderr hookroute run
	[[ "$stderr" == *"broken.jq:1:"* ]]
	holds new 1
}

@test "hookroute run: a bad HOOKTOOLS_RETRY is a configuration error" {
	HOOKTOOLS_RETRY="soon" run -78 --separate-stderr hookroute run
	[[ "$stderr" == *"HOOKTOOLS_RETRY wants up to"*"'soon'"* ]]
}
