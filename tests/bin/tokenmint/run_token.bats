load ../../helper

setup() {
	make_key
}

issue() { run -0 --separate-stderr tokenmint run-token issue "$@"; }

keys() { find "$HOOKTOOLS_STATE/apikeys" -maxdepth 1 -type f -name '[0-9a-z]*' | wc -l; }

# bats test_tags=F2_13
@test "tokenmint: a run token has the rights it was made with, and says whose it is" {
	issue --run 4711 --role operator --namespace acme
	[[ $output =~ ^htk_[0-9a-z]{12}_[0-9A-Za-z]{42}$ ]]
	[ -z "$stderr" ]
	run -0 tokenmint run-token verify <<<"$output"
	[ "$(jq -c '[.run, .namespace, .roles]' <<<"$output")" = '["4711","acme",["operator"]]' ]
	issue --run 4711 --json
	[ "$(jq -c '[.run, .namespace, .roles]' <<<"$output")" = '["4711",null,["viewer"]]' ]
	run -0 tokenmint apikey verify <<<"$(jq -r .token <<<"$output")"
	[ "$(jq -r .bound <<<"$output")" = run:4711 ]
}

# bats test_tags=F2_63
@test "tokenmint: run-token revoke removes every token of a run, and no other's" {
	issue --run a1
	first=$output
	issue --run a1 --role admin
	second=$output
	issue --run a10
	other=$output
	run -0 tokenmint run-token revoke --run a1
	for token in "$first" "$second"; do
		run -1 --separate-stderr tokenmint run-token verify <<<"$token"
		[ -z "$output" ]
	done
	run -0 tokenmint run-token verify --run a10 <<<"$other"
	run -0 tokenmint run-token revoke --run a1
	[ "$(keys)" -eq 1 ]
}

@test "tokenmint: run-token verify refuses what is no run token, or another run's" {
	issue --run a1
	token=$output
	run -1 --separate-stderr tokenmint run-token verify --run a2 <<<"$token"
	[[ $stderr == *"no token of that run"* ]]
	[[ $stderr != *"$token"* ]]
	run -0 tokenmint apikey create --name x
	run -1 --separate-stderr tokenmint run-token verify <<<"${lines[0]}"
	[[ $stderr == *"is no run token"* ]]
	run -1 tokenmint run-token verify <<<"htk_nonsense"
	run -1 tokenmint run-token verify </dev/null
	run -1 tokenmint run-token verify < <(head -c 100000 /dev/zero)
}

# bats test_tags=F2_31
@test "tokenmint: an expired run token is refused, and prune removes it after long enough" {
	issue --run a1 --expires 1ms
	run -1 tokenmint run-token verify <<<"$output"
	run -0 tokenmint prune
	[ "$(jq .api_keys <<<"$output")" -eq 0 ]
	[ "$(keys)" -eq 1 ]
	run -0 tokenmint prune --older-than 1ms
	[ "$(jq .api_keys <<<"$output")" -eq 1 ]
	[ "$(keys)" -eq 0 ]
}

# bats test_tags=F2_31
@test "tokenmint: prune removes tokens of installations that ended long ago, and keeps the others" {
	printf ghs_old | tokenmint vault put installation/1 --expires 1ms
	printf ghs_new | tokenmint vault put installation/2 --expires 1h
	printf forever | tokenmint vault put global/x
	run -0 tokenmint prune
	[ "$(jq .tokens <<<"$output")" -eq 0 ]
	run -0 tokenmint prune --older-than 1ms
	[ "$(jq .tokens <<<"$output")" -eq 1 ]
	run -0 tokenmint vault list
	[[ $output == *installation/2* ]]
	[[ $output != *installation/1* ]]
	[[ $output == *global/x* ]]
}

@test "tokenmint: prune trims the audit file when it is asked to" {
	issue --run a1
	[ "$(jq -r 'select(.event == "run-token") | .run' "$HOOKTOOLS_STATE/audit.ndjson")" = a1 ]
	sed -i 's/"at":"20../"at":"2019/' "$HOOKTOOLS_STATE/audit.ndjson"
	issue --run a2
	run -0 tokenmint prune
	[ "$(jq .audit_lines <<<"$output")" -eq 0 ]
	run -0 tokenmint prune --audit-older-than 400d
	[ "$(jq .audit_lines <<<"$output")" -eq 1 ]
	[ "$(jq -r .run "$HOOKTOOLS_STATE/audit.ndjson")" = a2 ]
}

@test "tokenmint: run-token list shows whose tokens there are, page by page" {
	for n in 1 2 3; do issue --run "r$n"; done
	run -0 tokenmint run-token list
	[ "$(jq -r .run <<<"$output" | tr '\n' ' ')" = 'r1 r2 r3 ' ] || [ "${#lines[@]}" -eq 3 ]
	[[ $output != *htk_* ]]
	first=$(tokenmint run-token list --limit 1 | jq -r .id)
	run -0 tokenmint run-token list --after "$first"
	[ "${#lines[@]}" -eq 2 ]
	run -0 tokenmint run-token list --run r2
	[ "$(jq -r .run <<<"$output")" = r2 ]
}

@test "tokenmint: run-token wants a run and a role that there is" {
	run -64 tokenmint run-token issue
	run -64 tokenmint run-token revoke
	run -64 tokenmint run-token issue --run 'a b'
	run -64 tokenmint run-token issue --run a1 --role king
	run -64 tokenmint run-token
	run -64 tokenmint prune --older-than soon
	run -64 tokenmint prune x
}

# bats test_tags=F2_85,F2_13,F2_63
@test "tokenmint: the API token injected into a job works while it runs, and is cleaned up" {
	# shellcheck disable=SC2016 # for the job's shell
	run -0 runjob run --secret API=run-token:operator -- \
		sh -c 'printf %s "$API" | tokenmint run-token verify --run "$HOOKTOOLS_JOB_ID"; printf "%s\n" "$API"'
	[ "$(head -n 1 <<<"$output" | jq -c .roles)" = '["operator"]' ]
	token=$(tail -n 1 <<<"$output")
	[[ $token == htk_* ]]
	run -1 tokenmint run-token verify <<<"$token"
	[ "$(keys)" -eq 0 ]
}

# bats test_tags=F2_63
@test "tokenmint: however a job ends, its token ends with it" {
	run -3 runjob run --secret API=run-token:viewer -- sh -c 'exit 3'
	[ "$(keys)" -eq 0 ]
	run -124 runjob run --timeout 200ms --secret API=run-token:viewer -- sh -c 'while :; do :; done'
	[ "$(keys)" -eq 0 ]
	run -127 runjob run --secret API=run-token:viewer -- no-such-program
	[ "$(keys)" -eq 0 ]
	run -1 --separate-stderr runjob run --secret API=run-token:king -- true
	[[ $stderr == *"king"* ]]
	[ "$(keys)" -eq 0 ]
}

@test "tokenmint: a job that runs in somebody's name gets no token of an admin" {
	run -1 --separate-stderr runjob run --for pipeline/site --secret API=run-token:admin -- true
	[[ $stderr == *"in somebody's name"* ]]
	run -0 runjob run --for pipeline/site --secret API=run-token:operator -- true
	run -0 runjob run --secret API=run-token:admin -- true
}

# bats test_tags=F2_31,F2_63
@test "tokenmint: prune removes the token of a job whose supervisor was killed" {
	mkfifo "$BATS_TEST_TMPDIR/ready"
	id=$(runjob start --secret API=run-token:viewer -- sh -c 'echo >"$1"; while :; do :; done' sh "$BATS_TEST_TMPDIR/ready")
	read -r _ <"$BATS_TEST_TMPDIR/ready"
	run -0 tokenmint prune
	[ "$(jq .run_tokens <<<"$output")" -eq 0 ]
	[ "$(keys)" -eq 1 ]
	supervisor=$(cat "$HOOKTOOLS_STATE/jobs/"*"/$id/lock")
	kill -KILL "$supervisor"
	gone() { ! kill -0 "$supervisor" 2>/dev/null; }
	wait_until gone
	run -0 tokenmint prune
	[ "$(jq .run_tokens <<<"$output")" -eq 1 ]
	[ "$(keys)" -eq 0 ]
	run -0 runjob recover
}
