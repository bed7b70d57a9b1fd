load ../../helper
load helper

value() {
	printf '{"id":"%s","event":"deploy","name":"acme/site","payload":{"n" :12345678901234567890},"hops":%s}\n' "$(id "$1")" "${2:-1}"
}

@test "hookroute emit: a value becomes an event of our own, with its payload untouched" {
	run -0 hookroute emit < <(value 1)
	[ "$output" = '{"ok":true}' ]
	run -0 cat "$spool"/new/*
	jq -e --arg id "$(id 1)" '.provider == "hooktools" and .event == "deploy" and .name == "acme/site" and .hook == null
		and .delivery == $id and .headers == {"hooktools-hops": "1"} and .id != $id' <<<"$output"
	[[ $output == *'"payload":{"n" :12345678901234567890}}' ]]
	[ -f "$spool/new/$(jq -r .id <<<"$output")" ]
}

@test "hookroute emit: the same value again is the same event" {
	value 1 | hookroute emit
	value 1 | hookroute emit
	value 2 | hookroute emit
	[ "$(files new)" -eq 2 ]
	touch "$spool/tmp/$(cat "$spool"/new/* | jq -r .id | head -n 1)"
	value 1 | hookroute emit
	[ "$(files new)" -eq 2 ]
	[ "$(files tmp)" -eq 0 ]
}

@test "hookroute emit: what is no value is refused, and the next one taken" {
	run -0 hookroute emit < <(
		echo '{"id":'
		echo '[]'
		echo '{"id":"x","event":"a","payload":1,"hops":1}'
		echo "{\"id\":\"$(id 1)\",\"event\":\"../a\",\"payload\":1,\"hops\":1}"
		echo "{\"id\":\"$(id 1)\",\"event\":\"a\",\"name\":\"a/b/c\",\"payload\":1,\"hops\":1}"
		echo "{\"id\":\"$(id 1)\",\"event\":\"a\",\"payload\":1}"
		value 1 0
		value 1 9
		echo "{\"id\":\"$(id 2)\",\"event\":\"a\",\"hops\":8}"
	)
	[ "$(jq -r '.error.kind // .ok' <<<"$output" | uniq -c | tr -s ' ')" = $' 8 permanent\n 1 true' ]
	[[ ${lines[7]} == *"events led to events 8 times in a row: is it a loop?"* ]]
	jq -e '.payload == null and .name == null' "$spool"/new/*
}

@test "hookroute emit: a route emits, others get it, and a loop ends" {
	route a 'include "hooktools"; on("push") | emit({event: "site", payload: {because: kind}})'
	route b 'include "hooktools"; on("site") | to("x"; {because: .payload.because, of: repo})'
	route c 'include "hooktools"; on("round", "push") | emit({event: "round"}), emit({event: "aside"})'
	good_consumer x
	put 1
	hookroute drain 2>"$BATS_TEST_TMPDIR/log"
	wait_until drained
	[ "$(got x | jq -c 'del(.id)')" = '{"because":"push","of":"acme/site"}' ]
	[ "$(jq -r .event "$spool"/done/*/* | sort | uniq -c | tr -s ' ')" = $' 8 aside\n 1 push\n 8 round\n 1 site' ]
	grep -q 'is it a loop' "$spool"/dead/*.why
}

jobs_ended() {
	hookroute drain 2>>"$BATS_TEST_TMPDIR/log"
	grep -qs 'is it a loop' "$spool"/dead/*.why && [ "$(files new)" -eq 0 ] && [ "$(files cur)" -eq 0 ]
}

@test "hookroute: jobs that lead to jobs by their results come to an end" {
	route a 'include "hooktools"; (on("push"), (on("job") | action("completed"))) | job({exec: ["true"]})'
	put 1
	wait_until jobs_ended
	[ "$(jq -r 'select(.event == "job" and .payload.action == "completed") | .headers["hooktools-hops"] // "0"' "$spool"/done/*/* | sort | tr '\n' ' ')" = "0 1 2 3 4 5 6 7 8 " ]
	grep -q 'jobs led to jobs 8 times in a row: is it a loop?' "$spool"/dead/*.why
}

drained() {
	hookroute drain 2>>"$BATS_TEST_TMPDIR/log"
	[ "$(files new)" -eq 0 ] && [ "$(files cur)" -eq 0 ]
}
