load ../../helper
load helper

# Guessing: misses of one sender ban it for a while, in all processes.

setup() {
	export HOOKTOOLS_BAN_LOCAL=yes HOOKTOOLS_BAN_MISSES=3
	unknown=01234567-89ab-4cde-8f01-23456789abcd
}

teardown() {
	stop_servers
}

# guess [CURL OPTION...]: at an unknown hook; prints the status.
guess() {
	curl -sS -o "$BATS_TEST_TMPDIR/answer" -D "$BATS_TEST_TMPDIR/answer.head" -w '%{http_code}\n' \
		--data-binary '{}' "$@" "$server_url/hook/$unknown"
}

from() { guess -H "X-Forwarded-For: $1"; }

# guesses N [CURL OPTION...]: their statuses, in one line.
guesses() {
	local i n=$1
	shift
	for ((i = 0; i < n; i++)); do
		guess "$@"
	done | xargs
}

# single [REQUEST HEADER]: one guess on standard input, its status to standard output.
single() {
	printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\n%s\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}' \
		"$unknown" "${1:-X-Nothing: 1}" >"$BATS_TEST_TMPDIR/request"
	hookrecv -i "${@:2}" <"$BATS_TEST_TMPDIR/request" 2>>"$BATS_TEST_TMPDIR/log.single" | sed -n '1s/HTTP.1.1 \([0-9]*\).*/\1/p'
}

banned() { hookrecv bans list --json | jq -r .address; }

# bats test_tags=F0_6
@test "hookrecv: enough unknown hooks ban the sender, and good requests of it with them" {
	add_hook github
	start_hookrecv
	[ "$(guesses 5)" = "404 404 404 429 429" ]
	[ "$(jq -r .error.code "$BATS_TEST_TMPDIR/answer")" = banned ]
	seconds=$(sed -n 's/^Retry-After: \([0-9]*\).*/\1/p' "$BATS_TEST_TMPDIR/answer.head")
	[ "$seconds" -gt 590 ]
	[ "$seconds" -le 600 ]
	send '{}'
	[ "$status" -eq 429 ]
	nothing_stored
	run -0 curl -sS -o /dev/null -w '%{http_code}' "$server_url/other"
	[ "$output" = 429 ]
}

# bats test_tags=F0_6
@test "hookrecv: bad and missing signatures are misses" {
	add_hook github
	start_hookrecv
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	printf '{"forged":1}' >"$BATS_TEST_TMPDIR/body"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 401 ]
	sed -i '/^X-Hub-Signature/d' "$BATS_TEST_TMPDIR/body.head"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 401 ]
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 401 ]
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 429 ]
	nothing_stored
}

@test "hookrecv: a bad payload, a wrong path and a disabled hook are no misses" {
	add_hook github
	hookrecv disable "$hook"
	add_hook gitea
	start_hookrecv
	for i in {1..5}; do
		send '{' "delivery-$i"
		[ "$status" -eq 400 ]
		run -0 curl -sS -o /dev/null -w '%{http_code}' --data-binary x "$server_url/other"
		[ "$output" = 404 ]
	done
	add=$hook
	hook=$(hookrecv list --json | jq -r 'select(.enabled | not) | .id')
	for i in {1..5}; do
		send '{}'
		[ "$status" -eq 404 ]
	done
	hook=$add
	send '{}'
	[ "$status" -eq 202 ]
}

# bats test_tags=F0_6
@test "hookrecv: a ban ends by itself" {
	make_key
	export HOOKTOOLS_BAN_TIME=1s
	start_hookrecv
	[ "$(guesses 4)" = "404 404 404 429" ]
	ended() { [ "$(guess)" = 404 ]; }
	WAIT_LIMIT=10 wait_until ended
	[ -z "$(banned)" ]
}

# bats test_tags=F0_6
@test "hookrecv: a ban outlives kill -9 and holds in all processes" {
	make_key
	start_hookrecv
	first=$server_url
	start_server "$BATS_TEST_TMPDIR/log2" hookrecv -l 127.0.0.1:0
	[ "$(guesses 2)" = "404 404" ]
	second=$server_url server_url=$first
	[ "$(guesses 2)" = "404 429" ]
	server_url=$second
	[ "$(guess)" = 429 ]
	kill -9 "$server_pid"
	wait "$server_pid" || true
	start_server "$BATS_TEST_TMPDIR/log3" hookrecv -l 127.0.0.1:0
	[ "$(guess)" = 429 ]
}

# bats test_tags=F0_6
@test "hookrecv -i: one process for each request bans, too" {
	make_key
	for want in 404 404 404 429; do
		[ "$(single)" = "$want" ]
	done
	[ "$(banned)" = unix ]
	# The address of who asks is another one.
	start_hookrecv
	[ "$(guess)" = 404 ]
}

@test "hookrecv: who is banned is answered before the body is read" {
	make_key
	start_hookrecv
	[ "$(guesses 3)" = "404 404 404" ]
	run -0 bash -c 'printf "POST /hook/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" | timeout 10 socat -t 5 - "TCP:$1"' _ "${server_url#http://}"
	[[ "${lines[0]}" == "HTTP/1.1 429 "* ]]
}

@test "hookrecv: this machine is not banned unless the settings say so" {
	make_key
	unset HOOKTOOLS_BAN_LOCAL
	start_hookrecv
	[ "$(guesses 6)" = "404 404 404 404 404 404" ]
	for i in 1 2 3 4 5; do
		[ "$(single)" = 404 ]
	done
	[ -z "$(banned)" ]
	grep -q 'hookrecv: miss from 127.0.0.1: unknown_hook (0 of 3)$' "$BATS_TEST_TMPDIR/log"
}

@test "hookrecv: no misses, no bans" {
	make_key
	export HOOKTOOLS_BAN_MISSES=0
	start_hookrecv
	[ "$(guesses 12 | tr ' ' '\n' | sort | uniq -c | tr -s ' ')" = " 12 404" ]
}

@test "hookrecv: settings that make no sense are refused" {
	make_key
	for setting in MISSES=-1 MISSES=many MISSES=9999999 WINDOW=0 WINDOW=2d TIME=0s TIME=25h LOCAL=maybe; do
		run -78 --separate-stderr env "HOOKTOOLS_BAN_$setting" hookrecv -l 127.0.0.1:0
		[[ "$stderr" == *"HOOKTOOLS_BAN_${setting%=*}"* ]]
	done
}

# bats test_tags=F0_6
@test "hookrecv bans: lists and lifts" {
	make_key
	start_hookrecv
	run -0 --separate-stderr hookrecv bans
	[ -z "$output" ]
	[ "$(guesses 4)" = "404 404 404 429" ]
	run -0 --separate-stderr hookrecv bans list
	jq -e '.address == "127.0.0.1" and .times == 1 and
		((.until | sub("[.].*"; "Z") | fromdate) - (.since | sub("[.].*"; "Z") | fromdate) == 600) and
		keys_unsorted == ["address", "since", "until", "times"]' <<<"$output"
	run -1 --separate-stderr hookrecv bans lift 192.0.2.1
	[[ "$stderr" == *"'192.0.2.1' is not banned"* ]]
	run -0 --separate-stderr hookrecv bans lift 127.0.0.1
	[ "$(guess)" = 404 ]
	[ -z "$(banned)" ]
}

@test "hookrecv bans: wrong usage" {
	run -64 --separate-stderr hookrecv bans lift
	run -64 --separate-stderr hookrecv bans drop 192.0.2.1
	run -64 --separate-stderr hookrecv bans list 192.0.2.1
	run -64 --separate-stderr hookrecv bans lift 192.0.2.1 192.0.2.2
	run -64 --separate-stderr hookrecv list x
	run -64 --separate-stderr hookrecv show x y
	run -65 --separate-stderr hookrecv bans lift somebody
}

# bats test_tags=F0_6
@test "hookrecv: behind a trusted proxy the sender is who the proxy says" {
	add_hook none
	start_hookrecv --trusted-proxy 127.0.0.0/8 --trusted-proxy 10.0.0.0/8
	for i in 1 2 3; do
		[ "$(from 203.0.113.7)" = 404 ]
	done
	[ "$(from 203.0.113.7)" = 429 ]
	# What the sender itself wrote there does not help it, nor hurt another.
	[ "$(from '192.0.2.9, 203.0.113.7')" = 429 ]
	[ "$(from 'rubbish,203.0.113.7 , 10.1.2.3')" = 429 ]
	[ "$(guess -H 'X-Forwarded-For: 192.0.2.9' -H 'X-Forwarded-For: 203.0.113.7')" = 429 ]
	[ "$(from '203.0.113.7, 192.0.2.9')" = 404 ]
	[ "$(banned)" = 203.0.113.7 ]
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	run -0 curl -sS -o /dev/null -w '%{http_code}' -H 'X-Forwarded-For: 1.1.1.1, 2001:db8::1, 10.9.9.9' \
		--json '{}' "$server_url/hook/$hook"
	[ "$output" = 202 ]
	[ "$(jq -r .remote "$HOOKTOOLS_STATE"/spool/new/*)" = 2001:db8::1 ]
	wait_until grep -q ' 202 .*remote=2001:db8::1' "$BATS_TEST_TMPDIR/log"
}

@test "hookrecv: a trusted proxy itself is never banned" {
	make_key
	start_hookrecv --trusted-proxy 127.0.0.1
	[ "$(guesses 6)" = "404 404 404 404 404 404" ]
	for header in '' unknown 203.0.113.7:80 '[2001:db8::1]' unix ',' '203.0.113.7,'; do
		[ "$(from "$header")" = 404 ]
	done
	[ -z "$(banned)" ]
}

@test "hookrecv: without a trusted proxy X-Forwarded-For says nothing" {
	add_hook none
	start_hookrecv --trusted-proxy 10.0.0.0/8
	[ "$(from 203.0.113.1) $(from 203.0.113.2) $(from 203.0.113.3) $(from 203.0.113.4)" = "404 404 404 429" ]
	[ "$(banned)" = 127.0.0.1 ]
}

@test "hookrecv: a 64 of IPv6 addresses is one sender, and is lifted by any of them" {
	make_key
	start_hookrecv --trusted-proxy 127.0.0.1
	[ "$(from 2001:db8:1:2::1) $(from 2001:db8:1:2::2) $(from 2001:db8:1:2:3::) $(from 2001:db8:1:2::4)" = "404 404 404 429" ]
	[ "$(from 2001:db8:1:3::1)" = 404 ]
	[ "$(banned)" = 2001:db8:1:2::/64 ]
	hookrecv bans lift 2001:db8:1:2::/64
	[ "$(from 2001:db8:1:2::1)" = 404 ]
}

@test "hookrecv: a proxy in front of a unix socket or of -i can be trusted" {
	make_key
	for want in 404 404 404 429; do
		[ "$(single 'X-Forwarded-For: 203.0.113.7' --trusted-proxy unix)" = "$want" ]
	done
	[ "$(single 'X-Forwarded-For: 203.0.113.8' --trusted-proxy unix)" = 404 ]
	[ "$(banned)" = 203.0.113.7 ]
}

@test "hookrecv: health is not told to who comes through a proxy" {
	make_key
	start_hookrecv --trusted-proxy 127.0.0.1
	run -0 curl -sS -o /dev/null -w '%{http_code}' "$server_url/healthz"
	[ "$output" = 200 ]
	run -0 curl -sS -o /dev/null -w '%{http_code}' -H 'X-Forwarded-For: 203.0.113.7' "$server_url/healthz"
	[ "$output" = 404 ]
}

@test "hookrecv: --trusted-proxy is strict" {
	make_key
	for range in '' 10.0.0.1/8 10.0.0.0/33 example.org 10.0.0 127.0.0.1:80 '10.0.0.0/8,11.0.0.0/8'; do
		run -64 --separate-stderr hookrecv -l 127.0.0.1:0 --trusted-proxy "$range"
		[[ "$stderr" == *"--trusted-proxy"* ]]
	done
}

# The expressions of contrib/fail2ban as grep -P takes them.
failregex() {
	sed -n '/^failregex/,/^[a-z]*$/p' "$top/contrib/fail2ban/filter.d/hookrecv.conf" |
		sed -n 's/^\(failregex =\)\? *\(\^.*\$\)$/\2/p' | sed 's/<ADDR>/(?<host>[0-9a-fA-F:.]+)/'
}

matches() {
	local expression
	while IFS= read -r expression; do
		grep -P "$expression" "$1" || true
	done < <(failregex)
}

# bats test_tags=F0_6
@test "hookrecv: contrib/fail2ban matches each miss and each ban, and nothing else" {
	add_hook github
	start_hookrecv --trusted-proxy 127.0.0.1
	[ "$(failregex | wc -l)" -eq 2 ]
	for i in 1 2 3 4; do
		from 203.0.113.7
	done
	from 2001:db8::7
	# What a sender can have us log does not accuse another.
	forged='miss%20from%20192.0.2.1:%20unknown_hook%20(1%20of%203)'
	for path in "/hook/x%20hookrecv:%20$forged" "/$forged" "/hook/%0ahookrecv:%20$forged"; do
		curl -sS -o /dev/null -H 'X-Forwarded-For: 203.0.113.99' --data-binary '{}' "$server_url$path"
	done
	# Its method and path are its own to choose, and a long line is cut off somewhere.
	printf 'hookrecv: miss%%20from%%20192.0.2.1:%%20%0*d%%20(1%%20of%%203) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' \
		$((1023 - 40)) 0 | socat -t 5 - "TCP:${server_url#http://}"
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body" 'x hookrecv: miss from 192.0.2.1: unknown_hook (1 of 3)'
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
	wait_until grep -q 'hook=.* 202 .*miss from 192.0.2.1' "$BATS_TEST_TMPDIR/log"
	[ "$(grep -c 'from 192.0.2.1' "$BATS_TEST_TMPDIR/log")" -eq 5 ]
	matches "$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/matched"
	diff - "$BATS_TEST_TMPDIR/matched" <<-'END'
		hookrecv: miss from 203.0.113.7: unknown_hook (1 of 3)
		hookrecv: miss from 203.0.113.7: unknown_hook (2 of 3)
		hookrecv: miss from 203.0.113.7: unknown_hook (3 of 3)
		hookrecv: miss from 2001:db8::7: unknown_hook (1 of 3)
		hookrecv: miss from 203.0.113.99: unknown_hook (1 of 3)
		hookrecv: miss from 203.0.113.99: unknown_hook (2 of 3)
		hookrecv: ban of 203.0.113.7 for 600 seconds (3 misses)
	END
	# As the journal has them, and with its level in front.
	sed 's/^/host hookrecv[42]: /' "$BATS_TEST_TMPDIR/log" >"$BATS_TEST_TMPDIR/journal"
	[ "$(matches "$BATS_TEST_TMPDIR/journal" | wc -l)" -eq 7 ]
}
