load ../../helper
load helper

# How much one address may do: connections at a time, and requests a second.

setup() {
	export HOOKTOOLS_BAN_LOCAL=yes
}

teardown() {
	stop_servers
}

# hold N ADDRESS: that many connections from there that say nothing; sets $holder.
hold() {
	rm -f "$BATS_TEST_TMPDIR/held.$2"
	perl -MIO::Socket::INET -e '
		my ($port, $n, $from) = @ARGV;
		my @all = map { IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, LocalAddr => $from) or die } 1 .. $n;
		$| = 1;
		print "held\n";
		<STDIN>' "${server_url##*:}" "$1" "$2" >"$BATS_TEST_TMPDIR/held.$2" < <(exec sleep 100 3>&-) 3>&- &
	holder=$!
	echo "$holder" >>"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q held "$BATS_TEST_TMPDIR/held.$2"
}

# from ADDRESS [CURL OPTION...]: the status of a request from there, 000 when it is closed.
from() {
	curl -sS -o "$BATS_TEST_TMPDIR/answer" -D "$BATS_TEST_TMPDIR/answer.head" -w '%{http_code}\n' --interface "$1" "${@:2}" \
		"$server_url/healthz" 2>/dev/null || true
}

# many ADDRESS COUNT [CURL OPTION...]: the same, so many by one curl, as fast as it can.
many() {
	curl -sS -o "$BATS_TEST_TMPDIR/answer" -D "$BATS_TEST_TMPDIR/heads" -w '%{http_code}\n' --interface "$1" "${@:3}" \
		"$server_url/healthz?[1-$2]" 2>/dev/null
}

is() { [ "$(from "$2")" = "$1" ]; }

@test "hookrecv: an address has so many connections, and others are served on" {
	make_key
	export HOOKTOOLS_ADDRESS_CONNECTIONS=5
	start_hookrecv
	hold 4 127.0.0.2
	is 200 127.0.0.2
	is 200 127.0.0.2
	hold 5 127.0.0.4
	is 000 127.0.0.4
	is 000 127.0.0.4
	is 200 127.0.0.3
	[ "$(grep -c 'connections of 127.0.0.4 are closed: it has 5$' "$BATS_TEST_TMPDIR/log")" -eq 1 ]
	kill "$holder"
	wait_until is 200 127.0.0.4
}

@test "hookrecv: this machine and a trusted proxy have as many connections as they want" {
	make_key
	export HOOKTOOLS_ADDRESS_CONNECTIONS=3
	start_hookrecv --trusted-proxy 127.0.0.2
	hold 10 127.0.0.2
	is 200 127.0.0.2
	hold 3 127.0.0.3
	is 000 127.0.0.3
	stop_servers
	unset HOOKTOOLS_BAN_LOCAL
	start_hookrecv
	hold 10 127.0.0.3
	is 200 127.0.0.3
	stop_servers
	export HOOKTOOLS_BAN_LOCAL=yes HOOKTOOLS_ADDRESS_CONNECTIONS=0
	start_hookrecv
	hold 100 127.0.0.3
	is 200 127.0.0.3
}

@test "hookrecv: when all connections are used, who is idle makes room" {
	add_hook none
	export HOOKTOOLS_CONNECTIONS=20
	start_hookrecv
	for address in 127.0.0.{2..6}; do
		hold 20 "$address"
	done
	send '{}'
	[ "$status" -eq 202 ]
}

@test "hookrecv: an address that sends too many requests is answered 429, and others are not" {
	make_key
	export HOOKTOOLS_RATE=1
	start_hookrecv
	many 127.0.0.2 60 >"$BATS_TEST_TMPDIR/statuses"
	[ "$(head -n 10 "$BATS_TEST_TMPDIR/statuses" | sort -u)" = 200 ]
	[ "$(tail -n 1 "$BATS_TEST_TMPDIR/statuses")" = 429 ]
	[ "$(jq -r .error.code "$BATS_TEST_TMPDIR/answer")" = too_many_requests ]
	grep -qx $'Retry-After: [12]\r' "$BATS_TEST_TMPDIR/heads"
	is 200 127.0.0.3
	wait_until is 200 127.0.0.2
}

@test "hookrecv: behind a proxy it is the sender's rate, and a /64 is one sender" {
	make_key
	export HOOKTOOLS_RATE=1
	start_hookrecv --trusted-proxy 127.0.0.1
	from 127.0.0.1 -H 'X-Forwarded-For: 2001:db8:1:2::1' >"$BATS_TEST_TMPDIR/statuses"
	many 127.0.0.1 60 -H 'X-Forwarded-For: 2001:db8:1:2::2' >>"$BATS_TEST_TMPDIR/statuses"
	[ "$(sort -u "$BATS_TEST_TMPDIR/statuses" | xargs)" = "404 429" ]
	[ "$(from 127.0.0.1 -H 'X-Forwarded-For: 2001:db8:1:3::1')" = 404 ]
	[ "$(many 127.0.0.1 40 | sort -u)" = 200 ]
}

@test "hookrecv: a burst of a forge is no harm with the settings as they are" {
	add_hook none
	start_hookrecv
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	[ "$(printf '%s\n' {1..600} | xargs -P 32 -I{} -n 1 curl -sS -o /dev/null -w '%{http_code}\n' --interface 127.0.0.2 \
		-H 'X-Delivery: {}' --json @"$BATS_TEST_TMPDIR/body" "$server_url/hook/$hook" | sort -u)" = 202 ]
	[ "$(stored)" -eq 600 ]
}
