load ../../helper
load helper

# A router that does nothing any more keeps nobody waiting, and does no harm when it goes on.

setup() {
	export HOOKTOOLS_RETRY=1h
	setting HOOKTOOLS_LEASE 1s
	route all 'select(.event == "push") | {to: "keep", send: {n: .id}}'
	run -0 hookroute list new # makes the spool
}

teardown() {
	[ ! -f "$BATS_TEST_TMPDIR/servers" ] || xargs -r kill -KILL <"$BATS_TEST_TMPDIR/servers" 2>/dev/null || true
	stop_servers
}

# start_router NAME: its log is NAME's, its process $NAME.
start_router() {
	hookroute run >"$BATS_TEST_TMPDIR/log.$1" 2>&1 3>&- &
	printf -v "$1" %d $!
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q ' routes' "$BATS_TEST_TMPDIR/log.$1"
}

# stop_router PID
stop_router() {
	kill -TERM "$1"
	wait "$1"
}

log_has() { grep -q "$2" "$BATS_TEST_TMPDIR/log.$1"; }
took() { [ "$(got keep | jq -r .n | sort -u | wc -l)" -eq "$1" ]; }
holds() { [ "$(files "$1")" -eq "$2" ]; }
nothing_waits() { holds new 0 && holds cur 0 && holds defer 0 && [ -z "$(find "$spool"/{new,cur,defer} -type f)" ]; }
archived() { find "$spool/done" -type f -exec cat {} + | jq -r .id | sort; }
# How often the log says that a delivery was settled so.
settled() { cat "$spool"/log/* | jq -r --arg what "$1" 'select(.what == $what).id' | sort; }
five='1 2 3 4 5'
five_ids() { for n in $five; do id "$n"; echo; done; }
ids() { for n in $(seq "$1" "$2"); do id "$n"; echo; done; }

# The consumer waits for the file go, unless this is its second life.
slow_consumer() {
	consumer keep ',"in_flight":4' <<-'EOF2'
		while IFS= read -r line; do
			: >>"$dir/there"
			until [ -e "$dir/go" ]; do read -rt 0.05 <> <(:) || true; done
			take "$line"
			ok
		done
	EOF2
}

# bats test_tags=F2_27
@test "hookroute run: what a stopped router had is taken over, and it does no harm when it goes on" {
	slow_consumer
	for n in {1..20}; do put "$n"; done
	put {21..60}
	start_router first
	wait_until test -e "$BATS_TEST_TMPDIR/there"
	kill -STOP "$first"
	: >"$BATS_TEST_TMPDIR/go"
	start_router second
	wait_until took 60
	wait_until nothing_waits
	log_has second 'a router does nothing for [0-9]* s: took over'
	put 61
	wait_until took 61
	kill -CONT "$first"
	wait_until log_has first 'starting anew'
	put 62 63
	wait_until took 63
	wait_until nothing_waits
	stop_router "$first"
	stop_router "$second"
	# Each is there once, and was settled once.
	diff <(ids 1 63) <(archived)
	diff <(ids 1 63) <(settled ok)
	[ -z "$(find "$spool"/{tmp,dead,cur,defer} -type f)" ]
}

# bats test_tags=F2_27
@test "hookroute run: a stopped router whose files nobody took goes on with them" {
	slow_consumer
	put {1..10}
	start_router first
	wait_until test -e "$BATS_TEST_TMPDIR/there"
	kill -STOP "$first"
	read -rt 1.5 <> <(:) || true # the lease runs out
	kill -CONT "$first"
	: >"$BATS_TEST_TMPDIR/go"
	wait_until nothing_waits
	stop_router "$first"
	run -1 log_has first 'starting anew'
	diff <(ids 1 10) <(settled ok)
	diff <(ids 1 10) <(got keep | jq -r .n | sort)
}

# bats test_tags=F2_27
@test "hookroute run: what waits in defer/ is taken over with its tries and its time" {
	consumer keep ',"retry":"100ms 1h"' <<-'EOF2'
		while IFS= read -r line; do
			echo "$line" >>"$dir/tried"
			[ ! -e "$dir/hang" ] || sleep 1000
			fail temporary "not yet"
		done
	EOF2
	start_router first
	put 1
	wait_until grep -q '"tries":1' "$spool/defer/$(id 1)"
	: >"$BATS_TEST_TMPDIR/hang"
	wait_until eval '[ "$(wc -l <"$BATS_TEST_TMPDIR/tried")" -eq 2 ]'
	kill -STOP "$first"
	rm "$BATS_TEST_TMPDIR/hang"
	start_router second
	wait_until grep -q '"tries":2' "$spool/defer/$(id 1)"
	kill -CONT "$first"
	wait_until log_has first 'starting anew'
	stop_router "$first"
	stop_router "$second"
	holds defer 1
	sed -n 2p "$spool/defer/$(id 1)" | jq -e '.left[0].tries == 2'
	[ -z "$(find "$spool"/{tmp,dead,cur,new} -type f)" ]
}

@test "hookroute run: what a dead router listed goes, and what it had is free at once" {
	setting HOOKTOOLS_LEASE 1h
	slow_consumer
	put {1..5}
	start_router first
	wait_until test -e "$BATS_TEST_TMPDIR/there"
	kill -KILL "$first"
	wait "$first" || true
	: >"$BATS_TEST_TMPDIR/go"
	: >"$spool/leases/019a4c3e-1f00-7000-8000-000000000001"
	setting HOOKTOOLS_LEASE 1s
	start_router second
	wait_until took 5
	wait_until eval '[ "$(find "$spool/leases" -type f | wc -l)" -eq 1 ]'
	stop_router "$second"
	[ -z "$(find "$spool/leases" -type f)" ]
}

@test "hookroute run: a bad HOOKTOOLS_LEASE is a configuration error" {
	setting HOOKTOOLS_LEASE 10ms
	run -78 hookroute drain
	[[ $output == *"HOOKTOOLS_LEASE: '10ms' is not from 1s to 1d"* ]]
	run -78 hookroute check
	[[ $output == *"HOOKTOOLS_LEASE"* ]]
}

# bats test_tags=F2_27
@test "hookroute run: a stopped router that sent for lanes does not hold them up" {
	slow_consumer
	route all 'select(.event == "push") | {to: "keep", lane: .name, send: {n: .id}}'
	put 10
	start_router first
	wait_until test -e "$BATS_TEST_TMPDIR/there"
	put 20 30
	kill -STOP "$first"
	: >"$BATS_TEST_TMPDIR/go"
	start_router second
	for n in {4..12}; do put "${n}0"; done
	wait_until took 12
	wait_until nothing_waits
	kill -CONT "$first"
	wait_until log_has first 'starting anew'
	put 130 140
	wait_until took 14
	stop_router "$second"
	put 150
	wait_until took 15
	wait_until nothing_waits
	stop_router "$first"
	# The first one may have been with both.
	diff <(for n in {1..15}; do id "${n}0"; echo; done) <(got keep | jq -r .n | awk '!seen[$0]++')
	diff <(for n in {1..15}; do id "${n}0"; echo; done) <(settled ok)
}

# temper NAME: a consumer that always answers so.
temper() {
	case $1 in
	good) good_consumer good ;;
	later) consumer later <<<'while IFS= read -r line; do take "$line"; fail temporary "not now"; done' ;;
	never) consumer never <<<'while IFS= read -r line; do take "$line"; fail permanent "no"; done' ;;
	esac
}

all_but_later() { holds new 0 && holds cur 0 && [ "$(find "$spool/defer" -name '*-????????????' | wc -l)" -eq 5 ]; }

is_stopped() { [ "$(sed -n 's/^State:.//p' "/proc/$1/status" | cut -c1)" = T ]; }
is_stopped_or_over() { ! kill -0 "$1" 2>/dev/null || is_stopped "$1"; }

# All five events, wherever the first router was stopped before the second came.
check_five() {
	wait_until holds new 0
	wait_until holds cur 0
	diff <(five_ids) <(archived)
	diff <(five_ids) <(find "$spool/dead" -type f ! -name '*.why' -exec cat {} + | jq -r .id | sort)
	diff <(five_ids) <(got good | jq -r .n | sort -u)
	# What is to be tried again is there once, and nothing else of it.
	for n in $five; do
		[ "$(jq -r .to "$spool/dead/$(id "$n").why" | sort -u)" = never ]
		[ "$(sed -n 2p "$spool/defer/$(id "$n")" | jq -r '.left[].to')" = later ]
	done
	[ -z "$(find "$spool"/{tmp,cur,new} "$spool/defer" -type f ! -path '*/defer/*-????????????')" ]
}

# bats test_tags=F2_27,FX_2
@test "hookroute drain: stopped before any call that changes the disk, it does no harm later" {
	case $build in
	*address*) skip "the sanitizer must be loaded first" ;;
	esac
	cc -shared -fPIC -O1 -D_GNU_SOURCE -o "$BATS_TEST_TMPDIR/crash.so" "$top/tests/flow/crash.c" -ldl
	for name in good later never; do temper "$name"; done
	route all '{to: ("good", "later", "never"), send: {n: .id}}'
	put 10
	put 20
	put 30 40 50
	cp -a "$spool" "$BATS_TEST_TMPDIR/saved"
	LD_PRELOAD=$BATS_TEST_TMPDIR/crash.so CRASH_PROGRAM=hookroute CRASH_COUNT=$BATS_TEST_TMPDIR/count hookroute drain 2>/dev/null
	calls=$(cat "$BATS_TEST_TMPDIR/count")
	for ((at = ${LEASE_FIRST:-3}; at <= calls; at += ${LEASE_STEP:-$((calls / 8))})); do
		rm -rf "$spool" "$BATS_TEST_TMPDIR"/got.*
		cp -a "$BATS_TEST_TMPDIR/saved" "$spool"
		LD_PRELOAD=$BATS_TEST_TMPDIR/crash.so CRASH_PROGRAM=hookroute CRASH_AT=$at CRASH_STOP=1 \
			hookroute drain >"$BATS_TEST_TMPDIR/log.first" 2>&1 3>&- &
		first=$!
		echo "$first" >>"$BATS_TEST_TMPDIR/servers"
		wait_until is_stopped_or_over "$first"
		start_router second
		wait_until all_but_later || {
			echo "call $at of $calls"
			find "$spool" -type f
			tail -n 30 "$BATS_TEST_TMPDIR"/log.*
			return 1
		}
		kill -CONT "$first" 2>/dev/null || true # it may have come to its end
		wait "$first" || {
			echo "call $at of $calls: status $?"
			cat "$BATS_TEST_TMPDIR/log.first"
			return 1
		}
		wait_until holds cur 0
		stop_router "$second"
		check_five || {
			echo "call $at of $calls"
			find "$spool" -type f
			tail -n 30 "$BATS_TEST_TMPDIR"/log.*
			return 1
		}
	done
}

@test "hookroute: what its router put aside before it was killed is not delivered from its file as well" {
	consumer keep <<<'while IFS= read -r line; do fail temporary later; done'
	good_consumer good
	route all '{to: "keep", send: {n: 1}}, {to: "good", send: {n: 2}}'
	export HOOKTOOLS_RETRY=1h
	put 1
	run -0 hookroute drain
	[ "$(got good | wc -l)" -eq 1 ]
	# Killed between the one and the other: it waits in defer/, and its file says nothing of that.
	event 1 >"$spool/cur/$(id 1)"
	delivery 1 all.jq 1 >"$spool/cur/$(id 1).done"
	echo >>"$spool/cur/$(id 1).done"
	good_consumer keep
	run -0 hookroute drain
	[ -z "$(got keep)" ]
	[ "$(got good | wc -l)" -eq 1 ]
	holds cur 0
	holds defer 1
	touch "$spool/defer/$(id 1)"
	run -0 hookroute drain
	[ "$(got keep | wc -l)" -eq 1 ]
	holds defer 0
}

@test "hookroute: what waits is left alone until the file it came in says that it was put aside" {
	consumer keep <<<'while IFS= read -r line; do fail temporary later; done'
	put 1
	run -0 hookroute drain
	good_consumer keep
	# As another router has it, which was killed, or is just about to say so.
	event 1 >"$spool/cur/$(id 1)"
	exec 8<"$spool/cur/$(id 1)"
	flock -n 8
	touch "$spool/defer/$(id 1)"
	start_router one 8<&-
	put 2 8<&-
	wait_until took 1
	[ "$(got keep | jq -r .n)" = "$(id 2)" ]
	holds defer 1
	exec 8<&-
	wait_until took 2
	wait_until nothing_waits
	stop_router "$one"
	[ "$(settled ok)" = "$(ids 1 2)" ]
}
