load ../../helper
load helper

# Who means harm: while they are at it a good sender is answered as ever, and memory stays
# small.  They come from one address and from many; limits and bans hold for this machine, too.

setup() {
	export HOOKTOOLS_BAN_LOCAL=yes
	hostile=$top/tests/bin/hookrecv/hostile.pl
	add_hook github
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body" DELIVERY
	{
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\nConnection: close\r\n' "$hook"
		sed 's/$/\r/' "$BATS_TEST_TMPDIR/body.head"
		printf '\r\n{"n":1}'
	} >"$BATS_TEST_TMPDIR/good"
}

teardown() {
	stop_servers
}

# attack NAME FROM [ARGUMENT...]: until the end of the test.
attack() {
	perl "$hostile" "$1" "${server_url##*:}" "${@:2}" >"$BATS_TEST_TMPDIR/attack.$1.$2" 2>&1 3>&- &
	attacker=$!
	echo "$attacker" >>"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q ready "$BATS_TEST_TMPDIR/attack.$1.$2"
}

# The peak; a sanitizer's own memory says nothing.
memory_is_small() {
	local peak
	peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$server_pid/status")
	echo "# peak: $peak kB"
	case $build in
	*address* | *undefined*) return 0 ;;
	esac
	[ "$peak" -lt "${most:-32768}" ]
}

# Forty good deliveries meanwhile, from an address of their own.
good_ones_are_served() {
	local said
	said=$(perl "$hostile" good "${server_url##*:}" 127.0.0.3 40 "$BATS_TEST_TMPDIR/good")
	echo "# $said"
	[[ "$said" == median=*" stored=40" ]] || return 1
	said=${said#median=}
	[ "${said%%.*}" -lt 100 ] || return 1
	memory_is_small
}

@test "hookrecv: 500 half requests" {
	start_hookrecv
	attack half 127.0.0.2 500
	good_ones_are_served
	attack half many 500
	good_ones_are_served
}

@test "hookrecv: senders of a byte a second, in the head and in the body" {
	start_hookrecv
	sed '/^Connection: close/d; s/^Content-Length: 7/Content-Length: 100000/; s/{"n":1}//' "$BATS_TEST_TMPDIR/good" >"$BATS_TEST_TMPDIR/slow"
	attack drip 127.0.0.2 300
	good_ones_are_served
	attack drip many 300
	good_ones_are_served
	attack drip 127.0.0.4 60 "$BATS_TEST_TMPDIR/slow"
	good_ones_are_served
}

# bats test_tags=F0_6
@test "hookrecv: 10,000 wrong ids from one address are banned" {
	start_hookrecv
	attack guess 127.0.0.2 10000
	good_ones_are_served
	WAIT_LIMIT=60 wait_until grep -q guessed "$BATS_TEST_TMPDIR/attack.guess.127.0.0.2"
	grep -q '^guessed: 404=10 429=9990$' "$BATS_TEST_TMPDIR/attack.guess.127.0.0.2"
}

@test "hookrecv: 10,000 wrong ids that nobody is banned for are answered" {
	export HOOKTOOLS_BAN_MISSES=0
	start_hookrecv
	attack guess many 10000
	good_ones_are_served
	WAIT_LIMIT=60 wait_until grep -q guessed "$BATS_TEST_TMPDIR/attack.guess.many"
	grep -q '^guessed: 404=10000$' "$BATS_TEST_TMPDIR/attack.guess.many"
	memory_is_small
}

@test "hookrecv: unsigned bodies of 300 MB" {
	start_hookrecv
	attack flood 127.0.0.2 300 "/hook/$hook"
	good_ones_are_served
	attack flood many 300 "/hook/$hook"
	good_ones_are_served
	[ -z "$(find "$HOOKTOOLS_STATE/spool/tmp" -type f)" ]
}

@test "hookrecv: 500 bodies that stop in the middle keep 64 KB each at most" {
	start_hookrecv
	{
		sed '/^Connection: close/d; s/^Content-Length: 7/Content-Length: 1000000/; s/{"n":1}//' "$BATS_TEST_TMPDIR/good"
		printf '["%060000d' 0
	} >"$BATS_TEST_TMPDIR/stops"
	attack drip many 500 "$BATS_TEST_TMPDIR/stops"
	most=$((8192 + 500 * 64))
	good_ones_are_served
	[ -n "$(find "$HOOKTOOLS_STATE/spool/tmp" -type f -print -quit)" ]
	kill "$attacker"
	wait_until eval '[ -z "$(find "$HOOKTOOLS_STATE/spool/tmp" -type f)" ]'
	[ "$(stored)" -eq 40 ]
}

@test "hookrecv: rubbish, many requests at once" {
	start_hookrecv
	attack garbage 127.0.0.2 "/hook/$hook"
	good_ones_are_served
	attack garbage many "/hook/$hook"
	good_ones_are_served
}

@test "hookrecv: all of them together" {
	start_hookrecv
	attack half many 250
	attack drip many 100
	attack guess 127.0.0.2 1000000
	attack flood 127.0.0.4 300 "/hook/$hook"
	attack garbage 127.0.0.5 "/hook/$hook"
	good_ones_are_served
}
