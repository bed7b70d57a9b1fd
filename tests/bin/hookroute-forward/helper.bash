# For the tests of hookroute-forward: `load helper` after `load ../../helper`.

# receiver: answers with what answer says; its requests are $dir/request.N.
receiver() {
	dir=$BATS_TEST_TMPDIR/receiver
	mkdir -p "$dir"
	answer 204
	start_server "$BATS_TEST_TMPDIR/receiver.log" "$BATS_TEST_DIRNAME/answering.pl" "$dir"
}

# answer STATUS [HEADER [TEXT]]
answer() {
	printf '%s X\n%s\n\n%s' "$1" "${2:-x: y}" "${3:-}" >"$dir/answer"
}

# secret NAME TEXT: in the vault.
secret() {
	[ -f "$HOOKTOOLS_CONF/hooktools.key" ] || make_key
	printf '%s' "$2" | tokenmint vault put "$1"
}

# reply WORD... [< value]: the reply to one value.
reply() {
	run -0 --separate-stderr hookroute-forward "$@" -
}

# is KIND [RETRY_AFTER]: was the failure of that kind?
is() {
	jq -e --arg kind "$1" --argjson after "${2:-null}" \
		'.ok == false and .error.kind == $kind and .error.retry_after == $after' <<<"$output"
}

# body N: of the Nth request.
body() {
	sed '1,/^\r$/d' "$dir/request.$1"
}

requests() {
	find "$dir" -name 'request.*' | wc -l
}

# shellcheck disable=SC2034 # for the tests
value='{"id":"019a4c3e-1f00-7000-8000-000000000001","text":"all is well"}'
