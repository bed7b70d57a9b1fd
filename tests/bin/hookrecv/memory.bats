load ../../helper
load helper

teardown() {
	stop_servers
}

@test "hookrecv: large bodies in flight take 8 MB, and 64 KB for each connection" {
	case $build in
	*address*) skip "the sanitizer's own memory would be measured" ;;
	esac
	add_hook github
	start_hookrecv
	jq -nc '{p: ("x" * 24000000)}' >"$BATS_TEST_TMPDIR/body"
	sign "$BATS_TEST_TMPDIR/body" d
	sed -i '/^x-github-delivery/Id' "$BATS_TEST_TMPDIR/body.head"
	run -0 xargs -P 16 -I{} curl -sS -o /dev/null -w '%{http_code}\n' -H @"$BATS_TEST_TMPDIR/body.head" \
		-H 'X-GitHub-Delivery: {}' --limit-rate 30M --data-binary @"$BATS_TEST_TMPDIR/body" "$server_url/hook/$hook" \
		< <(seq 16)
	[ "$(sort -u <<<"$output")" = 202 ]
	run -0 sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$server_pid/status"
	echo "$output kB"
	[ "$output" -le $((8192 + 16 * 64)) ]
}
