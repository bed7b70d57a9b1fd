load ../helper
load ../bin/hookroute/helper

# What a forge sent, through spool, routes and jobs, and what became of it back again.

log_of() {
	cat "$HOOKTOOLS_STATE"/jobs/*/"$1"/log
}

# The router works off what is there until COMMAND succeeds.
drain_until() {
	hookroute drain 2>>"$BATS_TEST_TMPDIR/log" && "$@"
}

# bats test_tags=FX_30
@test "flow: a job reads the payload as the forge sent it, byte for byte" {
	local payload='{"n":12345678901234567890,"exp":1E+2,"esc":"\u00e9\/","dup":1,"dup":2, "gap" :  [ ] }'
	route a 'include "hooktools"; on("push") | job({exec: ["cat"]}; "payload")'
	event 1 push "$payload" | hookroute put
	run -0 hookroute drain
	run -0 runjob wait "$(delivery 1 a.jq)"
	[ "$(log_of "$(delivery 1 a.jq)")" = "$payload" ]
}

# bats test_tags=FX_29
@test "flow: one route runs the same job for every forge" {
	local forge n=0
	route a 'include "hooktools"; on("push") | branch("main") | repo("acme/*") |
		job({exec: ["echo", commit, branch, actor, repo]})'
	for forge in github gitlab gitea forgejo; do
		n=$((n + 16))
		jq -c --arg id "$(id $n)" '.id = $id' "$top/tests/fixtures/routes/$forge-push/event.json"
	done | hookroute put
	run -0 hookroute drain
	for n in 16 32 48 64; do
		run -0 runjob wait "$(delivery $n a.jq)"
		[ "$(log_of "$(delivery $n a.jq)")" = '7fd1a60b01f91b314f59955a4e4d4e80d8edf11d main fred acme/site' ]
	done
}

@test "flow: a job knows its event and its repository" {
	route a 'include "hooktools"; on("push") | job({exec: ["true"], name: "publish"})'
	event 1 | hookroute put
	run -0 hookroute drain
	run -0 runjob wait "$(delivery 1 a.jq)"
	run -0 runjob show "$(delivery 1 a.jq)"
	jq -e --arg id "$(id 1)" '.name == "publish" and .event_id == $id and .repository == "acme/site"' \
		"$HOOKTOOLS_STATE"/jobs/*/"$(delivery 1 a.jq)"/status.json
}

@test "flow: a pipeline is started by a route" {
	route a 'include "hooktools"; on("push") | pipeline({pipeline: "site", tasks: [
		{id: "build", exec: ["echo", commit // "none"]},
		{id: "ship", exec: ["true"], needs: {build: "success"}}]})'
	event 1 | hookroute put
	run -0 hookroute drain
	run -0 runjob wait "$(delivery 1 a.jq)"
	jq -e '.state == "ok"' "$HOOKTOOLS_STATE"/jobs/*/"$(delivery 1 a.jq)"/status.json
}

@test "flow: a route sets off a registered pipeline, once" {
	echo '{"pipeline":"site","parameters":{"BRANCH":null},"tasks":[{"id":"say","exec":["sh","-c","echo $PARAM_BRANCH"]}]}' |
		runjob pipeline register
	runjob pipeline deploy site
	route a 'include "hooktools"; on("push") | pipeline({pipeline: "site", parameters: {BRANCH: (branch // "none")}})'
	event 1 | hookroute put
	run -0 hookroute drain
	run -0 runjob wait "$(delivery 1 a.jq)"
	[ "$(runjob pipeline runs site | jq -c '[.id, .version, .state]')" = "[\"$(delivery 1 a.jq)\",1,\"ok\"]" ]
	[ "$(runjob show "$(delivery 1 a.jq)" | jq -r .event_id)" = "$(id 1)" ]
	run -0 runjob tail "$(runjob list | jq -r 'select(.name == "site/say").id')"
	[ "$output" = "$(event 1 | jq -r '.payload.ref // "none" | ltrimstr("refs/heads/")')" ]
}

@test "flow: a job's result comes back as an event and is routed" {
	route a 'include "hooktools"; on("push") | job({exec: ["false"], name: "publish"})'
	route b 'include "hooktools"; on("job") | action("completed") | select(.provider == "hooktools") |
		to("results"; {state: .payload.job.state, code: .payload.job.exit_code, repository: repo, of: .payload.job.event_id})'
	good_consumer results
	event 1 | hookroute put
	run -0 hookroute drain
	run ! runjob wait "$(delivery 1 a.jq)"
	wait_until drain_until test -s "$BATS_TEST_TMPDIR/got.results"
	got results | jq -e --arg id "$(id 1)" \
		'.state == "failed" and .code == 1 and .repository == "acme/site" and .of == $id'
	[ "$(got results | wc -l)" -eq 1 ]
}

@test "flow: a job that is specified wrongly is given up with the reason" {
	route a 'include "hooktools"; on("push") | job({exec: ["true"], grup: "x"})'
	event 1 | hookroute put
	run -0 hookroute drain
	jq -e '.error | test("grup")' "$spool/dead/$(id 1).why"
}
