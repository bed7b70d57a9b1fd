load ../helper
load ../bin/hookrecv/helper
load helper
# shellcheck disable=SC2154 # $hook and $secret are the helper's

# The libraries of Standard Webhooks and of Svix send to us, and read what we sign.

setup_file() {
	fetch_senders
}

setup() {
	need_senders
	body=$BATS_TEST_TMPDIR/body
	printf '{"text":"\\u00e9 \xc3\xa9"}' >"$body"
	spool=$HOOKTOOLS_STATE/spool
}

teardown() {
	stop_servers
}

# accepts LIBRARY FAMILY
accepts() {
	add_hook standard
	start_hookrecv
	run -0 sender standard "$server_url/hook/$hook" "$secret" "$spool" "$@"
	[ "$output" = "$1: 329 sent, 329 accepted and the same in the spool; changed: 401 bad_signature, old: 401 stale_signature" ]
	[ "$(stored)" -eq 329 ]
}

# bats test_tags=F0_5,FX_23
@test "contract: what the library of Standard Webhooks signs is accepted" {
	accepts standardwebhooks webhook
}

# bats test_tags=F0_5,FX_23
@test "contract: what Svix's library signs is accepted, in headers of its own" {
	accepts svix svix
}

# bats test_tags=F0_5,FX_23
@test "contract: what Svix's library signs is accepted in the standard's headers" {
	accepts svix webhook
}

# verifies LIBRARY PROVIDER: what hookrecv signs, and no other body.
verifies() {
	[ -f "$HOOKTOOLS_CONF/hooktools.key" ] || add_hook "$2"
	sign "$body"
	run -0 sender verify "$1" "$secret" "$body.head" "$body"
	[ "$output" = yes ]
	run -0 sender verify "$1" "$secret" "$body.head" <(printf '{}')
	[ "$output" = no ]
}

@test "contract: the libraries verify what hookrecv signs" {
	verifies standardwebhooks standard
	verifies svix standard
}

@test "contract: Octokit's library verifies what hookrecv signs" {
	verifies @octokit/webhooks-methods github
}
