#!/usr/bin/env bats
# Several workers on one socket, TLS, and the sandbox they serve in.

load ../../helper

setup() {
	make_key
	printf 'swordfish-swordfish' >"$BATS_TEST_TMPDIR/secret"
	path=$(hookrecv add acme/site --secret-file "$BATS_TEST_TMPDIR/secret" --json | jq -r .path)
	printf '{"ref":"refs/heads/main"}' >"$BATS_TEST_TMPDIR/body"
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	stop_servers
}

# send DELIVERY [CURL-OPTION...]: the status that a signed push is answered with.
send() {
	local delivery=$1
	shift
	hookrecv sign -p github --secret-file secret -D "$delivery" <body |
		curl -sS -o answer -w '%{http_code}' -H @- --data-binary @body "$@" "$server_url$path"
}

workers() {
	pgrep -P "$server_pid" | sort
}

# certificate NAME: a key and a certificate of its own making.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
		-addext 'subjectAltName=IP:127.0.0.1' -keyout key.pem -out cert.pem 2>/dev/null
}

start_tls() {
	certificate first
	start_server log hookrecv -l 127.0.0.1:0 --tls-cert cert.pem --tls-key key.pem "$@"
	server_url=https${server_url#http}
}

served_certificate() {
	openssl s_client -connect "${server_url#https://}" </dev/null 2>/dev/null | openssl x509 -noout -subject
}

@test "several workers share the socket and store each delivery once" {
	start_server log hookrecv -l 127.0.0.1:0 --workers 3
	[ "$(workers | wc -l)" -eq 3 ]
	hookrecv sign -p github --secret-file secret <body | grep -vi '^x-github-delivery' >headers
	seq 100 | xargs -P 8 -I{} curl -sS -o /dev/null -w '%{http_code}\n' -H @headers -H 'X-GitHub-Delivery: n{}' \
		--data-binary @body "$server_url$path" >statuses
	[ "$(sort statuses | uniq -c | tr -s ' ')" = " 100 202" ]
	[ "$(cat state/spool/new/* | jq -r .delivery | sort -u | wc -l)" -eq 100 ]
	[ "$(cat state/spool/new/* | wc -l)" -eq 100 ]
}

@test "copies of one delivery that come at once to several workers are stored once" {
	start_server log hookrecv -l 127.0.0.1:0 --workers 3
	hookrecv sign -p github --secret-file secret -D same <body >headers
	seq 60 | xargs -P 12 -I{} curl -sS -o /dev/null -w '%{http_code}\n' -H @headers --data-binary @body \
		"$server_url$path" >statuses
	[ "$(grep -c 202 statuses)" -eq 1 ]
	# Who comes while another worker is about to store it is sent away for a moment.
	[ "$(grep -cvE '202|200|503' statuses)" -eq 0 ]
	[ "$(cat state/spool/new/* | wc -l)" -eq 1 ]
}

@test "a worker that is killed is replaced, and nothing acknowledged is lost" {
	start_server log hookrecv -l 127.0.0.1:0 --workers 2
	run -0 send before
	[ "$output" = 202 ]
	old=$(workers)
	# shellcheck disable=SC2086 # several
	kill -9 $old
	replaced() { [ "$(workers | wc -l)" -eq 2 ] && [ -z "$(comm -12 <(workers) <(echo "$old"))" ]; }
	wait_until replaced
	run -0 send after
	[ "$output" = 202 ]
	[ "$(cat state/spool/new/* | jq -r .delivery | sort | xargs)" = "after before" ]
	grep -q 'died (signal 9), starting another' log
}

@test "the workers end with who started them, also when that is killed" {
	start_server log hookrecv -l 127.0.0.1:0 --workers 2
	mapfile -t pids < <(workers)
	kill -9 "$server_pid"
	gone() { ! kill -0 "${pids[@]}" 2>/dev/null; }
	wait_until gone
}

@test "SIGTERM ends all of them when what has begun is answered" {
	start_server log hookrecv -l 127.0.0.1:0 --workers 2
	mapfile -t pids < <(workers)
	kill "$server_pid"
	wait "$server_pid"
	run -1 kill -0 "${pids[@]}"
}

@test "the number of workers is checked" {
	for number in 0 65 many; do
		run -64 --separate-stderr hookrecv -l 127.0.0.1:0 --workers "$number"
		[[ $stderr == *"--workers wants a number from 1 to 64, not '$number'"* ]]
	done
	run -64 --separate-stderr hookrecv -i --workers 2
	[[ $stderr == *"-i excludes -l and --workers"* ]]
}

@test "TLS 1.3 and 1.2 are spoken, older ones and plain HTTP are not" {
	start_tls
	run -0 send one --cacert cert.pem --tlsv1.3
	[ "$output" = 202 ]
	run -0 send two --cacert cert.pem --tls-max 1.2
	[ "$output" = 202 ]
	run -35 curl -sS --cacert cert.pem --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' "$server_url/healthz"
	run ! curl -sS "http${server_url#https}/healthz"
	run -0 send three --cacert cert.pem
	[ "$output" = 202 ]
	[ "$(cat state/spool/new/* | wc -l)" -eq 3 ]
}

@test "a large body comes through TLS whole" {
	jq -nc '{padding: ("x" * 3000000)}' >body
	start_tls
	run -0 send large --cacert cert.pem
	[ "$output" = 202 ]
	[ "$(cat state/spool/new/* | jq -c .payload | sha256sum)" = "$(sha256sum <body)" ]
}

@test "SIGHUP takes a new certificate without turning anybody away" {
	start_tls --workers 2
	[[ $(served_certificate) == *"CN = first"* ]]
	cp cert.pem all.pem
	certificate second
	cat cert.pem >>all.pem
	hookrecv sign -p github --secret-file secret <body | grep -vi '^x-github-delivery' >headers
	seq 200 | xargs -P 4 -I{} curl -sS -o /dev/null -w '%{http_code}\n' --cacert all.pem -H @headers \
		-H 'X-GitHub-Delivery: h{}' --data-binary @body "$server_url$path" >statuses 3>&- &
	senders=$!
	wait_until grep -q 202 statuses
	kill -HUP "$server_pid"
	wait_until grep -q 'were read again' log
	[[ $(served_certificate) == *"CN = second"* ]]
	wait "$senders"
	[ "$(sort statuses | uniq -c | tr -s ' ')" = " 200 202" ]
}

@test "a new certificate that does not fit is refused and the old one serves on" {
	start_tls
	echo nonsense >cert.pem
	kill -HUP "$server_pid"
	wait_until grep -q 'going on with the workers as they were' log
	grep -q 'do certificate and key belong together' log
	[[ $(served_certificate) == *"CN = first"* ]]
}

@test "a certificate that is missing, or not of the key, is a matter of configuration" {
	certificate first
	run -78 --separate-stderr hookrecv -l 127.0.0.1:0 --tls-cert missing.pem --tls-key key.pem
	[[ $stderr == *"missing.pem"* ]]
	cp key.pem other.pem
	certificate second
	run -78 --separate-stderr hookrecv -l 127.0.0.1:0 --tls-cert cert.pem --tls-key other.pem
	[[ $stderr == *"do certificate and key belong together"* ]]
	[[ $stderr != *PRIVATE* ]]
	run -64 --separate-stderr hookrecv -l 127.0.0.1:0 --tls-cert cert.pem
	[[ $stderr == *"want each other"* ]]
}

@test "a server gives up privileges and programs before it serves" {
	start_server log hookrecv -d -l 127.0.0.1:0
	[ "$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$server_pid/status")" = 1 ]
	[ "$(sed -n 's/^Seccomp:\t//p' "/proc/$server_pid/status")" = 2 ]
	grep -q 'sandbox: executes nothing' log
	run -0 send one
	[ "$output" = 202 ]
}
