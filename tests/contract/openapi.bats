load ../helper
load ../fake/helper
load helper

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
	port=$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
	start_server "$BATS_TEST_TMPDIR/judge.log" node "$top/.build/contract/openapi/node_modules/@stoplight/prism-cli/dist/index.js" \
		proxy "$BATS_FILE_TMPDIR/github.json" "$HOOKTOOLS_GITHUB_API" -h 127.0.0.1 -p "$port" --errors
	export HOOKTOOLS_GITHUB_API=http://127.0.0.1:$port
	echo "$HOOKTOOLS_GITHUB_API" >"$github/link-origin"
}

# What the judge said is nothing but what was asked and answered.
no_fault() {
	! grep -iE 'violation|error|warning|no_path|invalid' "$BATS_TEST_TMPDIR/judge.log"
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
