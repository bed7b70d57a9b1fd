load ../helper
load ../bin/hookrecv/helper
load helper
# shellcheck disable=SC2154 # $hook and $secret are the helper's

# Every example payload that GitHub's own people publish, signed by their own library.

setup_file() {
	fetch_senders
}

setup() {
	need_senders
	spool=$HOOKTOOLS_STATE/spool
}

teardown() {
	stop_servers
}

octokit() { sender octokit "$server_url/hook/$hook" "$secret" "$spool" "$@"; }

# bats test_tags=F0_4,F0_5
@test "contract: each of Octokit's examples is accepted as JSON, its bytes are in the spool" {
	add_hook github
	start_hookrecv
	run -0 octokit json
	[ "$output" = "json: 726 sent, 715 accepted, 11 pings, 715 the same in the spool, 63 kinds of event" ]
	[ "$(stored)" -eq 715 ]
}

# bats test_tags=F0_4,F0_5
@test "contract: each of Octokit's examples is accepted as a form, the payload's bytes are in the spool" {
	add_hook github
	start_hookrecv
	run -0 octokit form
	[ "$output" = "form: 726 sent, 715 accepted, 11 pings, 715 the same in the spool, 63 kinds of event" ]
	[ "$(stored)" -eq 715 ]
}

# A provider without pings stores those as well.
@test "contract: Octokit's examples of a ping are JSON like the others" {
	add_hook hmac
	start_hookrecv
	run -0 octokit pings
	[ "$output" = "pings: 11 sent, 11 accepted, 0 pings, 11 the same in the spool, 1 kinds of event" ]
}
