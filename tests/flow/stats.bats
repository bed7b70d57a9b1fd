load ../helper
load ../bin/ghstats/helper

# bats test_tags=F4_14,F4_22,F4_33
@test "flow: events in the spool go by a route into the statistics, again and again" {
	echo 'include "hooktools"; on("workflow_run", "workflow_job", "job") | stats' >"$HOOKTOOLS_CONF/routes.d/stats.jq"
	runs 50 | hookroute put --event workflow_run
	job_body '.workflow_job.run_id = 7' | hookroute put --event workflow_job
	run_body '.workflow_run.id = 51' | event workflow_run |
		jq -c '.id = "0195b6a0-0000-7000-8000-000000000051"' | hookroute put
	run -0 hookroute drain
	run -0 ghstats report --json
	[ "$(jq -c '[.repository, .workflow, .runs, .success_rate]' <<<"$output")" = '["acme/site","CI",51,1]' ]
	run -0 ghstats jobs --json
	[ "$(jq -c '[.run_id, .workflow]' <<<"$output")" = '[7,"CI"]' ]
	dump >"$BATS_TEST_TMPDIR/want"
	cat "$HOOKTOOLS_STATE"/spool/done/*/* | ingest
	[ "$(sort -u "$BATS_TEST_TMPDIR/replies" | wc -l)" -eq 2 ]
	dump | diff "$BATS_TEST_TMPDIR/want" -
}

@test "flow: what makes no sense to ghstats is set aside with its reason" {
	echo 'include "hooktools"; on("workflow_run") | stats' >"$HOOKTOOLS_CONF/routes.d/stats.jq"
	run_body 'del(.workflow_run.id)' | hookroute put --event workflow_run
	run_body . | hookroute put --event workflow_run
	run hookroute drain
	[ "$(find "$HOOKTOOLS_STATE/spool/dead" -type f ! -name '*.why' | wc -l)" -eq 1 ]
	grep -q 'a workflow run without its id' "$HOOKTOOLS_STATE"/spool/dead/*.why
	run -0 ghstats runs --json
	[ "$(jq -sc 'map(.id)' <<<"$output")" = '[30433642]' ]
}

spooled() {
	[ "$(cat "$HOOKTOOLS_STATE"/spool/new/* 2>/dev/null | grep -c '"event":"job"')" -eq "$1" ]
}

@test "flow: the results of runjob become local jobs" {
	echo 'include "hooktools"; on("job") | stats' >"$HOOKTOOLS_CONF/routes.d/stats.jq"
	run -0 runjob start - <<-'END'
		{"exec":["true"],"name":"good","repository":"acme/site"}
		{"exec":["sh","-c","exit 3"],"name":"bad","repository":"acme/site"}
	END
	wait_until spooled 4
	run -0 hookroute drain
	run -0 ghstats jobs --local --repo acme/site --json
	[ "$(jq -sc 'map([.name, .state, .exit_code]) | sort' <<<"$output")" = '[["bad","failed",3],["good","ok",0]]' ]
	[ "$(jq -s 'map(select(.run_ms == null or .run_ms < 0 or .queue_ms == null)) | length' <<<"$output")" -eq 0 ]
}
