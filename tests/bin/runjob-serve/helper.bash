# Loaded by the tests of runjob serve behind ../../helper: certificates, the server, and requests
# that are held against share/openapi/runjob.json.

# The certificates of a file of tests are made once: `make_certificates NAME...` in setup_file.
certificates=${BATS_FILE_TMPDIR:-.}

# request NAME: a key and what a CA wants.
request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.csr" 2>/dev/null
}

# certificate NAME [OPTION...]: a key and a certificate of its own making.
certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
		-keyout "$1.key" -out "$1.pem" "${@:2}" 2>/dev/null
}

make_certificates() {
	local name
	cd "$certificates" || return
	certificate server -addext subjectAltName=IP:127.0.0.1
	for name in "$@"; do
		certificate "$name"
	done
}

# fingerprint NAME: as owners are called.
fingerprint() {
	openssl x509 -in "$certificates/$1.pem" -outform DER | sha256sum | cut -d ' ' -f 1
}

# allow FOLDER NAME...: into the pool, whole at once.
allow() {
	local folder=$HOOKTOOLS_CONF/pool/$1 name
	mkdir -p "$folder"
	for name in "${@:2}"; do
		cp "$certificates/$name.pem" "$folder/.$name"
		mv "$folder/.$name" "$folder/$name.pem"
	done
}

start_serve() {
	start_server "$BATS_TEST_TMPDIR/log" runjob serve -l 127.0.0.1:0 --tls-cert "$certificates/server.pem" \
		--tls-key "$certificates/server.key" --sandbox "${SANDBOX:-none}" "$@"
	server_url=https${server_url#http}
}

# as NAME CURL-ARGUMENT...
as() {
	curl -sS --cacert "$certificates/server.pem" --cert "$certificates/$1.pem" --key "$certificates/$1.key" "${@:2}"
}

# api NAME METHOD PATH [CURL-OPTION...]: sets $status_code; body and head are files.
api() {
	local name=$1 method=$2 path=$3 count
	shift 3
	count=$(find "$BATS_TEST_TMPDIR" -name 'answer.*' | wc -l)
	[ "$method" != HEAD ] || set -- -I "$@"
	: >"$BATS_TEST_TMPDIR/body"
	status_code=$(as "$name" -X "$method" -D "$BATS_TEST_TMPDIR/head" -o "$BATS_TEST_TMPDIR/body" \
		-w '%{http_code}' "$@" "$server_url$path")
	{
		echo "$method $path $status_code $(head_of content-type)"
		[ "$method" = HEAD ] || cat "$BATS_TEST_TMPDIR/body"
	} >"$BATS_TEST_TMPDIR/answer.$count"
}

post() {
	api "$1" POST "$2" -H 'Content-Type: application/json' --data-binary "$3" "${@:4}"
}

body() {
	jq -c "$1" "$BATS_TEST_TMPDIR/body"
}

head_of() {
	sed -n "s/^$1: \(.*\)\r$/\1/Ip" "$BATS_TEST_TMPDIR/head"
}

# start_job NAME SPECIFICATION: sets $id.
# shellcheck disable=SC2034 # for the tests
start_job() {
	post "$1" /jobs "$2"
	[ "$status_code" = 201 ]
	id=$(body .id | tr -d '"')
}

# Ends what the test's jobs left.
stop_jobs() {
	local folder
	for folder in "$HOOKTOOLS_STATE"/jobs/*/*-*/; do
		folder=${folder%/}
		runjob stop --owner "$(basename "${folder%/*}")" --grace 0 "${folder##*/}" 2>/dev/null || true
	done
}

state_is() {
	api "$1" GET "/jobs/$2"
	[ "$(body .state)" = "\"$3\"" ]
}

# Every answer so far is one that the description allows.
answers_are_described() {
	python3 "$BATS_TEST_DIRNAME/described.py" "$top/share/openapi/runjob.json" "$BATS_TEST_TMPDIR"/answer.*
}
