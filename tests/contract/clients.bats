load ../helper
load ../bin/hookrecv/helper
# shellcheck disable=SC2154 # $hook and the like are the helper's

# HTTP clients that others wrote, and all the ways in which they send a body.

setup() {
	body=$BATS_TEST_TMPDIR/body
	printf '{"n":1}' >"$body"
	add_hook github
	start_hookrecv
	url=$server_url/hook/$hook
}

teardown() {
	stop_servers
}

# Each delivery that was answered 202 is in the spool, once, and nothing else is.
spool_is_what_was_accepted() {
	grep -oE '[a-z]+-[0-9]+:202' <<<"$output" | cut -d: -f1 | sort >"$BATS_TEST_TMPDIR/accepted"
	cat "$HOOKTOOLS_STATE"/spool/new/* | jq -r .delivery | sort >"$BATS_TEST_TMPDIR/stored"
	run -0 diff "$BATS_TEST_TMPDIR/accepted" "$BATS_TEST_TMPDIR/stored"
	cat "$HOOKTOOLS_STATE"/spool/new/* | jq -c '.payload | if .fill then .fill |= length else . end' |
		sort | uniq -c | sort -n | sed 's/^ *//' >"$BATS_TEST_TMPDIR/payloads"
}

# numberless NAME: deliveries are just NAME, and any of node's errors is a refusal.
numberless() { sed -E "s/$1-[0-9]+/$1/g; s/^http2 .*ERR.*/http2 refused/"; }

# python_client URL
python_client() {
	command -v python3 >/dev/null || skip "python3 is missing: make deps"
	run -0 timeout 120 python3 "$top/tests/contract/clients/http_client.py" "$1" "$(cat "$secret")"
	diff - <(numberless python <<<"$output") <<-'END'
		length python:202
		kept python:202 python:202 python:202
		chunked python:202
		chunked-kept python:202 python:202 python:202
		chunked-large python:202
		large python:202
		expect python:202
		expect-large python:202
		http1.0 python:202
		urllib python:202
		pipelined python:202 python:202 python:202
		trailer python:202
		unsigned -:401
		unsigned-expect -:401
	END
	spool_is_what_was_accepted
	diff - "$BATS_TEST_TMPDIR/payloads" <<-'END'
		3 {"fill":3000000}
		15 {"n":1}
	END
}

# node_client URL
node_client() {
	command -v node >/dev/null || skip "node is missing: make deps"
	NODE_NO_WARNINGS=1 run -0 timeout 120 node "$top/tests/contract/clients/http_client.mjs" "$1" "$(cat "$secret")"
	diff - <(numberless node <<<"$output") <<-'END'
		length node:202
		chunked node:202
		chunked-large node:202
		large node:202
		expect node:202
		expect-chunked node:202
		kept node:202 node:202 node:202
		fetch node:202
		fetch-stream node:202
		upgrade node:202
		http2 refused
	END
	spool_is_what_was_accepted
	diff - "$BATS_TEST_TMPDIR/payloads" <<-'END'
		3 {"fill":3000000}
		9 {"n":1}
	END
}

# bats test_tags=F0_4
@test "contract: Python's clients: lengths, chunks, trailers, Expect, pipelines, HTTP/1.0" {
	python_client "$url"
}

# bats test_tags=F0_4
@test "contract: node's clients: lengths, chunks, Expect, fetch; HTTP/2 is refused" {
	node_client "$url"
}

# with_tls: a second server; $url is there, and the clients trust it.
with_tls() {
	local tls=$BATS_TEST_TMPDIR/tls
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tls.key" -out "$tls.pem" \
		-days 2 -subj /CN=hooks -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	start_server "$tls.log" hookrecv -l 127.0.0.1:0 --tls-cert "$tls.pem" --tls-key "$tls.key"
	url=https${server_url#http}/hook/$hook
	export SSL_CERT_FILE=$tls.pem NODE_EXTRA_CA_CERTS=$tls.pem CURL_CA_BUNDLE=$tls.pem
}

# bats test_tags=F0_4
@test "contract: Python's clients over TLS" {
	with_tls
	python_client "$url"
}

# bats test_tags=F0_4
@test "contract: node's clients over TLS" {
	with_tls
	node_client "$url"
}

# curl_post DELIVERY OPTION...: signed; the answer's version and status.
curl_post() {
	local delivery=$1
	shift
	sign "$body" "$delivery"
	curl -sS -m 20 -o "$BATS_TEST_TMPDIR/answer" -D "$BATS_TEST_TMPDIR/answer.head" \
		-w '%{http_version} %{http_code}' -H "@$body.head" "$@" "$url"
}

# bats test_tags=F0_4
@test "contract: curl: HTTP/1.0 and 1.1, chunks, Expect" {
	[ "$(curl_post curl-1 --http1.0 --data-binary "@$body")" = "1.1 202" ]
	grep -qi '^connection: close' "$BATS_TEST_TMPDIR/answer.head"
	[ "$(curl_post curl-2 --http1.1 --data-binary "@$body")" = "1.1 202" ]
	[ "$(curl_post curl-3 -H 'Transfer-Encoding: chunked' --data-binary "@$body")" = "1.1 202" ]
	[ "$(curl_post curl-4 -X POST -T - <"$body")" = "1.1 202" ]
	[ "$(curl_post curl-5 -H 'Expect: 100-continue' --expect100-timeout 15 --data-binary "@$body")" = "1.1 202" ]
	grep -q '^HTTP/1.1 100' "$BATS_TEST_TMPDIR/answer.head"
	jq -cn '{fill: ("x" * 2000000)}' >"$body"
	[ "$(curl_post curl-6 -H 'Expect: 100-continue' --expect100-timeout 15 --data-binary "@$body")" = "1.1 202" ]
	[ "$(curl_post curl-7 -H 'Transfer-Encoding: chunked' --data-binary "@$body")" = "1.1 202" ]
	[ "$(stored)" -eq 7 ]
}

@test "contract: curl is not told to go on where the headers are refused" {
	printf 'X-GitHub-Event: push\n' >"$body.head"
	run -0 curl -sS -m 20 -D - -o "$BATS_TEST_TMPDIR/answer" -H 'Expect: 100-continue' \
		--expect100-timeout 15 --data-binary "@$body" "$url"
	[[ $output == "HTTP/1.1 401"* ]]
	run -0 curl -sS -m 20 -D - -o "$BATS_TEST_TMPDIR/answer" -H 'Expect: 100-continue' \
		--expect100-timeout 15 --data-binary "@$body" "$server_url/hook/none"
	[[ $output == "HTTP/1.1 404"* ]]
	nothing_stored
}

# bats test_tags=F0_4
@test "contract: curl over TLS 1.2 and 1.3: HTTP/1.0 and 1.1, chunks, Expect; HTTP/2 is not chosen" {
	with_tls
	[ "$(curl_post curl-1 --tlsv1.3 --http1.0 --data-binary "@$body")" = "1.1 202" ]
	[ "$(curl_post curl-2 --tls-max 1.2 --data-binary "@$body")" = "1.1 202" ]
	[ "$(curl_post curl-3 --http2 --data-binary "@$body")" = "1.1 202" ]
	jq -cn '{fill: ("x" * 2000000)}' >"$body"
	[ "$(curl_post curl-4 -H 'Expect: 100-continue' --expect100-timeout 15 --data-binary "@$body")" = "1.1 202" ]
	[ "$(curl_post curl-5 -H 'Transfer-Encoding: chunked' --data-binary "@$body")" = "1.1 202" ]
	[ "$(stored)" -eq 5 ]
}

# bats test_tags=F0_4
@test "contract: curl's offer of h2c is not taken, the request is answered by HTTP/1.1" {
	[ "$(curl_post curl-1 --http2 --data-binary "@$body")" = "1.1 202" ]
	run ! grep -qiE '^upgrade|^HTTP/[0-9.]+ 101' "$BATS_TEST_TMPDIR/answer.head"
	[ "$(stored)" -eq 1 ]
}

# still_serves: the next request is answered as if nothing had been.
still_serves() {
	[ "$(curl_post "after-$1" --data-binary "@$body")" = "1.1 202" ]
}

@test "contract: HTTP/2 without an offer is answered 505, and the connection is closed" {
	curl --version | grep -q HTTP2 || skip "this curl has no HTTP/2"
	sign "$body" curl-1
	# What curl says of an answer that is no HTTP/2 depends on its version; 28 would be a time-out.
	run ! curl -sS -m 20 --http2-prior-knowledge -H "@$body.head" --data-binary "@$body" "$url"
	[ "$status" -ne 28 ]
	still_serves 1
	for rest in '' '\0\0\0\4\0\0\0\0\0'; do
		run -0 socat -t 20 -T 20 - "TCP:${server_url#http://}" < <(printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n%b' "$rest")
		[[ "${lines[0]}" == "HTTP/1.1 505 "* ]]
		grep -qi '^connection: close' <<<"$output"
		[ "$(grep -c '^HTTP/' <<<"$output")" -eq 1 ]
	done
	# Who is still sending then may see a reset instead, but no time-out.
	run timeout 20 socat -t 60 - "TCP:${server_url#http://}" \
		< <(printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' && head -c 200000 /dev/zero)
	[ "$status" -ne 124 ]
	still_serves 2
	[ "$(stored)" -eq 2 ]
}

@test "contract: HTTP/2 to inetd mode ends as well" {
	run -0 timeout 20 hookrecv --inetd < <(printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0')
	[[ "${lines[0]}" == "HTTP/1.1 505 "* ]]
	nothing_stored
}
