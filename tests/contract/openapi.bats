load ../helper
load ../bin/tokenmint/issuer
load ../fake/helper
load helper
load ../bin/hookrecv/helper

# GitHub's own description of its API (npm's @octokit/openapi) through prism, which stands between
# our programs and the fake GitHub and finds fault with what either of them says.

paths=(
	/app
	/app/installations
	'/app/installations/{installation_id}/access_tokens'
	'/users/{username}/installation'
	'/repos/{owner}/{repo}/installation'
	'/repos/{owner}/{repo}/check-runs'
	'/repos/{owner}/{repo}/check-runs/{check_run_id}'
	'/repos/{owner}/{repo}/commits/{ref}/check-runs'
	'/repos/{owner}/{repo}/hooks'
	'/repos/{owner}/{repo}/hooks/{hook_id}'
	'/repos/{owner}/{repo}/hooks/{hook_id}/deliveries'
	'/repos/{owner}/{repo}/hooks/{hook_id}/deliveries/{delivery_id}/attempts'
	/app/hook/config
	/app/hook/deliveries
	'/app/hook/deliveries/{delivery_id}/attempts'
	/installation/token
	/credentials/revoke
	/user
	/user/repos
)

setup_file() {
	fetch_senders openapi
	make_app_key
	local senders=$top/.build/contract/openapi
	[ -f "$BATS_FILE_TMPDIR/no_senders" ] ||
		node "$senders/cut.mjs" "$senders/node_modules/@octokit/openapi/generated/api.github.com.json" \
			"$BATS_FILE_TMPDIR/github.json" "${paths[@]}" >"$BATS_FILE_TMPDIR/missing"
}

setup() {
	need_senders
	start_github
	start_judge
	add_app
}

teardown() {
	stop_servers
}

# start_judge: prism in front of the fake.  It names the description's server, the fake's own
# addresses must be the judge's.
start_judge() {
	local port
	fake=$HOOKTOOLS_GITHUB_API
	port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
	start_server "$BATS_TEST_TMPDIR/judge.log" node "$top/.build/contract/openapi/node_modules/@stoplight/prism-cli/dist/index.js" \
		proxy "$BATS_FILE_TMPDIR/github.json" "$HOOKTOOLS_GITHUB_API" -h 127.0.0.1 -p "$port" --errors
	export HOOKTOOLS_GITHUB_API=http://127.0.0.1:$port
	echo "$HOOKTOOLS_GITHUB_API" >"$github/link-origin"
	printf 115292 >"$github/id-front" # node has no greater numbers than 2^53
}

# What the judge said is nothing but what was asked and answered.  (Its examples of paths at the
# beginning are made of words by chance.)
no_fault() {
	! grep -v '\[CLI\]' "$BATS_TEST_TMPDIR/judge.log" | grep -iE 'violation|error|warning|no_path|invalid' || return 1
	no_strange_query
}

# Every parameter behind a question mark is one that is described.
no_strange_query() {
	diff /dev/null <(sed -nE 's/.*Forwarding .*[?]([^ ]*)\.\.\.$/\1/p' "$BATS_TEST_TMPDIR/judge.log" |
		tr '&' '\n' | sed 's/=.*//' | sort -u |
		grep -vxFf <(jq -r '.. | objects | select(.in? == "query").name' "$BATS_FILE_TMPDIR/github.json"))
}

# asks METHOD PATH STATUS: the judge let it through.
passed() {
	[ "$(asked "$@")" -gt 0 ]
}

@test "contract: GitHub's description has all that we ask for" {
	[ ! -s "$BATS_FILE_TMPDIR/missing" ]
}

# bats test_tags=F1_2,FX_9
@test "contract: the judge finds fault where there is one" {
	run -0 curl -sS -o /dev/null -w '%{http_code}' -X POST -H 'Content-Type: application/json' -d '{"name":1}' \
		"$HOOKTOOLS_GITHUB_API/repos/acme/site/check-runs"
	[ "$output" = 422 ]
	run ! no_fault
}

@test "contract: the judge wants no member and no parameter that is not described" {
	local token
	token=$(tokenmint get acme/site)
	no_fault
	run -0 curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$HOOKTOOLS_GITHUB_API/repos/acme/site/hooks?per_pages=100"
	[ "$output" = 200 ]
	run ! no_strange_query
	run -0 curl -sS -o /dev/null -w '%{http_code}' -X PATCH -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
		-d '{"name":"web","active":true}' "$HOOKTOOLS_GITHUB_API/repos/acme/site/hooks/1"
	[ "$output" = 422 ]
}

# bats test_tags=F1_2,F1_9,FX_9
@test "contract: finding installations and minting tokens is as GitHub describes it, both sides" {
	for id in $(seq 100 220); do echo "org-$id" >"$github/installations/$id"; done
	run -0 --separate-stderr tokenmint get acme/site
	run -0 --separate-stderr tokenmint get org-150
	run -0 --separate-stderr tokenmint get acme -r site -r docs -p contents=read -p checks=write
	run -0 --separate-stderr tokenmint refresh
	run -1 --separate-stderr tokenmint get nobody
	run -1 --separate-stderr tokenmint get nobody/here
	mkdir "$github/suspended"
	touch "$github/suspended/42"
	run -75 --separate-stderr tokenmint refresh acme
	passed GET /repos/acme/site/installation 200
	passed GET /users/org-150/installation 200
	passed GET /users/nobody/installation 404
	passed GET /repos/nobody/here/installation 404
	passed GET /app/installations 200
	passed POST /app/installations/42/access_tokens 201
	passed POST /app/installations/42/access_tokens 403
	no_fault
}

@test "contract: what the App is told of itself is as GitHub describes it" {
	run -0 curl -sS -f -o "$BATS_TEST_TMPDIR/app" -H "Authorization: Bearer $(tokenmint jwt)" "$HOOKTOOLS_GITHUB_API/app"
	jq -e '.slug == "fake"' "$BATS_TEST_TMPDIR/app"
	no_fault
}

@test "contract: clocks that differ and keys that GitHub does not know are refused as it describes" {
	echo -300 >"$github/skew"
	run -0 --separate-stderr tokenmint get acme
	passed GET /users/acme/installation 401
	openssl genrsa -out "$BATS_TEST_TMPDIR/other.pem" 2048 2>/dev/null
	tokenmint app add main --app-id 1 --key-file "$BATS_TEST_TMPDIR/other.pem" 2>/dev/null
	run -75 --separate-stderr tokenmint refresh
	passed POST /app/installations/42/access_tokens 401
	no_fault
}

# bats test_tags=F1_6
@test "contract: a job's Check run is as GitHub describes it, both sides" {
	local sha=0123456789abcdef0123456789abcdef01234567 job=0195b6a0-0000-7000-8000-000000000001
	for script in true false; do
		rm -rf "$HOOKTOOLS_STATE/jobs" "$HOOKTOOLS_STATE/spool"
		jq -nc --arg id "$job" --arg sha "$sha" --arg script "$script" '{id: $id, name: "publish",
			exec: ["/bin/sh", "-c", $script], repository: "acme/site",
			report: {github_check: {repository: "acme/site", head_sha: $sha, name: "publish"}}}' |
			runjob start - >/dev/null
		wait_until published
		cat "$HOOKTOOLS_STATE"/spool/new/* >"$BATS_TEST_TMPDIR/events"
		run -0 --separate-stderr runjob report github - <"$BATS_TEST_TMPDIR/events"
		[ "$(jq -sc 'map(.ok)' <<<"$output")" = '[true,true]' ]
	done
	passed POST /repos/acme/site/check-runs 201
	passed PATCH /repos/acme/site/check-runs/1 200
	no_fault
}

published() {
	[ "$(cat "$HOOKTOOLS_STATE"/spool/new/* 2>/dev/null | grep -c '"event":"job"')" -eq 2 ]
}

# Something happens in the repository of HOOK: happens HOOK EVENT [STATUS]; with a status nothing is sent.
happens() {
	curl -fsS -X POST -H "X-GitHub-Event: $2" ${3:+-H "X-Fake-Status: $3"} -d '{"ref":"refs/heads/main"}' \
		"$fake/fake/deliver/$1"
}

# start_receiver: where the hooks of these tests send to.
start_receiver() {
	start_hookrecv
	export HOOKTOOLS_HOOK_URL=$server_url
}

# recovered NUMBER: reconcile brings so many.
recovered() {
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output" | sort | uniq -c | tr -s ' ')" = " $1 recovered" ]
}

# bats test_tags=FX_3,FX_7
@test "contract: the hook of a repository is as GitHub describes it, from its making to its end" {
	start_receiver
	run -0 --separate-stderr hookrecv add acme/site --create --json
	run -0 --separate-stderr hookrecv add acme/site --create --events push,workflow_run
	run -0 --separate-stderr hookrecv rotate acme/site --create
	run -0 --separate-stderr hookrecv show acme/site --check --json
	jq -e '.forge_state | .found and .active' <<<"$output"
	happens 1 push 502
	recovered 1
	echo 2 >"$github/page-size"
	for _ in 1 2 3; do happens 1 push 500; done
	recovered 3
	run -0 --separate-stderr hookrecv remove acme/site
	passed POST /repos/acme/site/hooks 201
	passed PATCH /repos/acme/site/hooks/1 200
	passed GET /repos/acme/site/hooks/1/deliveries 200
	passed GET /repositories/acme.site/hooks/1/deliveries 200
	passed POST /repos/acme/site/hooks/1/deliveries/1152920002/attempts 202
	passed DELETE /repos/acme/site/hooks/1 204
	no_fault
}

# bats test_tags=FX_7
@test "contract: hooks that are gone, refused or hidden are so as GitHub describes it" {
	export HOOKTOOLS_HOOK_URL=http://127.0.0.1:9
	run -77 --separate-stderr hookrecv add other/site --create
	run -0 --separate-stderr hookrecv add acme/site --create
	rm "$github/hooks/1"
	run -1 --separate-stderr hookrecv show acme/site --check
	run -77 --separate-stderr hookrecv reconcile acme/site
	run -0 --separate-stderr hookrecv remove acme/site
	echo '422 0 POST /repos/acme/site/hooks' >"$github/fail"
	run -65 --separate-stderr hookrecv add acme/site --create
	echo '403 0 POST /repos/acme/site/hooks' >"$github/fail"
	run -77 --separate-stderr hookrecv add acme/site --create
	passed GET /repos/acme/site/hooks/1 404
	passed GET /repos/acme/site/hooks/1/deliveries 404
	passed DELETE /repos/acme/site/hooks/1 404
	passed POST /repos/acme/site/hooks 422
	passed POST /repos/acme/site/hooks 403
	no_fault
}

# bats test_tags=FX_3,FX_7
@test "contract: the hook of the App itself is as GitHub describes it" {
	start_receiver
	run -0 --separate-stderr hookrecv add bot --create --app main --json
	run -0 --separate-stderr hookrecv show bot --check --json
	run -0 --separate-stderr hookrecv rotate bot --create
	for event in push installation; do happens 999 "$event" 500; done
	recovered 2
	passed PATCH /app/hook/config 200
	passed GET /app/hook/config 200
	passed GET /app/hook/deliveries 200
	passed POST /app/hook/deliveries/1152920001/attempts 202
	no_fault
}

# bats test_tags=F1_2,FX_10
@test "contract: tokens are ended, and leaked ones told of, as GitHub describes it" {
	run -0 --separate-stderr tokenmint get acme/site
	run -0 --separate-stderr tokenmint revoke acme
	tokenmint get acme >/dev/null
	rm "$github"/tokens/*
	run -0 --separate-stderr tokenmint revoke --all
	run -0 --separate-stderr tokenmint revoke --stdin < <(seq -f 'gho_%g' 1001)
	passed DELETE /installation/token 204
	passed DELETE /installation/token 401
	passed POST /credentials/revoke 202
	no_fault
}

@test "contract: what doctor and sync ask is as GitHub describes it, and a repository with another name" {
	mkdir "$github/moved" "$github/repositories" "$github/suspended"
	echo beta >"$github/installations/43"
	touch "$github/suspended/43"
	echo 7 >"$github/moved/acme+old"
	echo 42 >"$github/repositories/7"
	run -0 --separate-stderr tokenmint doctor --json
	run -0 --separate-stderr tokenmint get acme/old
	run -0 --separate-stderr tokenmint sync - <"$top/tests/fixtures/routes/github-installation/event.json"
	passed GET /app 200
	passed GET /app/installations 200
	passed GET /repos/acme/old/installation 301
	passed GET /repositories/7/installation 200
	no_fault
}

# bats test_tags=F4_2,F4_19
@test "contract: a person who logs in, sees repositories and leaves is as GitHub describes it" {
	start_issuer
	export HOOKTOOLS_GITHUB_URL=$issuer
	answer POST login/device/code 200 '{"device_code":"d","user_code":"WDJB-MJHT",
		"verification_uri":"@URL@/login/device","expires_in":900,"interval":1}'
	answer POST login/oauth/access_token 200 '{"access_token":"ghu_one","refresh_token":"ghr_one","expires_in":28800,
		"refresh_token_expires_in":15811200,"scope":"","token_type":"bearer"}'
	echo octocat >"$github/person"
	seq -f 'acme/r%g' 101 >"$github/visible"
	run -0 --separate-stderr tokenmint login --client-id Iv23liTest
	run -0 --separate-stderr tokenmint whoami --repositories
	[ "${#lines[@]}" -eq 101 ]
	rm "$github/person"
	run -1 --separate-stderr tokenmint whoami
	run -0 --separate-stderr tokenmint logout
	passed GET /user 200
	passed GET /user 401
	passed GET /user/repos 200
	passed POST /credentials/revoke 202
	no_fault
}

# bats test_tags=FX_5
@test "contract: a Check run that was perhaps made is looked for as GitHub describes it" {
	local sha=0123456789abcdef0123456789abcdef01234567 job=0195b6a0-0000-7000-8000-000000000001
	jq -nc --arg job "$job" --arg sha "$sha" '{id: "0195b6a0-0000-7000-8000-00000000000a", provider: "hooktools",
		event: "job", delivery: "\($job).started", headers: {}, payload: {action: "started", job: {id: $job,
		name: "build", state: "running", started_at: "2026-11-20T23:45:10.123Z", repository: "acme/site",
		report: {github_check: {repository: "acme/site", head_sha: $sha, name: "publish"}}}}}' >"$BATS_TEST_TMPDIR/event"
	run -0 --separate-stderr runjob report github - <"$BATS_TEST_TMPDIR/event"
	echo '{"check_run_id":0,"state":"creating"}' >"$HOOKTOOLS_STATE/reports/$job.json"
	run -0 --separate-stderr runjob report github - <"$BATS_TEST_TMPDIR/event"
	[ "$output" = '{"ok":true,"check_run":1,"state":"in_progress"}' ]
	passed GET "/repos/acme/site/commits/$sha/check-runs" 200
	no_fault
}
