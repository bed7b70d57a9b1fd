load ../../helper
load helper

# Consumers that are down or slow, and who else gets on with it.
setup() {
	export HOOKTOOLS_RETRY="100ms 100ms 100ms 100ms 100ms 100ms 100ms 100ms"
	log=$BATS_TEST_TMPDIR/log
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery})'
}

teardown() {
	[ -z "${router:-}" ] || kill -KILL "$router" 2>/dev/null || true
}

start_router() {
	hookroute run "$@" >>"$log" 2>&1 3>&- &
	router=$!
}

stop_router() {
	kill -TERM "$router"
	wait "$router"
	router=
}

# put_files FIRST LAST: an event a file.
put_files() {
	local n name
	hookroute list new >/dev/null
	for ((n = $1; n <= $2; n++)); do
		printf -v name '019a4c3e-1f00-7000-8000-%012x' "$n"
		event "$n" >"$spool/new/$name"
	done
}

got_is() { [ "$(got "$1" | wc -l)" -eq "$2" ]; }
got_at_least() { [ "$(got "$1" | wc -l)" -ge "$2" ]; }
nothing_open() { [ -z "$(find "$spool"/{new,cur,defer} -type f -print -quit)" ]; }

@test "hookroute: one that is down gets a value now and then; the rest is kept back, then comes at once" {
	consumer x ',"in_flight":1' <<<'while read -r line; do
		if [ -e "$dir/down" ]; then echo >>"$dir/tries"; fail temporary "no disk"; else take "$line"; ok; fi; done'
	: >"$BATS_TEST_TMPDIR/down"
	put_files 1 200
	start_router
	wait_until grep -q 'x: it is down, it gets one value now and then' "$log"
	is_kept() { [ "$(files defer)" -eq 200 ]; }
	wait_until is_kept
	wait_until grep -c 'kept back: the consumer is down' "$log"
	rm "$BATS_TEST_TMPDIR/down"
	wait_until got_is x 200
	wait_until nothing_open
	stop_router
	grep -q 'x: it is up again' "$log"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/tries")" -le 14 ]
	[ "$(files dead)" -eq 0 ]
}

@test "hookroute: one that always dies costs others no try" {
	consumer x <<<'[ ! -e "$dir/down" ] || exit 7; while read -r line; do take "$line"; ok; done'
	: >"$BATS_TEST_TMPDIR/down"
	put_files 1 50
	run -0 hookroute drain
	[ "$(files defer)" -eq 50 ]
	[ "$(tail -qn 1 "$spool"/defer/* | jq -s '[.[].left[] | select(.tries == 0 and .kept)] | length')" -ge 45 ]
	rm "$BATS_TEST_TMPDIR/down"
	touch "$spool"/defer/*
	run -0 hookroute drain
	got_is x 50
	nothing_open
}

@test "hookroute: a slow one does not slow the others" {
	route b 'include "hooktools"; on("push") | to("y"; {n: .delivery})'
	consumer x <<<'while read -r line; do read -rt 0.05 <> <(:); take "$line"; ok; done'
	good_consumer y
	put_files 1 2000
	start_router -j 100
	WAIT_LIMIT=60 wait_until got_is y 2000
	[ "$(got x | wc -l)" -lt 1000 ]
	[ "$(got x | wc -l)" -ge 10 ]
	stop_router
	[ "$(got y | sort -u | wc -l)" -eq 2000 ]
}

@test "hookroute: what waits and what is new take turns" {
	consumer x <<<'while read -r line; do fail temporary later; done'
	HOOKTOOLS_RETRY=1h
	put_files 1 300
	run -0 hookroute drain
	[ "$(files defer)" -eq 300 ]
	touch "$spool"/defer/*
	put_files 1001 1300
	good_consumer x ',"in_flight":1'
	run -0 hookroute drain -j 4
	got_is x 600
	# Of the first 200 a good part is of either kind.
	old=$(got x | head -n 200 | jq -r .n | tr -d d | awk '$1 <= 300' | wc -l)
	[ "$old" -ge 50 ]
	[ "$old" -le 150 ]
}
