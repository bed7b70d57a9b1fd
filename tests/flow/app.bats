load ../helper
load ../fake/helper
load ../bin/hookroute/helper

# An app's life through spool and routes: installed, pushed to, taken away again.

sha=7fd1a60b01f91b314f59955a4e4d4e80d8edf11d

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
	export HOOKTOOLS_RETRY=1h
	cp "$top"/share/doc/examples/routes/{tokens,checks,statistics}.jq "$HOOKTOOLS_CONF/routes.d/"
	# shellcheck disable=SC2016 # $TOKEN is the job's
	route push 'include "hooktools"; on("push") | branch("main") |
		job({exec: ["/bin/sh", "-c", "curl -sS -o /dev/null -w %{http_code} -H \"Authorization: Bearer $TOKEN\" \"$API/repos/acme/site/actions/runs\""],
			name: "publish", env: {API: "'"$HOOKTOOLS_GITHUB_API"'"}, secrets: {TOKEN: "token:\(repo)"},
			report: {github_check: {repository: repo, head_sha: commit, name: "publish"}}})'
}

teardown() {
	stop_servers
}

# fixture CASE N [CHANGE]: its event as the Nth.
fixture() {
	jq -c --arg id "$(id "$2")" ".id = \$id | ${3:-.}" "$top/tests/fixtures/routes/$1/event.json"
}

work_off() {
	run -0 hookroute drain
	[ "$(files new)$(files cur)$(files defer)$(files dead)" = 0000 ]
}

reported() {
	hookroute drain 2>/dev/null && jq -e '.status == "completed"' "$github/check-runs/1"
}

# bats test_tags=F1_2,F1_3,F1_5
@test "flow: an installation makes a secret and takes it away, through spool and routes" {
	fixture github-installation 1 | hookroute put
	work_off
	run -0 tokenmint vault get installation/42
	[[ $output == ghs_* ]]
	fixture github-installation 2 '.payload.action = "deleted"' | hookroute put
	work_off
	run -1 tokenmint vault get installation/42
}

# bats test_tags=F1_6,F1_12
@test "flow: a push runs a job with the installation's token, and the commit shows how it went" {
	{
		fixture github-installation 1
		fixture github-ping 2
		fixture github-push 16
	} | hookroute put
	# The job's own events come while the others are worked off.
	run -0 hookroute drain
	[ "$(files defer)$(files dead)" = 00 ]
	wait_until reported
	[ "$(cat "$HOOKTOOLS_STATE"/jobs/*/"$(delivery 16 push.jq)"/log)" = 200 ]
	jq -e --arg sha "$sha" --arg job "$(delivery 16 push.jq)" '.head_sha == $sha and .external_id == $job and
		.name == "publish" and .conclusion == "success"' "$github/check-runs/1"
	[ "$(find "$github/check-runs" -type f | wc -l)" -eq 1 ]
}

# bats test_tags=F0_11
@test "flow: one event for each delivery, and whoever has subscribed gets it" {
	route x 'include "hooktools"; on("ping") | to("x")'
	route y 'include "hooktools"; on("ping", "push") | to("y")'
	good_consumer x
	good_consumer y
	fixture github-ping 1 | hookroute put
	work_off
	[ "$(got x)" = "$(fixture github-ping 1)" ]
	[ "$(got y)" = "$(fixture github-ping 1)" ]
}
