load ../helper
load helper

# Every example payload that GitHub's own people publish, through the routes of routes/: which of
# them say yes is written down a second time in npm/decisions.mjs, and how often in routes.want.

setup_file() {
	fetch_senders
}

setup() {
	need_senders
	events=$BATS_TEST_TMPDIR/events
}

# bats test_tags=FX_6
@test "contract: 32 routes decide on each of Octokit's examples as GitHub's documentation has it" {
	sender events >"$events"
	[ "$(wc -l <"$events")" -eq 757 ]
	run -0 --separate-stderr hookroute filter --routes "$top/tests/contract/routes" <"$events"
	[ -z "$stderr" ]
	diff <(sender decisions <"$events" | sort) <(jq -r '[.event_id, .route] | join(" ")' <<<"$output" | sort)
	diff "$top/tests/contract/routes.want" \
		<(jq -r .route <<<"$output" | LC_ALL=C sort | uniq -c | awk '{ print $2, $1 }')
}

# bats test_tags=FX_6
@test "contract: a clause of each route that says no can be named, for each event" {
	sender events | head -n 60 >"$events"
	run -0 --separate-stderr hookroute explain --routes "$top/tests/contract/routes" --json "$events"
	jq -se 'length == 60 and all(.[].routes[]; (.deliveries == []) == (.no | length == 1) and (.deliveries == [] or .no == []))' <<<"$output"
}

# bats test_tags=F2_56
@test "contract: no route fails on 4356 payloads that GitHub has not thought of yet" {
	sender events mutants >"$events"
	[ "$(wc -l <"$events")" -eq 4356 ]
	run -0 --separate-stderr hookroute filter --routes "$top/tests/contract/routes" <"$events"
	[ -z "$stderr" ]
	[ "$(jq -r 'select(.error) | .error' <<<"$output" | wc -l)" -eq 0 ]
	[ "$(wc -l <<<"$output")" -gt 4356 ]
}
