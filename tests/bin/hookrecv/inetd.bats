load ../../helper
load helper
# shellcheck disable=SC2034 # $socket and $server_url are for the helper

# One connection on standard input and output, and sockets that systemd hands over.

teardown() {
	stop_servers
}

# request FILE...: a whole request to standard output for each body.
request() {
	local file
	for file; do
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n' "$hook" "$(stat -c %s "$file")"
		sed 's/$/\r/' "$file.head"
		printf 'Connection: %s\r\n\r\n' "$([ "$file" = "${!#}" ] && echo close || echo keep-alive)"
		cat "$file"
	done
}

one_request() {
	add_hook github
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	request "$BATS_TEST_TMPDIR/body" >"$BATS_TEST_TMPDIR/request"
}

@test "hookrecv -i: a request from a file" {
	one_request
	run -0 --separate-stderr hookrecv -i <"$BATS_TEST_TMPDIR/request"
	[[ "${lines[0]}" == "HTTP/1.1 202 "* ]]
	[[ "$output" == *'{"id":"'* ]]
	[ "$(stored)" -eq 1 ]
	[ "$(jq -r .remote "$HOOKTOOLS_STATE"/spool/new/*)" = stdin ]
}

@test "hookrecv -i: a request from a pipe, its bytes one by one" {
	one_request
	run -0 --separate-stderr bash -c 'while IFS= read -r -d "" -n 1 c; do printf "%s" "$c"; done <"$1" | hookrecv -i' _ "$BATS_TEST_TMPDIR/request"
	[[ "${lines[0]}" == "HTTP/1.1 202 "* ]]
	[ "$(payload)" = '{"n":1}' ]
}

@test "hookrecv -i: answers one request, says that it closes, and ends" {
	one_request
	printf '{"n":2}' >"$BATS_TEST_TMPDIR/body2"
	sign "$BATS_TEST_TMPDIR/body2" delivery-2
	request "$BATS_TEST_TMPDIR/body" "$BATS_TEST_TMPDIR/body2" >"$BATS_TEST_TMPDIR/request"
	run -0 --separate-stderr hookrecv -i <"$BATS_TEST_TMPDIR/request"
	[ "$(grep -c '^HTTP/1.1 202 ' <<<"$output")" -eq 1 ]
	grep -qi '^Connection: close' <<<"$output"
	[ "$(stored)" -eq 1 ]
}

@test "hookrecv -i: a request without an end ends the program and leaves nothing" {
	one_request
	head -c -3 "$BATS_TEST_TMPDIR/request" >"$BATS_TEST_TMPDIR/half"
	run -0 --separate-stderr timeout 20 hookrecv -i <"$BATS_TEST_TMPDIR/half"
	[[ "$output" != *" 202 "* ]]
	nothing_stored
	run -0 --separate-stderr timeout 20 hookrecv -i </dev/null
	run -0 --separate-stderr timeout 20 hookrecv -i <<<'garbage'
	nothing_stored
}

@test "hookrecv -i: a duplicate is known from one process to the next" {
	one_request
	run -0 --separate-stderr hookrecv -i <"$BATS_TEST_TMPDIR/request"
	run -0 --separate-stderr hookrecv -i <"$BATS_TEST_TMPDIR/request"
	[[ "${lines[0]}" == "HTTP/1.1 200 "* ]]
	[[ "$output" == *'"duplicate":true'* ]]
	[ "$(stored)" -eq 1 ]
}

@test "hookrecv -i: under socat, 20 at once" {
	add_hook github
	socat "UNIX-LISTEN:$BATS_TEST_TMPDIR/socket,fork" EXEC:'hookrecv -i' >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until test -S "$BATS_TEST_TMPDIR/socket"
	for i in {1..20}; do
		printf '{"n":%d}' "$i" >"$BATS_TEST_TMPDIR/body.$i"
		sign "$BATS_TEST_TMPDIR/body.$i" "delivery-$i"
	done
	seq 1 20 | xargs -P 8 -I{} curl -sS --unix-socket "$BATS_TEST_TMPDIR/socket" -o /dev/null -w '%{http_code}\n' -H "@$BATS_TEST_TMPDIR/body.{}.head" \
		--data-binary "@$BATS_TEST_TMPDIR/body.{}" "http://localhost/hook/$hook" >"$BATS_TEST_TMPDIR/statuses"
	[ "$(sort "$BATS_TEST_TMPDIR/statuses" | uniq -c | tr -s ' ')" = " 20 202" ]
	[ "$(stored)" -eq 20 ]
}

# The fields of the line for inetd.conf, or what a fragment for xinetd says, as a command with
# the paths of this test.
command_of() {
	case $1 in
	inetd.conf) sed -E '/^#/d; s/^([^ ]+ ){6}//' "$top/share/inetd/inetd.conf" ;;
	xinetd) sed -nE 's/^\t(env|server|server_args) = //p' "$top/share/inetd/xinetd" | sort -r |
		awk '/^HOOK/ { env = $0 } /^\// { server = $0 } /^-/ { args = $0 } END { print "env", env, server, args }' ;;
	esac | sed -e "s|/var/lib/hooktools|$HOOKTOOLS_STATE|; s|/etc/hooktools|$HOOKTOOLS_CONF|g; s|/run/hooktools|$HOOKTOOLS_RUN|" \
		-e "s|/usr/local/sbin/hookrecv|$BATS_TEST_TMPDIR/built/bin/hookrecv|; s|^/usr/bin/env ||"
}

# The client's connection is all three there, and nothing else is in the environment.
@test "hookrecv -i: as the fragments for inetd and xinetd say, and no log in the answer" {
	local fragment
	one_request
	# Their words may have no blank in them.
	ln -s "$build" "$BATS_TEST_TMPDIR/built"
	for fragment in inetd.conf xinetd; do
		run -0 env -i PATH=/usr/bin:/bin HOME=/nonexistent \
			socat -t 20 -T 20 "OPEN:$BATS_TEST_TMPDIR/request,rdonly!!CREATE:$BATS_TEST_TMPDIR/answer.$fragment" \
			EXEC:"$(command_of "$fragment")",stderr
		[ -z "$output" ]
		run ! grep hookrecv "$BATS_TEST_TMPDIR/answer.$fragment"
	done
	[[ "$(head -n 1 "$BATS_TEST_TMPDIR/answer.inetd.conf")" == "HTTP/1.1 202 "* ]]
	[[ "$(head -n 1 "$BATS_TEST_TMPDIR/answer.xinetd")" == "HTTP/1.1 200 "* ]]
	[ "$(stored)" -eq 1 ]
}

activate() { systemd-socket-activate "$@" >"$BATS_TEST_TMPDIR/log" 2>&1 3>&- & }

@test "hookrecv: takes the socket that systemd hands over (Accept=no)" {
	command -v systemd-socket-activate >/dev/null || skip "systemd-socket-activate is missing"
	add_hook github
	activate -l "$BATS_TEST_TMPDIR/socket" -E PATH -E HOOKTOOLS_STATE -E HOOKTOOLS_CONF -E HOOKTOOLS_RUN hookrecv
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until test -S "$BATS_TEST_TMPDIR/socket"
	at_socket "$BATS_TEST_TMPDIR/socket"
	send '{"n":1}' one
	[ "$status" -eq 202 ]
	send '{"n":2}' two
	[ "$status" -eq 202 ]
	[ "$(stored)" -eq 2 ]
}

@test "hookrecv -i: a process for each connection of a systemd socket (Accept=yes)" {
	command -v systemd-socket-activate >/dev/null || skip "systemd-socket-activate is missing"
	add_hook github
	activate -l "$BATS_TEST_TMPDIR/socket" --accept --inetd -E PATH -E HOOKTOOLS_STATE -E HOOKTOOLS_CONF -E HOOKTOOLS_RUN hookrecv -i
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until test -S "$BATS_TEST_TMPDIR/socket"
	at_socket "$BATS_TEST_TMPDIR/socket"
	send '{"n":1}' one
	[ "$status" -eq 202 ]
	send '{"n":1}' one
	[ "$status" -eq 200 ]
	[ "$(jq -r .remote "$HOOKTOOLS_STATE"/spool/new/*)" = unix ]
}
