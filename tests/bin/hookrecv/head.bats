load ../../helper
load helper

# Heads of requests that two servers could read in two ways, and large ones.

teardown() {
	stop_servers
}

# raw: standard input as it is to the server, its answer to standard output.
raw() { socat -t 5 - "TCP:${server_url#http://}"; }

# answers STATUS CODE TEXT: to a request line, TEXT with its escapes, and "{}".
answers() {
	printf 'POST /hook/%s HTTP/1.1\r\n%b\r\n{}' "$hook" "$3" >"$BATS_TEST_TMPDIR/request"
	raw <"$BATS_TEST_TMPDIR/request" >"$BATS_TEST_TMPDIR/answer" || true
	echo "to '$3' it says:"
	cat "$BATS_TEST_TMPDIR/answer"
	grep -aq "^HTTP/1.1 $1 " "$BATS_TEST_TMPDIR/answer" || return 1
	grep -aq "$2" "$BATS_TEST_TMPDIR/answer"
}

refused() {
	answers "$1" "\"$2\"" "$3" || return 1
	[ "$(grep -ac '^HTTP/1.1 ' "$BATS_TEST_TMPDIR/answer")" -eq 1 ]
}

@test "hookrecv: a head that could be read in two ways is 400 and ends the connection" {
	add_hook none
	start_hookrecv
	good='Host: x\r\nContent-Length: 2\r\n'
	# Lines that end otherwise.
	refused 400 bad_head 'Host: x\nContent-Length: 2\r\n'
	refused 400 bad_head 'Host: x\rContent-Length: 2\r\n'
	refused 400 bad_head 'Host: x\r\nX-A: a\rContent-Length: 20\r\nContent-Length: 2\r\n'
	refused 400 bad_head 'Host: x\r\nContent-Length: 2\n'
	refused 400 bad_head 'Host: x\r\nX-A: a\n Content-Length: 20\r\nContent-Length: 2\r\n'
	# Folded ones.
	refused 400 bad_head " X-A: a\r\n$good"
	refused 400 bad_head "X-A: a\r\n b\r\n$good"
	refused 400 bad_head "${good}X-A: a\r\n\tb\r\n"
	refused 400 bad_head 'Host: x\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n'
	# What ends strings, or is no text.
	refused 400 bad_head "X-A: a\0b\r\n$good"
	refused 400 bad_head "${good}X-A: a\0\r\n"
	refused 400 bad_head "${good}X-A: \0\r\n"
	refused 400 bad_head "X-A: a\x01\r\n$good"
	refused 400 bad_head "X-A: a\x7f\r\n$good"
	# Names.
	refused 400 bad_head 'Host: x\r\nContent-Length : 2\r\n'
	refused 400 bad_head "X A: 1\r\n$good"
	refused 400 bad_head "X(A: 1\r\n$good"
	refused 400 bad_head ": 1\r\n$good"
	refused 400 bad_head "${good}Host: y\r\n"
	# Lengths.
	refused 400 bad_length "${good}Content-Length: 2\r\n"
	refused 400 bad_length "${good}content-length: 3\r\n"
	refused 400 bad_length "${good}Transfer-Encoding: chunked\r\n"
	refused 400 bad_length 'Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'
	refused 400 bad_encoding 'Host: x\r\nTransfer-Encoding: gzip, chunked\r\n'
	refused 400 bad_head 'Host: x\r\nTransfer-Encoding: \x0bchunked\r\n'
	nothing_stored
}

@test "hookrecv: unusual heads that all read alike are served" {
	add_hook none
	start_hookrecv
	n=0
	for head in 'Host: x\r\nContent-Length: 2\r\n' \
		'host:x\r\nCONTENT-LENGTH:2\r\n' \
		'Host: x\r\nX-Empty:\r\nContent-Length:  2\r\nX-Blank: \t \r\n' \
		'Host: x\r\nContent-Length: 2\r\nX-Text: \xc3\xa4 "\\\\" a\tb, c; d=e\r\n' \
		'Host: x\r\nContent-Length: 2\r\n!#$%&*+-.^_`|~19az: 1\r\n' \
		'Host: x\r\nContent-Length: 2\r\nCookie: a=b; c=d\r\nAccept: a\r\nAccept: b\r\n'; do
		n=$((n + 1))
		answers 202 '"id"' "${head}X-Delivery: $n\r\n"
	done
	[ "$(stored)" -eq "$n" ]
	[ "$(cat "$HOOKTOOLS_STATE"/spool/new/* | jq -r '.headers["x-text"] // empty')" = $'ä "\\\\" a\tb, c; d=e' ]
}

@test "hookrecv: a head is judged alike however it is cut into pieces" {
	add_hook none
	start_hookrecv
	filler=$(printf 'X-%d: %0200d\\r\\n' 1 0 2 0 3 0 4 0 5 0 6 0 7 0 8 0 9 0 10 0 11 0 12 0 13 0 14 0 15 0 16 0)
	for end in '202:\r\n' '400:\n'; do
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\n%bContent-Length: 2%bConnection: close\r\n\r\n{}' \
			"$hook" "$filler" "${end#*:}" >"$BATS_TEST_TMPDIR/request"
		run -0 bash -c 'exec 9<>"/dev/tcp/127.0.0.1/$1"
			while IFS= read -r -n 37 -d "" piece || [ -n "$piece" ]; do printf "%s" "$piece" >&9; done <"$2"
			cat <&9' _ "${server_url##*:}" "$BATS_TEST_TMPDIR/request"
		[[ "${lines[0]}" == "HTTP/1.1 ${end%%:*} "* ]]
	done
	[ "$(stored)" -eq 1 ]
}

@test "hookrecv: too many headers and too long ones are 431" {
	add_hook none
	start_hookrecv
	good='Host: x\r\nContent-Length: 2\r\n'
	many() { printf "X-%d: 1\\\\r\\\\n" $(seq "$1"); }
	answers 202 '"id"' "$good$(many 98)"
	refused 431 head_too_large "$good$(many 99)"
	answers 202 '"id"' "${good}X-A: $(printf '%016000d' 0)\r\nX-Delivery: 2\r\n"
	refused 431 head_too_large "${good}X-A: $(printf '%016384d' 0)\r\n"
	answers 431 '' "${good}X-A: $(printf '%040000d' 0)\r\n"
	answers 431 '' "${good}X-A: $(printf '%070000d' 0)\r\n"
	stop_servers
	export HOOKTOOLS_HEAD_LINES=8 HOOKTOOLS_HEAD_SIZE=1K
	start_hookrecv
	answers 202 '"id"' "$good$(many 5)X-Delivery: 3\r\n"
	refused 431 head_too_large "$good$(many 7)"
	refused 431 head_too_large "${good}X-A: $(printf '%01000d' 0)\r\n"
}

@test "hookrecv: limits that make no sense are refused" {
	make_key
	for setting in HEAD_LINES=7 HEAD_LINES=many HEAD_SIZE=1 HEAD_SIZE=1M CONNECTIONS=0 CONNECTIONS=1M \
		HEAD_TIME=0 HEAD_TIME=2h ADDRESS_CONNECTIONS=-1 RATE=fast RATE=1M; do
		run -78 --separate-stderr env "HOOKTOOLS_$setting" hookrecv -l 127.0.0.1:0
		[[ "$stderr" == *"HOOKTOOLS_${setting%=*}"* ]]
	done
}

@test "hookrecv: 100 Continue is only for who may send a body" {
	add_hook github
	start_hookrecv
	expect() {
		printf 'POST /hook/%s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n%b\r\n' "$1" "$2" |
			timeout 10 socat -t 0.2 - "TCP:${server_url#http://}" | head -n 1
	}
	[[ "$(expect 01234567-89ab-4cde-8f01-23456789abcd)" == "HTTP/1.1 404 "* ]]
	[[ "$(expect "$hook")" == "HTTP/1.1 401 "* ]]
	[[ "$(expect "$hook" 'Host: y\r\n')" == "HTTP/1.1 400 "* ]]
	[[ "$(expect "$hook" "X-Hub-Signature-256: sha256=$(printf '%064d' 0)\r\n")" == "HTTP/1.1 100 "* ]]
	stop_servers
	add_hook hmac
	export HOOKTOOLS_MIN_FREE=100%
	start_hookrecv
	[[ "$(expect "$hook" "X-Hub-Signature-256: sha256=$(printf '%064d' 0)\r\n")" == "HTTP/1.1 503 "* ]]
}

# silent [FILE]: a connection that sends the file and no more, until it is closed.
silent() {
	timeout 20 bash -c 'exec 9<>"/dev/tcp/127.0.0.1/$1"; cat "$2" >&9; cat <&9' _ "${server_url##*:}" "${1:-/dev/null}"
}

@test "hookrecv: a head that is not complete in time is 408, and over TLS nothing is said in the clear" {
	make_key
	export HOOKTOOLS_HEAD_TIME=1s
	start_hookrecv
	printf 'POST /hook/x HTTP/1.1\r\nHost: x\r\n' >"$BATS_TEST_TMPDIR/half"
	[[ "$(silent "$BATS_TEST_TMPDIR/half")" == "HTTP/1.1 408 "* ]]
	[[ "$(silent)" == "HTTP/1.1 408 "* ]]
	stop_servers
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=x \
		-keyout "$BATS_TEST_TMPDIR/key.pem" -out "$BATS_TEST_TMPDIR/cert.pem" 2>/dev/null
	start_hookrecv --tls-cert "$BATS_TEST_TMPDIR/cert.pem" --tls-key "$BATS_TEST_TMPDIR/key.pem"
	run -0 silent
	[ -z "$output" ]
	run -0 curl -sSk -o /dev/null -w '%{http_code}' "https://${server_url#http://}/healthz"
	[ "$output" = 200 ]
}
