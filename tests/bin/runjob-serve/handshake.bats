load ../../helper
load helper

setup_file() {
	make_certificates alice admin mallory impostor revoked broken ca
	certificate purpose -addext extendedKeyUsage=serverAuth
	certificate signer -addext keyUsage=critical,keyCertSign
	# Another key under the name of one that is good.
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=alice \
		-keyout impostor.key -out impostor.pem 2>/dev/null
	printf '%s\n' '[ca]' default_ca=d '[d]' database=index serial=serial crlnumber=number new_certs_dir=. \
		default_md=sha256 policy=p '[p]' commonName=supplied >ca.conf
	: >index
	echo 01 >serial
	echo 01 >number
	for name in old early issued banned; do
		request "$name"
	done
	openssl x509 -req -in old.csr -signkey old.key -days -1 -out old.pem 2>/dev/null
	issue early -selfsign -keyfile early.key -startdate 20990101000000Z -enddate 20990201000000Z
	for name in issued banned; do
		issue "$name" -cert ca.pem -keyfile ca.key -days 2
	done
	openssl ca -batch -config ca.conf -cert ca.pem -keyfile ca.key -revoke banned.pem 2>/dev/null
	openssl ca -batch -config ca.conf -cert ca.pem -keyfile ca.key -gencrl -crldays 2 -out crl.pem 2>/dev/null
}

# issue NAME OPTION...
issue() {
	openssl ca -batch -config ca.conf -notext -in "$1.csr" -out "$1.pem" "${@:2}" 2>/dev/null
}

teardown() {
	[ -n "$BATS_TEST_COMPLETED" ] || cat "$BATS_TEST_TMPDIR/log"
	stop_servers
}

# refused NAME ALERT WHY: in the handshake, with this alert, and this line in the log.
refused() {
	run -56 as "$1" "$server_url/jobs"
	[[ $output == *"alert $2"* ]] || [[ $output == *"reset"* ]]
	wait_until grep -q "connection from 127.0.0.1 is refused: certificate $(fingerprint "$1"): $3" "$BATS_TEST_TMPDIR/log"
}

# How often the log has this line.
told() {
	grep -c "connection from 127.0.0.1 is refused: $1" "$BATS_TEST_TMPDIR/log"
}

# bats test_tags=F3_22,FX_15
@test "runjob serve: only TLS 1.3 with a certificate that is good gets in, and the log says why not" {
	allow . alice revoked old early purpose signer
	allow ca ca
	{
		cat "$certificates/crl.pem"
		echo '# lost'
		openssl x509 -in "$certificates/revoked.pem" -noout -fingerprint -sha256
	} >"$BATS_TEST_TMPDIR/revoked"
	start_serve --crl "$BATS_TEST_TMPDIR/revoked"
	api alice GET /jobs
	[ "$status_code" = 200 ]
	api issued GET /jobs
	[ "$status_code" = 200 ]
	refused mallory 'unknown ca' 'it is not in the pool'
	refused impostor 'unknown ca' 'it is not in the pool'
	refused ca 'unknown ca' 'it is not in the pool'
	refused revoked 'certificate revoked' 'it was revoked'
	refused banned 'certificate revoked' 'it was revoked'
	refused old 'certificate expired' 'it has expired'
	refused early 'certificate expired' 'it is not valid yet'
	refused purpose 'unsupported certificate' 'it is not for clients of TLS'
	# A key that must not sign what a client signs: GnuTLS itself ends that.
	run -52 as signer "$server_url/jobs"
	wait_until told 'the handshake was broken off'
	run -56 curl -sS --cacert "$certificates/server.pem" "$server_url/jobs"
	[[ $output == *'alert certificate required'* ]]
	wait_until told 'it shows no certificate'
	# The certificate of one and the key of another: curl leaves without a word.
	cp "$certificates/alice.pem" "$certificates/broken.pem"
	run -58 as broken "$server_url/jobs"
	run -35 as alice --tls-max 1.2 "$server_url/jobs"
	[[ $output == *'alert protocol version'* ]]
	run -35 as alice --tls-max 1.1 --ciphers DEFAULT:@SECLEVEL=0 "$server_url/jobs"
	wait_until eval '[ "$(told "it offers no TLS 1.3")" -eq 2 ]'
	# A client that finds another name in ours: it leaves.
	run -60 as alice --connect-to "other.example::127.0.0.1:${server_url##*:}" https://other.example/jobs
	run -52 curl -sS "http${server_url#https}/jobs"
	head -c 3000 /dev/urandom | socat - "TCP:${server_url#https://}" || true
	wait_until eval '[ "$(told "it does not speak TLS")" -eq 3 ]'
	api alice GET /jobs
	[ "$status_code" = 200 ]
	[ "$(grep -c refused "$BATS_TEST_TMPDIR/log")" -eq 15 ]
	answers_are_described
}

# bats test_tags=F3_22,FX_15
@test "runjob serve: the pool and the revocation list are read again, also for who is connected" {
	: >"$BATS_TEST_TMPDIR/revoked"
	start_serve --crl "$BATS_TEST_TMPDIR/revoked"
	run -56 as alice "$server_url/jobs"
	allow . alice admin
	wait_until as alice "$server_url/jobs"
	# One connection before and after: openssl reads what we write into the pipe.
	mkfifo "$BATS_TEST_TMPDIR/requests"
	openssl s_client -quiet -connect "${server_url#https://}" -CAfile "$certificates/server.pem" \
		-cert "$certificates/alice.pem" -key "$certificates/alice.key" \
		<"$BATS_TEST_TMPDIR/requests" >"$BATS_TEST_TMPDIR/answers" 2>&1 3>&- &
	echo "$!" >>"$BATS_TEST_TMPDIR/servers"
	exec 4>"$BATS_TEST_TMPDIR/requests"
	printf 'GET /jobs HTTP/1.1\r\nHost: x\r\n\r\n' >&4
	wait_until grep -q '^HTTP/1.1 200 OK' "$BATS_TEST_TMPDIR/answers"
	openssl x509 -in "$certificates/alice.pem" -noout -fingerprint -sha256 >"$BATS_TEST_TMPDIR/revoked"
	wait_until refused alice 'certificate revoked' 'it was revoked'
	printf 'GET /jobs HTTP/1.1\r\nHost: x\r\n\r\n' >&4
	wait_until grep -q '^HTTP/1.1 403 Forbidden' "$BATS_TEST_TMPDIR/answers"
	exec 4>&-
	grep -q "GET /jobs from 127.0.0.1 is refused: certificate $(fingerprint alice): it was revoked" "$BATS_TEST_TMPDIR/log"
	api admin GET /jobs
	[ "$status_code" = 200 ]
	# What cannot be read changes nothing; who goes from the pool is out.
	echo rubbish >"$BATS_TEST_TMPDIR/revoked"
	wait_until grep -q 'line 1 is no SHA-256 fingerprint: what was read before stays' "$BATS_TEST_TMPDIR/log"
	run -56 as alice "$server_url/jobs"
	rm "$HOOKTOOLS_CONF/pool/admin.pem"
	: >"$BATS_TEST_TMPDIR/revoked"
	wait_until refused admin 'unknown ca' 'it is not in the pool'
	as alice "$server_url/jobs"
}

@test "runjob serve: what it cannot begin with" {
	run -64 --separate-stderr runjob serve -l 127.0.0.1:0
	[[ $stderr == *'--tls-cert and --tls-key'* ]]
	set -- --tls-cert "$certificates/server.pem" --tls-key
	run -64 runjob serve "$@" "$certificates/server.key"
	run -64 runjob serve -l 127.0.0.1:0 "$@" "$certificates/server.key" more
	run -78 runjob serve -l 127.0.0.1:0 "$@" /nowhere
	run -78 runjob serve -l 127.0.0.1:0 "$@" "$certificates/alice.key"
	run -78 --separate-stderr runjob serve -l 127.0.0.1:0 "$@" "$certificates/server.key" --crl /nowhere
	[[ $stderr == *"'/nowhere'"* ]]
	run -78 env HOOKTOOLS_ANONYMOUS_TIME=x runjob serve -l 127.0.0.1:0 "$@" "$certificates/server.key"
	[[ $output == *HOOKTOOLS_ANONYMOUS_TIME* ]]
}

# Its program gets systemd's socket as descriptor 3.
as_systemd='import os, socket, sys
s = socket.create_server(("127.0.0.1", 0))
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execvp(sys.argv[1], sys.argv[1:])'

# bats test_tags=FX_15
@test "runjob serve: the EXAMPLES of its page run as they are written, and its unit's command on systemd's socket" {
	local examples line
	cd "$BATS_TEST_TMPDIR"
	mapfile -t examples < <(sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAG/ { s/\\(dq/"/g; s/^\.Dl \$ //p; }' "$top/man/runjob-serve.8")
	for line in "${examples[@]:0:3}"; do
		run -0 eval "$line"
	done
	eval "start_server log ${examples[3]/:8443/:0}"
	shopt -s expand_aliases
	eval "${examples[4]}"
	for line in "${examples[@]:5}"; do
		line=${line//127.0.0.1:8443/${server_url#http://}}
		run -0 eval "${line//ID/$(jq -r .id <<<"$output" 2>/dev/null || true)}"
	done
	unalias api
	[[ $output == *$(date +%Y)* ]]
	stop_servers
	mv server.pem cert.pem
	mv server.key key.pem
	read -ra line <<<"$(sed -nE "/^ExecStart=/ { s|^.*/bin/(runjob)|\\1|; s|[$]\{CREDENTIALS_DIRECTORY\}|$PWD|gp; }" "$top/share/systemd/runjob-serve.service")"
	start_server log python3 -c "$as_systemd" "${line[@]}"
	run -0 curl -sS --cacert cert.pem --cert alice.pem --key alice.key "https${server_url#http}/jobs"
	[ "$(jq -c '.jobs | map(.state)' <<<"$output")" = '["ok"]' ]
	kill "$server_pid"
	wait "$server_pid"
}
