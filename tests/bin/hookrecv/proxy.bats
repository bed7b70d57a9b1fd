load ../../helper
load helper
# shellcheck disable=SC2034 # $socket and $server_url are for the helper

# The examples for who stands in front: nginx and Caddy, tcpserver and s6.

teardown() {
	stop_servers
}

# A port that is free now, and below those that the kernel gives to whoever connects.
free_port() {
	perl -MIO::Socket::INET -e 'for (1 .. 1000) {
		my $port = 10000 + int rand 20000;
		IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 1) or next;
		print $port;
		exit;
	}
	exit 1'
}

behind() {
	start_server "$BATS_TEST_TMPDIR/log" hookrecv -l "unix:$BATS_TEST_TMPDIR/s" --trusted-proxy unix
}

# in_front COMMAND...: a proxy of ours, at $port; sets $server_url for the helper.
in_front() {
	"$@" >"$BATS_TEST_TMPDIR/proxy.log" 2>&1 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	WAIT_LIMIT=10 wait_until bash -c 'true <>/dev/tcp/127.0.0.1/"$1"' _ "$port" || {
		cat "$BATS_TEST_TMPDIR/proxy.log"
		return 1
	}
}

# The example with the names of this test: it is what is tested.
nginx_conf() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=x \
		-keyout "$BATS_TEST_TMPDIR/key.pem" -out "$BATS_TEST_TMPDIR/cert.pem" 2>/dev/null
	port=$(free_port)
	{
		printf 'daemon off; pid %s/pid; error_log stderr; user root; worker_processes 1;\n' "$BATS_TEST_TMPDIR"
		printf 'events { }\nhttp {\naccess_log off; client_body_temp_path %s/bodies;\n' "$BATS_TEST_TMPDIR"
		printf '%s_temp_path %s/other;\n' proxy "$BATS_TEST_TMPDIR" fastcgi "$BATS_TEST_TMPDIR" \
			uwsgi "$BATS_TEST_TMPDIR" scgi "$BATS_TEST_TMPDIR"
		sed -E "s|/run/hooktools/hookrecv.sock|$BATS_TEST_TMPDIR/s|
			s|/etc/ssl/.*\.pem|$BATS_TEST_TMPDIR/cert.pem|; s|/etc/ssl/.*\.key|$BATS_TEST_TMPDIR/key.pem|
			s|listen 443 ssl|listen 127.0.0.1:$port ssl|; /listen \[::\]/d" "$top/share/proxy/nginx.conf"
		printf '}\n'
	} >"$BATS_TEST_TMPDIR/nginx.conf"
}

start_nginx() {
	PATH=$PATH:/usr/sbin
	command -v nginx >/dev/null || skip "nginx is missing: .ci/deps bench"
	nginx_conf
	in_front nginx -p "$BATS_TEST_TMPDIR" -c "$BATS_TEST_TMPDIR/nginx.conf"
	scheme=https
}

start_caddy() {
	command -v caddy >/dev/null || skip "caddy is missing: .ci/deps ci"
	port=$(free_port)
	{
		printf '{\nadmin off\nauto_https off\n}\n'
		sed "s|/run/hooktools/hookrecv.sock|$BATS_TEST_TMPDIR/s|; s|^hooks.example.org|http://127.0.0.1:$port|" \
			"$top/share/proxy/Caddyfile"
	} >"$BATS_TEST_TMPDIR/Caddyfile"
	in_front caddy run --adapter caddyfile --config "$BATS_TEST_TMPDIR/Caddyfile"
	scheme=http
}

# ask PATH [CURL OPTION...]: prints the status; the answer goes to a file.
ask() {
	curl -sSk -o "$BATS_TEST_TMPDIR/answer" -w '%{http_code}' "${@:2}" "$scheme://127.0.0.1:$port$1"
}

# deliver FILE DELIVERY [CURL OPTION...]
deliver() {
	sign "$1" "$2"
	ask "/hook/$hook" -H @"$1.head" -H 'Content-Type: application/json' --data-binary @"$1" "${@:3}"
}

remote() { cat "$HOOKTOOLS_STATE"/spool/new/* | jq -r "select(.delivery == \"$1\") | .remote"; }

deliveries_pass() {
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	[ "$(deliver "$BATS_TEST_TMPDIR/body" one --interface 127.0.0.7)" = 202 ]
	[ "$(remote one)" = 127.0.0.7 ]
	# Nobody can say to be another.
	[ "$(deliver "$BATS_TEST_TMPDIR/body" two --interface 127.0.0.7 -H 'X-Forwarded-For: 192.0.2.1')" = 202 ]
	[ "$(remote two)" = 127.0.0.7 ]
	[ "$(deliver "$BATS_TEST_TMPDIR/body" three -H 'Transfer-Encoding: chunked')" = 202 ]
	# Only hooks are reached.
	[ "$(ask /healthz)" = 404 ]
	[ "$(ask /)" = 404 ]
}

# The guesser is banned; neither the proxy nor anybody else behind it.
guessers_are_banned() {
	[ "$(for _ in {1..5}; do ask "/hook/01234567-89ab-4cde-8f01-23456789abcd" --data-binary '{}' --interface 127.0.0.9 && echo; done | xargs)" = "404 404 404 429 429" ]
	[ "$(hookrecv bans list --json | jq -r .address)" = 127.0.0.9 ]
	[ "$(deliver "$BATS_TEST_TMPDIR/body" four --interface 127.0.0.7)" = 202 ]
}

# 25 MB stream through, more is not taken.
large_ones_stream() {
	{
		printf '"'
		head -c $((25 * 1048576 - 2)) /dev/zero | tr '\0' x
		printf '"'
	} >"$BATS_TEST_TMPDIR/large"
	[ "$(deliver "$BATS_TEST_TMPDIR/large" large)" = 202 ]
	printf ' ' >>"$BATS_TEST_TMPDIR/large"
	[ "$(deliver "$BATS_TEST_TMPDIR/large" larger)" = 413 ]
	[ -z "$(find "$BATS_TEST_TMPDIR/bodies" -type f 2>/dev/null)" ]
}

@test "nginx.conf: nginx takes it" {
	PATH=$PATH:/usr/sbin
	command -v nginx >/dev/null || skip "nginx is missing: .ci/deps bench"
	nginx_conf
	run -0 nginx -t -p "$BATS_TEST_TMPDIR" -c "$BATS_TEST_TMPDIR/nginx.conf"
	run ! grep -E 'warn|emerg' <<<"$output"
}

@test "nginx.conf: deliveries pass, guessers are banned, large bodies stream" {
	export HOOKTOOLS_BAN_LOCAL=yes HOOKTOOLS_BAN_MISSES=3
	add_hook github
	behind
	start_nginx
	deliveries_pass
	guessers_are_banned
	large_ones_stream
}

@test "Caddyfile: deliveries pass, guessers are banned, large bodies stream" {
	export HOOKTOOLS_BAN_LOCAL=yes HOOKTOOLS_BAN_MISSES=3
	add_hook github
	behind
	start_caddy
	deliveries_pass
	guessers_are_banned
	large_ones_stream
}

@test "tcpserver: its run script serves" {
	command -v tcpserver >/dev/null || skip "tcpserver is missing: .ci/deps test"
	add_hook github
	port=$(free_port) scheme=http
	sed "s|[A-Z_]*=/[^ ]*||g; s|/usr/local/sbin/||; s| -u .* 127.0.0.1 9000| 127.0.0.1 $port|" \
		"$top/share/inetd/tcpserver" >"$BATS_TEST_TMPDIR/script"
	in_front sh "$BATS_TEST_TMPDIR/script"
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	[ "$(deliver "$BATS_TEST_TMPDIR/body" one --interface 127.0.0.7)" = 202 ]
	[ "$(remote one)" = 127.0.0.7 ]
}

@test "s6-run: it becomes the server" {
	add_hook github
	port=$(free_port) scheme=http
	mkdir "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\n[ "$1" = hooktools ] && shift && exec "$@"\n' >"$BATS_TEST_TMPDIR/bin/s6-setuidgid"
	chmod +x "$BATS_TEST_TMPDIR/bin/s6-setuidgid"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	sed "s|[A-Z_]*=/[^ ]*||g; s|/usr/local/sbin/||; s|127.0.0.1:9000|127.0.0.1:$port|" \
		"$top/share/inetd/s6-run" >"$BATS_TEST_TMPDIR/script"
	in_front sh "$BATS_TEST_TMPDIR/script"
	[ "$(cat "/proc/$(tail -n 1 "$BATS_TEST_TMPDIR/servers")/comm")" = hookrecv ]
	printf '{"n":1}' >"$BATS_TEST_TMPDIR/body"
	[ "$(deliver "$BATS_TEST_TMPDIR/body" one)" = 202 ]
}
