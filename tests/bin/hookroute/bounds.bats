load ../../helper
load helper

# Less than what they have by default, so that the tests are quick.
setup() {
	export HOOKTOOLS_ROUTE_TIME=100ms HOOKTOOLS_ROUTE_MEMORY=32M
	route a '{to: "x", send: "before"}'
	route z '{to: "x", send: "behind"}'
}

# bounded TEXT: what a route of that text makes of an event, beside two that are good.
bounded() {
	route m "$1"
	run -65 --separate-stderr timeout 60 hookroute filter < <(event 1)
	[ "$(jq -c 'select(.to) | [.route, .send]' <<<"$output")" = '["a.jq","before"]
["z.jq","behind"]' ]
	[ "$(jq -r '.route | select(. == "m.jq")' <<<"$output")" = m.jq ]
	problem=$(jq -r 'select(.route == "m.jq").error' <<<"$output")
}

@test "hookroute: a route that loops for ever is ended, named, and the others are not touched" {
	local text
	for text in 'def f: f; f' '[limit(0; repeat(1))], ([range(1e9)] | empty)' \
		'last(range(1e12)) | empty' '"x" | until(false; .)' \
		'range(1e9) | try (("a" * 40) | test("(a+)+(a+)+(a+)+(a+)+(a+)+(a+)+b")) catch "tried enough" | empty'; do
		bounded "$text"
		[[ $problem == *'took more than 100 ms of processor time; mend it, or raise HOOKTOOLS_ROUTE_TIME' ||
			$problem == *' of memory; '* ]]
	done
	bounded 'def f: f; f'
	[ "$problem" = 'took more than 100 ms of processor time; mend it, or raise HOOKTOOLS_ROUTE_TIME' ]
	[[ $stderr == *'line 1: m.jq: took more than'* ]]
}

@test "hookroute: a route that eats memory is ended, named, and the others are not touched" {
	case $build in
	*address*) skip "the sanitizer takes its memory before" ;;
	esac
	export HOOKTOOLS_ROUTE_TIME=20s
	bounded '[range(1e9)]'
	[[ $problem == 'wanted more than 32 MB of memory; mend it, or raise HOOKTOOLS_ROUTE_MEMORY' ]]
	bounded 'def d: . + . | d; "xxxxxxxxxxxxxxxxxxxx" | d'
	[[ $problem == 'wanted more than 32 MB of memory'* ]]
	bounded 'def r: [r]; r'
	[[ $problem == 'wanted more than 32 MB of memory'* || $problem == 'made jq end with signal'* ]]
	bounded 'reduce range(400000) as $i (0; [.]) | {to: "x", send: .}'
	[[ $problem == 'wanted more than 32 MB of memory'* || $problem == 'made jq end with signal'* || $problem == *'too deep'* ]]
}

@test "hookroute: a million deliveries, and a delivery of a gigabyte, are refused" {
	export HOOKTOOLS_ROUTE_TIME=20s HOOKTOOLS_ROUTE_MEMORY=1G
	bounded 'range(1000000) | {to: "x", send: .}'
	[ "$problem" = 'more than 1024 deliveries of one event' ]
	bounded '("x" * 1000000) as $x | range(100) | {to: "x", send: $x}'
	[[ $problem == 'its deliveries have more than 64 MB'* ]]
	bounded 'reduce range(5000) as $i (0; [.]) | {to: "x", send: .}'
	[ "$problem" = "'send' is nested too deep" ]
	route m '{to: "x", send: "<skipped: too deep>"}'
	run -0 hookroute filter < <(event 1)
	route m 'range(1022) | {to: "x", send: .}'
	run -0 hookroute filter < <(event 1)
	[ "${#lines[@]}" -eq 1024 ]
}

@test "hookroute: what one event does to a route is not done to the next" {
	route m 'if .payload.n then def f: f; f else {to: "x", send: "good"} end'
	run -65 --separate-stderr hookroute filter \
		< <(event 1; event 2 push '{"n":1}'; event 3; event 4 push '{"n":1}'; event 5)
	[ "$(jq -r 'select(.route == "m.jq") | .send // .error[:4]' <<<"$output")" = 'good
took
good
took
good' ]
	[ "$(jq -r 'select(.to).route' <<<"$output" | sort | uniq -c | tr -s ' \n' ' ')" = ' 5 a.jq 3 m.jq 5 z.jq ' ]
}

@test "hookroute: a route that fails on every event gets less and less time for it" {
	export HOOKTOOLS_ROUTE_TIME=500ms
	route m 'def f: f; f'
	for n in $(seq 13); do event "$n"; done >"$BATS_TEST_TMPDIR/events"
	run -65 --separate-stderr timeout 100 hookroute filter <"$BATS_TEST_TMPDIR/events"
	[ "$(grep -c 'took more than 500 ms' <<<"$stderr")" -eq 3 ]
	[ "$(grep -c 'took more than 50 ms' <<<"$stderr")" -eq 10 ]
	[ "$(jq -r 'select(.to).route' <<<"$output" | wc -l)" -eq 26 ]
}

# bats test_tags=F2_27
@test "hookroute run: a route that hangs is in dead/ with its name, and what the others made arrives" {
	good_consumer x
	route m 'if .payload.n then def f: f; f else empty end'
	{ for n in $(seq 50); do event "$n"; done; event 51 push '{"n":1}'; event 52; } | hookroute put >/dev/null
	run -0 --separate-stderr timeout 60 hookroute drain
	[ "$(got x | wc -l)" -eq 104 ]
	[ "$(jq -r .route "$spool/dead/$(id 51).why")" = m.jq ]
	[[ $(jq -r .error "$spool/dead/$(id 51).why") == 'took more than 100 ms of processor time'* ]]
	[[ $stderr == *"event $(id 51): m.jq failed: took more than"* ]]
	[ "$(files dead)" -eq 1 ]
	# Mended, and tried again: it is routed anew.
	route m 'select(.payload.n) | {to: "x", send: "mended"}'
	run -0 hookroute retry --dead
	run -0 timeout 60 hookroute drain
	[ "$(got x | grep -c mended)" -eq 1 ]
	[ "$(files dead)" -eq 0 ]
}

@test "hookroute test: the same bounds hold" {
	route m 'def f: f; f'
	event 1 >"$BATS_TEST_TMPDIR/event"
	run -65 --separate-stderr timeout 60 hookroute test "$BATS_TEST_TMPDIR/event"
	[[ $output == *'"route":"m.jq","error":"took more than 100 ms'* ]]
}

# The routes' process of the router $1.
evaluator_of() {
	local pid
	while read -r pid; do
		[ "$(cat /proc/"$pid"/comm)" = hookroute ] && echo "$pid" && return
	done < <(tr ' ' '\n' </proc/"$1"/task/"$1"/children)
	return 1
}

# bats test_tags=F2_50
@test "hookroute run: kill -9 of the routes' process under load loses nothing" {
	good_consumer x
	hookroute run 3>&- 2>"$BATS_TEST_TMPDIR/log" &
	router=$!
	local n killed=0
	for n in $(seq 20); do
		for i in $(seq 100); do event $((n * 100 + i)); done | hookroute put >/dev/null
		if pid=$(evaluator_of $router) && kill -9 "$pid"; then killed=$((killed + 1)); fi
	done
	[ "$killed" -gt 5 ]
	wait_until eval '[ "$(got x | wc -l)" -ge 4000 ]'
	kill $router
	wait "$router"
	[ "$(got x | wc -l)" -eq 4000 ]
	[ "$(files dead)" -eq 0 ]
	[ "$(files cur)" -eq 0 ]
}

@test "hookroute run: the routes' process has no descriptor of the router's, and goes with it" {
	good_consumer x
	hookroute run 3>&- 2>"$BATS_TEST_TMPDIR/log" &
	router=$!
	put 1
	wait_until eval '[ "$(got x | wc -l)" -eq 2 ]'
	pid=$(evaluator_of $router)
	[ "$(find /proc/"$pid"/fd -type l -printf '%f ')" = '0 1 2 ' ]
	kill -9 $router
	wait_until eval '! kill -0 '"$pid"' 2>/dev/null'
}

@test "hookroute: an event that cannot be read within the bounds is said to be so" {
	case $build in
	*address*) skip "the sanitizer takes its memory before" ;;
	esac
	export HOOKTOOLS_ROUTE_MEMORY=8M
	{ printf '{"id":"%s","payload":[' "$(id 1)"; printf '[],%.0s' {1..100000}; echo '0]}'; } >"$BATS_TEST_TMPDIR/event"
	run -65 --separate-stderr hookroute filter < <(cat "$BATS_TEST_TMPDIR/event"; event 2)
	[[ $stderr == *'line 1: reading the event wanted more than 8 MB of memory'* ]]
	[ "$(jq -r .event_id <<<"$output" | sort -u)" = "$(id 2)" ]
}

@test "hookroute check: the bounds are looked at" {
	HOOKTOOLS_ROUTE_TIME=soon run -78 --separate-stderr hookroute check
	[[ $stderr == *"HOOKTOOLS_ROUTE_TIME is not 10ms or more: 'soon'"* ]]
	HOOKTOOLS_ROUTE_TIME=1ms run -78 hookroute check
	HOOKTOOLS_ROUTE_MEMORY=1M run -78 --separate-stderr hookroute check
	[[ $stderr == *"HOOKTOOLS_ROUTE_MEMORY is not 8M or more: '1M'"* ]]
}
