load ../../helper
load helper

# What is in one lane of a consumer arrives in order.
setup() {
	export HOOKTOOLS_RETRY=1h
}

@test "hookroute: a delivery's lane is what the route says" {
	route a 'include "hooktools"; on("push") | latest(lane(.delivery; to("x"; {}))), lane(7; to("y"))'
	event 1 >"$BATS_TEST_TMPDIR/event"
	run -0 --separate-stderr hookroute filter <"$BATS_TEST_TMPDIR/event"
	[ "$(jq -c '[.to, .lane, .latest]' <<<"$output")" = '["x","d1",true]
["y","7",null]' ]
}

@test "hookroute: a lane that is none is an error of its route" {
	local lane
	good_consumer x
	for lane in '{lane: 7}' '{latest: true}' '{lane: ("x" * 1025)}' '{lane: "a", latest: "yes"}'; do
		rm -rf "$spool"
		route a "{to: \"x\", send: {}} + $lane"
		put 1
		run -0 hookroute drain
		[ "$(files dead)" -eq 1 ]
	done
}

teardown() {
	[ ! -e "$BATS_TEST_TMPDIR/routers" ] || xargs -r kill -KILL <"$BATS_TEST_TMPDIR/routers" 2>/dev/null || true
}

start_router() {
	hookroute run "$@" >>"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/routers"
}

stop_router() {
	kill -TERM "$router"
	wait "$router"
}

lane_route() {
	route a '{to: "x", send: {n: .delivery}, lane: .payload.lane} + if .payload.latest then {latest: true} else {} end'
}

# lanes N LANE [MEMBERS]: event N for that lane.
lane_event() {
	event "$1" push "{\"lane\":\"$2\"${3:-}}"
}

got_is() { [ "$(got x | wc -l)" -eq "$1" ]; }
# What a killed one had not finished writing is no event.
nothing_open() { [ -z "$(find "$spool"/{new,cur,defer} -type f ! -name '*.tmp' -print -quit)" ]; }
names() { got x | jq -r .n | paste -sd ' '; }

# Fails d1 as long as there is a file down.
picky_consumer() {
	consumer x "${1:-}" <<<'while read -r line; do case $line in
		*\"d1\"*) if [ -e "$dir/down" ]; then fail temporary later; continue; fi;; esac; take "$line"; ok; done'
}

@test "hookroute: one that is tried again holds back its lane, and no other" {
	export HOOKTOOLS_RETRY="1s 1s 1s 1s"
	lane_route
	picky_consumer
	: >"$BATS_TEST_TMPDIR/down"
	{
		lane_event 1 a
		lane_event 2 a
		lane_event 3 b
		lane_event 4 a
		lane_event 5 b
	} | hookroute put >/dev/null
	start_router
	wait_until got_is 2
	[ "$(names)" = 'd3 d5' ]
	rm "$BATS_TEST_TMPDIR/down"
	wait_until nothing_open
	stop_router
	[ "$(names)" = 'd3 d5 d1 d2 d4' ]
}

@test "hookroute: a router that is started anew keeps a lane's order, over its files" {
	lane_route
	picky_consumer
	: >"$BATS_TEST_TMPDIR/down"
	lane_event 1 a | hookroute put >/dev/null
	run -0 hookroute drain
	lane_event 2 a | hookroute put >/dev/null
	lane_event 3 b | hookroute put >/dev/null
	run -0 hookroute drain
	lane_event 4 a | hookroute put >/dev/null
	run -0 hookroute drain
	[ "$(names)" = d3 ]
	[ "$(files defer)" -eq 3 ]
	rm "$BATS_TEST_TMPDIR/down"
	touch "$spool/defer/$(id 1)"
	run -0 hookroute drain
	[ "$(names)" = 'd3 d1 d2 d4' ]
	nothing_open
}

@test "hookroute: what was given up frees its lane" {
	lane_route
	consumer x <<<'while read -r line; do case $line in *\"d1\"*) fail permanent never;; *) take "$line"; ok;; esac; done'
	{
		lane_event 1 a
		lane_event 2 a
	} | hookroute put >/dev/null
	run -0 hookroute drain
	[ "$(names)" = d2 ]
	[ "$(files dead)" -eq 1 ]
}

@test "hookroute: the latest of a lane takes the place of those that wait" {
	export HOOKTOOLS_RETRY="500ms 500ms 500ms"
	lane_route
	picky_consumer ',"in_flight":1'
	: >"$BATS_TEST_TMPDIR/down"
	lane_event 1 a | hookroute put >/dev/null
	start_router
	wait_until grep -q 'try 1: later' "$BATS_TEST_TMPDIR/log"
	for n in 2 3 4 5; do lane_event "$n" a ',"latest":true'; done | hookroute put >/dev/null
	wait_until grep -q "event $(id 4): a.jq to x superseded" "$BATS_TEST_TMPDIR/log"
	rm "$BATS_TEST_TMPDIR/down"
	wait_until nothing_open
	stop_router
	[ "$(names)" = 'd1 d5' ]
	[ "$(grep -c 'superseded: a newer one of its lane takes its place' "$BATS_TEST_TMPDIR/log")" -eq 3 ]
	[ "$(find "$spool/done" -type f | wc -l)" -ge 2 ]
}

# lane_order: the numbers within each lane ascend.
lane_order() {
	got x | jq -r '.n[1:] | tonumber' | awk '{ lane = $1 % lanes; if ($1 < last[lane]) { print "lane " lane ": " $1 " after " last[lane]; bad = 1 } last[lane] = $1 } END { exit bad }' lanes="$1"
}

burst() {
	local n
	for n in $(seq "$1" "$2"); do lane_event "$n" "$((n % $3))"; done | hookroute put >/dev/null
}

@test "hookroute: a burst keeps the order of each lane, also when some of it fails" {
	export HOOKTOOLS_RETRY="10ms 10ms 10ms 10ms 10ms 10ms 10ms 10ms 10ms"
	lane_route
	consumer x <<<'while read -r line; do if ((RANDOM % 20 == 0)); then fail temporary later; else take "$line"; ok; fi; done'
	burst 1 1000 50
	start_router
	burst 1001 1200 50
	WAIT_LIMIT=60 wait_until got_is 1200
	wait_until nothing_open
	stop_router
	lane_order 50
}

@test "hookroute: one lane with more than fits into memory" {
	lane_route
	good_consumer x
	burst 1 1500 1
	run -0 hookroute drain
	got_is 1500
	nothing_open
	lane_order 1
}

@test "hookroute: two routers, one of them killed and started again, keep the order" {
	export HOOKTOOLS_RETRY="10ms 10ms 10ms 10ms 10ms 10ms 10ms 10ms 10ms"
	lane_route
	consumer x <<<'while read -r line; do if ((RANDOM % 20 == 0)); then fail temporary later; else take "$line"; ok; fi; done'
	start_router -j 20
	first=$router
	start_router -j 20
	for n in 0 1 2 3 4 5 6 7; do burst $((n * 50 + 1)) $((n * 50 + 50)) 10; done
	enough() { [ "$(got x | wc -l)" -ge 100 ]; }
	wait_until enough
	kill -KILL "$first"
	wait "$first" || true
	start_router -j 20
	WAIT_LIMIT=90 wait_until nothing_open
	[ "$(got x | jq -r .id | sort -u | wc -l)" -eq 400 ]
	# Only a repetition, after the crash, may be behind its successors' first copies.
	got x | jq -r '.n[1:]' | awk '!seen[$1]++ { lane = $1 % 10; if ($1 < last[lane]) { bad = 1; print } last[lane] = $1 } END { exit bad }'
}

is_leased() { ! flock -n "$spool/defer/$(id "$1")" true; }

@test "hookroute: those that are held in memory make room for an older one that another router puts aside" {
	lane_route
	consumer x <<<'while read -r line; do fail temporary later; done'
	lane_event 1 L | hookroute put
	run -0 hookroute drain
	mv "$spool/defer/$(id 1)" "$BATS_TEST_TMPDIR/one"
	for n in 3 4; do lane_event "$n" L; done | hookroute put
	run -0 hookroute drain
	consumer x <<<'while read -r line; do
		: >"$dir/there"
		until [ -e "$dir/go" ]; do read -rt 0.05 <> <(:) || true; done
		take "$line"
		ok
	done'
	start_router -j 4
	lane_event 2 L | hookroute put
	wait_until test -e "$BATS_TEST_TMPDIR/there"
	touch "$spool/defer/$(id 3)" "$spool/defer/$(id 4)"
	wait_until is_leased 3
	wait_until is_leased 4
	cp "$BATS_TEST_TMPDIR/one" "$spool/tmp/one"
	mv "$spool/tmp/one" "$spool/defer/$(id 1)"
	printf '%s\n' "$(id 1)" >>"$spool/lanes"
	touch "$BATS_TEST_TMPDIR/go"
	wait_until got_is 4
	stop_router
	[ "$(names)" = "d2 d1 d3 d4" ]
	nothing_open
}

y_got_is() { [ "$(got y | wc -l)" -eq "$1" ]; }

@test "hookroute: what cannot be put aside for the one who sends for lanes waits, and is not sent by another" {
	local sender
	route b 'select(.payload.lane == null) | {to: "y", send: {n: .delivery}}'
	route a 'select(.payload.lane) | {to: "x", send: {n: .delivery}, lane: .payload.lane}'
	consumer x <<<'while read -r line; do fail temporary later; done'
	good_consumer y
	lane_event 1 L | hookroute put
	run -0 hookroute drain
	good_consumer x
	start_router
	sender=$router
	lane_event 2 M | hookroute put
	wait_until got_is 1
	kill -STOP "$sender"
	exec 8<"$spool/defer/$(id 1)"
	flock -n 8
	start_router 8<&-
	lane_event 1 L | hookroute put
	for n in 3 4; do event "$n" push | hookroute put; done
	wait_until y_got_is 2
	got_is 1
	exec 8<&-
	kill -CONT "$sender"
	wait_until got_is 2
	wait_until nothing_open
	[ "$(names)" = "d2 d1" ]
	stop_router
	kill -TERM "$sender"
	wait "$sender"
}
