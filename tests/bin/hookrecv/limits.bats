load ../../helper
load helper

# Hostile, slow and huge: bounded before it is read, and others are served on.

teardown() {
	stop_servers
}

peak_kb() { awk '/^VmHWM/ { print $2 }' "/proc/$server_pid/status"; }

# big MEGABYTES FILE: JSON of exactly that size.
big() {
	{
		printf '{"a":"'
		head -c $(($1 * 1048576 - 8)) /dev/zero | tr '\0' x
		printf '"}'
	} >"$2"
	[ "$(stat -c %s "$2")" -eq $(($1 * 1048576)) ]
}

# raw: standard input as it is to the server, its answer to standard output.
raw() { socat -t 5 - "TCP:${server_url#http://}"; }

# bats test_tags=FX_1
@test "hookrecv: a body of 25 MB passes with less than 16 MB of memory" {
	add_hook github
	start_hookrecv
	big 25 "$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
	[ "$(stored)" -eq 1 ]
	[ "$(payload | wc -c)" -eq 26214401 ]
	payload | head -c 26214400 | cmp - "$BATS_TEST_TMPDIR/body"
	echo "peak: $(peak_kb) kB"
	[ "$(peak_kb)" -lt 16384 ]
}

# bats test_tags=FX_1
@test "hookrecv: eight bodies of 25 MB at once need no more memory than one" {
	add_hook github
	start_hookrecv
	big 25 "$BATS_TEST_TMPDIR/body"
	for i in {1..8}; do
		sign "$BATS_TEST_TMPDIR/body" "delivery-$i"
		mv "$BATS_TEST_TMPDIR/body.head" "$BATS_TEST_TMPDIR/head.$i"
	done
	printf '%s\n' {1..8} | xargs -P 8 -I{} curl -sS -o /dev/null -w '%{http_code}\n' \
		-H "@$BATS_TEST_TMPDIR/head.{}" --data-binary "@$BATS_TEST_TMPDIR/body" \
		"$server_url/hook/$hook" >"$BATS_TEST_TMPDIR/statuses"
	[ "$(sort "$BATS_TEST_TMPDIR/statuses" | uniq -c | tr -s ' ')" = " 8 202" ]
	[ "$(stored)" -eq 8 ]
	echo "peak: $(peak_kb) kB"
	[ "$(peak_kb)" -lt 16384 ]
}

# bats test_tags=FX_1
@test "hookrecv: 26 MB is 413 before the body is read" {
	add_hook github
	start_hookrecv
	run -0 raw <<<"POST /hook/$hook HTTP/1.1"$'\r\nHost: x\r\nContent-Length: 27262976\r\nContent-Type: application/json\r\n\r'
	[[ "${lines[0]}" == "HTTP/1.1 413 "* ]]
	[[ "$output" == *'"code":"too_large"'* ]]
	nothing_stored
}

# bats test_tags=FX_1
@test "hookrecv: a chunked body is 413 where it crosses the limit" {
	add_hook github --max-body 1M
	start_hookrecv
	big 2 "$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	echo 'Transfer-Encoding: chunked' >>"$BATS_TEST_TMPDIR/body.head"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 413 ]
	nothing_stored
	big 1 "$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body" other
	echo 'Transfer-Encoding: chunked' >>"$BATS_TEST_TMPDIR/body.head"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 202 ]
}

@test "hookrecv: 413 comes instead of 100 Continue" {
	add_hook github --max-body 1K
	start_hookrecv
	big 1 "$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	echo 'Expect: 100-continue' >>"$BATS_TEST_TMPDIR/body.head"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 413 ]
	run ! grep -q '100 Continue' "$BATS_TEST_TMPDIR/answer.head"
}

@test "hookrecv: the body of an unsigned request is not read" {
	add_hook github
	start_hookrecv
	run -0 raw <<<"POST /hook/$hook HTTP/1.1"$'\r\nHost: x\r\nContent-Length: 20000000\r\nContent-Type: application/json\r\n\r'
	[[ "${lines[0]}" == "HTTP/1.1 401 "* ]]
}

@test "hookrecv: a wrong signature under a large body leaves no file" {
	add_hook github
	start_hookrecv
	big 2 "$BATS_TEST_TMPDIR/body"
	printf 'X-Hub-Signature-256: sha256=%064d\n' 0 >"$BATS_TEST_TMPDIR/body.head"
	post "$BATS_TEST_TMPDIR/body"
	[ "$status" -eq 401 ]
	nothing_stored
}

@test "hookrecv: malformed requests are refused, and the next one is served" {
	add_hook github
	start_hookrecv
	length="POST /hook/$hook HTTP/1.1"$'\r\nHost: x\r\nContent-Type: application/json\r\n'
	while IFS= read -r line; do
		run raw <<<"$(printf '%b' "$line")"
		[[ "$output" != *" 20"[02]" "* ]]
	done <<-EOF
		\x00\x01\x02\x03garbage\r\n\r\n
		GET\r\n\r\n
		POST /hook/$hook HTTP/9.9\r\n\r\n
		${length}Content-Length: -1\r\n\r\n{}
		${length}Content-Length: 2, 3\r\n\r\n{}
		${length}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}
		${length}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}
		${length}Transfer-Encoding: gzip\r\n\r\n{}
		${length}Content-Length: 99999999999999999999999\r\n\r\n{}
		${length}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n
		${length}\r\n
	EOF
	nothing_stored
	send '{}'
	[ "$status" -eq 202 ]
}

@test "hookrecv: headers without an end and lines without an end are refused" {
	add_hook github
	start_hookrecv
	run raw < <(printf 'POST /hook/%s HTTP/1.1\r\n' "$hook"; for i in {1..2000}; do printf 'X-%d: %0100d\r\n' "$i" 0; done; printf '\r\n')
	[[ "${lines[0]}" != *" 20"[02]" "* ]]
	run raw < <(printf 'POST /%0100000d HTTP/1.1\r\n\r\n' 0)
	[[ "${lines[0]}" != *" 20"[02]" "* ]]
	send '{}'
	[ "$status" -eq 202 ]
}

# bats test_tags=FX_3
@test "hookrecv: a sender that stops in the middle is let go, and nothing of it stays" {
	add_hook github
	start_hookrecv --idle 1s --total 2s
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	{
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n' "$hook"
		sed 's/$/\r/' "$BATS_TEST_TMPDIR/body.head"
		printf '\r\n{"n"'
	} >"$BATS_TEST_TMPDIR/half"
	run -0 bash -c 'exec 9<>/dev/tcp/${1%:*}/${1#*:}; cat "$2" >&9; cat <&9' _ "${server_url#http://}" "$BATS_TEST_TMPDIR/half"
	[[ "$output" != *" 202 "* ]]
	nothing_stored
}

@test "hookrecv: a sender of a byte now and then is let go in the end" {
	add_hook github
	start_hookrecv --idle 5s --total 1s
	run -0 timeout 20 bash -c 'exec 9<>/dev/tcp/${1%:*}/${1#*:}
		trap "" PIPE
		printf "POST /hook/%s HTTP/1.1\r\nHost: x\r\n" "$2" >&9
		while printf "X" >&9 2>/dev/null; do read -rt 0.1 -u 9 line && { echo "$line"; break; }; done; true' \
		_ "${server_url#http://}" "$hook"
	[[ "$output" != *" 202 "* ]]
	send '{}'
	[ "$status" -eq 202 ]
}

@test "hookrecv: 300 silent connections do not keep a good one out" {
	add_hook github
	start_hookrecv
	bash -c 'for i in {1..300}; do exec {fd}<>"/dev/tcp/127.0.0.1/$1"; done; echo ready; read -r' \
		_ "${server_url##*:}" > >(cat >"$BATS_TEST_TMPDIR/ready") < <(exec sleep 100 3>&-) 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q ready "$BATS_TEST_TMPDIR/ready"
	send '{}'
	[ "$status" -eq 202 ]
}

@test "hookrecv: several requests on one connection, also all at once" {
	add_hook github
	start_hookrecv
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	: >"$BATS_TEST_TMPDIR/requests"
	for i in 1 2 3; do
		sign "$BATS_TEST_TMPDIR/body" "delivery-$i"
		{
			printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n' "$hook"
			sed 's/$/\r/' "$BATS_TEST_TMPDIR/body.head"
			printf '\r\n{}'
		} >>"$BATS_TEST_TMPDIR/requests"
	done
	run -0 raw <"$BATS_TEST_TMPDIR/requests"
	[ "$(grep -c '^HTTP/1.1 202 ' <<<"$output")" -eq 3 ]
	[ "$(stored)" -eq 3 ]
}

@test "hookrecv: HTTP/1.0 is served" {
	add_hook github
	start_hookrecv
	printf '{}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body"
	run -0 curl -sS --http1.0 -o /dev/null -w '%{http_code}' -H "@$BATS_TEST_TMPDIR/body.head" \
		--data-binary '{}' "$server_url/hook/$hook"
	[ "$output" = 202 ]
}
