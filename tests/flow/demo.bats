load ../helper

# `make demo` and `make run`, without make.

setup() {
	export TMPDIR=$BATS_TEST_TMPDIR
}

teardown() {
	stop_servers
}

nothing_left() {
	[ -z "$(find "$BATS_TEST_TMPDIR" -maxdepth 1 -name 'hooktools-demo.*')" ]
	run ! pgrep -f "$BATS_TEST_TMPDIR"
}

# bats test_tags=F1_1,F1_2,F1_3,F1_4,F1_6
@test "demo: every step really happened, and nothing stays behind" {
	run -0 "$top/tests/flow/demo"
	for step in hookrecv installation tokenmint 'forged push *401' runjob 'check run *publish' \
		'statistics *CI of acme/site: 1 run, 100 % succeeded, p50 120 s' 'done '; do
		grep -q "^$step" <<<"$output"
	done
	nothing_left
}

@test "demo: works twice, and in a folder with a space in its name" {
	export TMPDIR="$BATS_TEST_TMPDIR/with a space"
	mkdir "$TMPDIR"
	run -0 "$top/tests/flow/demo"
	run -0 "$top/tests/flow/demo"
	[ -z "$(ls "$TMPDIR")" ]
}

@test "demo: a step that did not happen is a failure that names it" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\nexit 75\n' >"$BATS_TEST_TMPDIR/bin/curl"
	chmod +x "$BATS_TEST_TMPDIR/bin/curl"
	PATH="$BATS_TEST_TMPDIR/bin:$PATH" run -1 --separate-stderr "$top/tests/flow/demo"
	[[ "$stderr" == *"demo: the installation event was not accepted"* ]]
	nothing_left
}

@test "demo: --stay takes the deliveries that it invites, until Ctrl-C" {
	# A shell without job control starts what is in the background deaf to SIGINT.
	set -m
	"$top/tests/flow/demo" --stay >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	demo=$!
	set +m
	echo "$demo" >"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q 'The webhook' "$BATS_TEST_TMPDIR/out"
	sed -n '/export PATH/,/hookroute list done/p' "$BATS_TEST_TMPDIR/out" >"$BATS_TEST_TMPDIR/try"
	run -0 bash "$BATS_TEST_TMPDIR/try"
	[[ "$output" == *'{"id":"'* ]]
	[[ "$output" == *'"by":"workflow"'* ]]
	kill -INT "$demo"
	wait "$demo"
	nothing_left
}
