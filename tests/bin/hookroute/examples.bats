load ../../helper

examples=$top/share/doc/examples/routes
fixtures=$top/tests/fixtures/routes

# routed CASE: what the example routes make of it.
routed() {
	run -0 --separate-stderr hookroute filter --routes "$examples" <"$fixtures/$1/event.json"
	jq -c '[.route, .to, .with]' <<<"$output"
}

@test "examples: a push publishes, with the payload on its standard input" {
	[ "$(routed github-push)" = '["publish.jq","runjob","payload"]' ]
	jq -e '.send.exec == ["/usr/local/bin/publish", "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d"]' <<<"$output"
	[ -z "$(routed github-tag)" ]
	[ -z "$(routed github-branch-deleted)" ]
}

# bats test_tags=FX_29
@test "examples: the same route publishes from every forge" {
	local forge
	for forge in github gitlab gitea forgejo; do
		[ "$(routed $forge-push)" = '["publish.jq","runjob","payload"]' ]
		jq -e '.send | .exec[1] == "7fd1a60b01f91b314f59955a4e4d4e80d8edf11d" and
			.report.github_check.repository == "acme/site"' <<<"$output"
	done
}

# bats test_tags=F1_12
@test "examples: an installation goes to tokenmint, a ping nowhere" {
	[ "$(routed github-installation)" = '["tokens.jq","tokenmint","event"]' ]
	[ -z "$(routed github-ping)" ]
}

@test "examples: runs and jobs are counted" {
	[ "$(routed github-workflow-run)" = '["statistics.jq","ghstats","event"]' ]
	[ "$(routed github-workflow-job)" = '["statistics.jq","ghstats","event"]' ]
}

@test "examples: a job's result is reported and counted" {
	[ "$(routed hooktools-job)" = '["checks.jq","report","event"]
["statistics.jq","ghstats","event"]' ]
}

@test "consumers.d: the installed ones are whole" {
	local file
	for file in "$top"/share/consumers.d/*.json; do
		jq -e '(.exec | length > 0 and all(type == "string")) and .in_flight >= 1' "$file"
	done
	[ "$(ls "$top/share/consumers.d")" = 'emit.json
forward.json
ghstats.json
mail.json
notify.json
plugin.json
report.json
runjob.json
tokenmint.json' ]
}
