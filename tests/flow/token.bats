load ../helper
load ../fake/helper

# An installation's token reaches a job, and the job's end reaches GitHub.

sha=0123456789abcdef0123456789abcdef01234567
job=0195b6a0-0000-7000-8000-000000000001

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
}

teardown() {
	stop_servers
}

# spec SCRIPT: a jobspec(5) that gets the token and wants a Check run.
spec() {
	jq -nc --arg id "$job" --arg sha "$sha" --arg script "$1" '{id: $id, name: "publish",
		exec: ["/bin/sh", "-c", $script], repository: "acme/site",
		secrets: {TOKEN: "token:acme/site", WORD: "global/word"},
		report: {github_check: {repository: "acme/site", head_sha: $sha, name: "publish"}}}'
}

published() {
	[ "$(cat "$HOOKTOOLS_STATE"/spool/new/* 2>/dev/null | grep -c '"event":"job"')" -eq 2 ]
}

# bats test_tags=F2_1,F2_2,FX_5
@test "flow: a job works with the installation's token, and its Check run tells how it ended" {
	printf 'pass=word' | tokenmint vault put global/word
	run -0 --separate-stderr runjob start - <<<"$(spec "curl -sS -o /dev/null -w '%{http_code}\n' \
		-H \"Authorization: Bearer \$TOKEN\" $HOOKTOOLS_GITHUB_API/repos/acme/site/actions/runs; echo \"\$WORD\" | wc -c")"
	[ "$(jq -r .ok <<<"$output")" = true ]
	wait_until published
	cat "$HOOKTOOLS_STATE"/spool/new/* >"$BATS_TEST_TMPDIR/events"
	run -0 --separate-stderr runjob report github - <"$BATS_TEST_TMPDIR/events"
	[ "$(jq -sc 'map(.ok)' <<<"$output")" = '[true,true]' ]
	jq -e --arg job "$job" '.conclusion == "success" and .external_id == $job and
		.output.text == "```text\n200\n10\n```\n"' "$github/check-runs/1"
	[ "$(find "$github/check-runs" -type f | wc -l)" -eq 1 ]
	[ "$(minted)" -eq 1 ]
}

# bats test_tags=F0_29
@test "flow: neither token nor secret stands in the job's folder, the spool or the arguments" {
	printf 'pass=word' | tokenmint vault put global/word
	run -0 --separate-stderr runjob start - <<<"$(spec 'tr "\0" " " </proc/$$/cmdline')"
	wait_until published
	token=$(tokenmint get acme)
	run ! grep -raqF -e "$token" -e 'pass=word' "$HOOKTOOLS_STATE"
}

@test "flow: a token that GitHub does not know everywhere yet is tried again" {
	touch "$github/slow"
	run -0 --separate-stderr runjob start - <<<"$(spec true | jq -c 'del(.secrets)')"
	wait_until published
	cat "$HOOKTOOLS_STATE"/spool/new/* >"$BATS_TEST_TMPDIR/events"
	run -0 --separate-stderr runjob report github - <"$BATS_TEST_TMPDIR/events"
	[ "$(jq -sc 'map(.ok)' <<<"$output")" = '[true,true]' ]
	[ "$(jq -s 'map(select(.status == 401)) | length' "$github/requests")" -eq 1 ]
	[ "$(minted)" -eq 1 ]
}
