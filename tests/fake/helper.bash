# The fake GitHub for tests: load it after helper.bash.  start_github begins one for this test, add_app
# gives tokenmint its App; stop_servers (helper.bash) ends it.  tests/fake/fake.h tells what
# the files in $github do.

# A key pair for the tests of a file: call it in setup_file.
make_app_key() {
	openssl genrsa -traditional -out "$BATS_FILE_TMPDIR/app.pem" 2048 2>/dev/null
	openssl rsa -in "$BATS_FILE_TMPDIR/app.pem" -pubout -out "$BATS_FILE_TMPDIR/public.pem" 2>/dev/null
}

# start_github [WITH...]: these words run it, see with_clock.
start_github() {
	github=$BATS_TEST_TMPDIR/github
	mkdir -p "$github/installations"
	echo acme >"$github/installations/42"
	start_server "$BATS_TEST_TMPDIR/github.log" "$@" "$build/tests/fake-github" -l 127.0.0.1:0 \
		--key "$BATS_FILE_TMPDIR/public.pem" --app-id 1 --state "$github"
	export HOOKTOOLS_GITHUB_API=$server_url
}

add_app() {
	tokenmint vault init 2>/dev/null
	tokenmint app add main --app-id 1 --key-file "$BATS_FILE_TMPDIR/app.pem" 2>/dev/null
}

# How often that was asked: asked METHOD PATH [STATUS]
asked() {
	[ -f "$github/requests" ] || { echo 0; return; }
	jq -s --arg method "$1" --arg path "$2" --argjson status "${3:-null}" \
		'map(select(.method == $method and .path == $path and ($status == null or .status == $status))) | length' \
		"$github/requests"
}

# How many tokens were minted.
minted() {
	find "$github/tokens" -type f 2>/dev/null | wc -l
}

# make_clock: for setup_file.  with_clock COMMAND...: with the time of day that is set by
# set_clock SECONDS ahead of ours; "${clock[@]}" does it for start_github.
make_clock() {
	cc -shared -fPIC -O1 -D_GNU_SOURCE -o "$BATS_FILE_TMPDIR/clock.so" "$top/tests/flow/clock.c" -ldl
}
set_clock() {
	echo "$1" >"$BATS_TEST_TMPDIR/clock.tmp"
	mv "$BATS_TEST_TMPDIR/clock.tmp" "$BATS_TEST_TMPDIR/clock"
	clock=(env LD_PRELOAD="$BATS_FILE_TMPDIR/clock.so" CLOCK_FILE="$BATS_TEST_TMPDIR/clock")
}
with_clock() {
	"${clock[@]}" "$@"
}
need_clock() {
	case $build in
	*address*) skip "the sanitizer must be loaded first" ;;
	esac
}
