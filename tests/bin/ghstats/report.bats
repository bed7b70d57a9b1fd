load ../../helper
load helper

# figures FILTER: one report line, as the filter says.
figures() {
	jq -c "$1" <<<"$output"
}

# bats test_tags=FX_18,F4_3
@test "ghstats: percentiles are those of the nearest rank" {
	# Durations of 1 to 10 minutes, shuffled: p50 is the 5th, p90 the 9th, p95 and p99 the 10th.
	for i in 7 3 10 1 5 9 2 8 4 6; do
		run_body ".workflow_run |= (.id = $i | .updated_at = (.run_started_at | fromdate + 60 * $i | todate))"
	done | ingest
	run -0 ghstats report --json
	[ "$(figures '[.timed, .p50_ms, .p90_ms, .p95_ms, .p99_ms, .mean_ms, .max_ms]')" = \
		'[10,300000,540000,600000,600000,330000,600000]' ]
	# 100 of 1 to 100 seconds: the percentile is its own number.
	rm -f "$db"*
	runs 100 | ingest
	run -0 ghstats report --json
	[ "$(figures '[.timed, .p50_ms, .p90_ms, .p95_ms, .p99_ms, .mean_ms, .max_ms]')" = \
		'[100,50000,90000,95000,99000,50500,100000]' ]
	# Of one and of two.
	run -0 ghstats report --json --to 2026-09-21T14:15:00Z
	[ "$(figures '[.timed, .p50_ms, .p99_ms]')" = '[1,1000,1000]' ]
	run -0 ghstats report --json --to 2026-09-21T14:16:00Z
	[ "$(figures '[.timed, .p50_ms, .p90_ms]')" = '[2,1000,2000]' ]
}

# bats test_tags=F2_60,F4_3
@test "ghstats: the success rate counts what succeeded and what failed, and nothing else" {
	id=0
	for conclusion in success success success failure timed_out startup_failure cancelled skipped \
		neutral stale action_required; do
		id=$((id + 1))
		run_body ".workflow_run |= (.id = $id | .conclusion = \"$conclusion\")"
	done | ingest
	run_body '.workflow_run |= (.id = 50 | .status = "in_progress" | .conclusion = null)' | ingest
	run -0 ghstats report --json
	[ "$(figures '[.runs, .completed, .succeeded, .failed, .success_rate, .timed]')" = '[12,11,3,3,0.5,6]' ]
	run -0 ghstats report --json --status cancelled
	[ "$(figures '[.runs, .succeeded, .failed, .success_rate, .timed, .p50_ms]')" = '[1,0,0,null,0,null]' ]
	run -0 ghstats report --json --status in_progress
	[ "$(figures '[.runs, .completed]')" = '[1,0]' ]
}

# bats test_tags=FX_18
@test "ghstats: each attempt counts, and the queue is the wait for its first job" {
	{
		run_body .
		run_body '.workflow_run |= (.run_attempt = 2 | .run_started_at = "2026-11-21T08:00:00Z" |
			.updated_at = "2026-11-21T08:00:30Z")'
		job_body .
		job_body '.workflow_job |= (.id = 5 | .started_at = "2026-11-20T19:34:00Z")'
		job_body '.workflow_job |= (.id = 6 | .run_attempt = 2 | .started_at = "2026-11-21T08:00:20Z")'
	} | ingest
	run -0 ghstats runs --json
	[ "$(jq -sc 'map([.attempt, .run_ms, .queue_ms])' <<<"$output")" = '[[2,30000,20000],[1,120000,12000]]' ]
	run -0 ghstats report --by day --json
	[ "$(jq -sc 'map([.day, .runs, .queue_p50_ms])' <<<"$output")" = '[["2026-11-20",1,12000],["2026-11-21",1,20000]]' ]
}

# bats test_tags=FX_18,F4_9
@test "ghstats: groups by workflow, repository, branch, actor, event, job, label, day and week" {
	{
		runs 4 '.workflow_run.head_branch = "b\($i % 2)" | .workflow_run.event = "e\($i % 2)" |
			.workflow_run.actor = {id: (1 + $i % 2), login: "a\($i % 2)"} |
			.workflow_run.workflow_id = 5 + $i % 2 | .workflow.name = "W\($i % 2)" |
			.workflow_run.run_started_at = (1790000000 + $i * 86400 * 3 | todate) |
			.workflow_run.updated_at = (1790000000 + $i * 86400 * 3 + 60 | todate)'
		run_body '.workflow_run |= (.id = 9 | .head_branch = null | .actor = null | .workflow_id = 7) |
			.workflow.name = "Other" | .repository |= (.id = 8 | .full_name = "acme/other")'
		job_body '.workflow_job |= (.id = 1 | .run_id = 1 | .name = "test")'
		job_body '.workflow_job |= (.id = 2 | .run_id = 2 | .name = "build")'
	} | ingest
	[ "$(ghstats report --json | jq -sc 'map([.repository, .workflow_id, .workflow, .runs])')" = \
		'[["acme/site",5,"W0",2],["acme/site",6,"W1",2],["acme/other",7,"Other",1]]' ]
	[ "$(ghstats report -j --by repository | jq -sc 'map([.repository, .runs])')" = '[["acme/other",1],["acme/site",4]]' ]
	[ "$(ghstats report -j --by branch | jq -sc 'map([.branch, .runs])')" = '[[null,1],["b0",2],["b1",2]]' ]
	[ "$(ghstats report -j --by actor | jq -sc 'map([.actor, .runs])')" = '[[null,1],["a0",2],["a1",2]]' ]
	[ "$(ghstats report -j --by event | jq -sc 'map([.event, .runs])')" = '[["e0",2],["e1",2],["push",1]]' ]
	[ "$(ghstats report -j --by job | jq -sc 'map([.job, .runs, .p50_ms])')" = '[["build",1,102000],["test",1,102000]]' ]
	[ "$(ghstats report -j --by label | jq -sc 'map([.label, .runs])')" = '[["ubuntu-latest x64",2]]' ]
	[ "$(ghstats report -j --by day | jq -sc 'map(.day)')" = \
		'["2026-09-24","2026-09-27","2026-09-30","2026-10-03","2026-11-20"]' ]
	[ "$(ghstats report -j --by week | jq -sc 'map([.week, .runs])')" = \
		'[["2026-09-21",2],["2026-09-28",2],["2026-11-16",1]]' ]
}

# bats test_tags=F4_9
@test "ghstats: filters narrow down, alone and together" {
	runs 6 '.workflow_run.head_branch = (if $i > 3 then "main" else "x" end) |
		.workflow_run.event = (if $i % 2 == 0 then "push" else "schedule" end) |
		.workflow_run.actor = {id: $i, login: "User\($i)"} | .workflow_run.workflow_id = 100 + $i |
		.workflow.name = "name \($i)" | .workflow.path = ".github/workflows/w\($i).yml" |
		.workflow_run.conclusion = (if $i == 6 then "failure" else "success" end)' | ingest
	ids() { ghstats runs --json "$@" | jq -sc 'map(.id)'; }
	[ "$(ids --branch main)" = '[6,5,4]' ]
	[ "$(ids --branch main --event push)" = '[6,4]' ]
	[ "$(ids --branch main --event push --status success)" = '[4]' ]
	[ "$(ids --actor user2)" = '[2]' ]
	[ "$(ids --workflow 103)" = '[3]' ]
	[ "$(ids --workflow 'name 2')" = '[2]' ]
	[ "$(ids --workflow w4.yml)" = '[4]' ]
	[ "$(ids --workflow .github/workflows/w4.yml)" = '[4]' ]
	[ "$(ids --workflow 4.yml)" = '[]' ]
	[ "$(ids --repo ACME/Site)" = '[6,5,4,3,2,1]' ]
	[ "$(ids --repo acme/other)" = '[]' ]
	# Run i started at 14:13:20 and i minutes.
	[ "$(ids --from 2026-09-21T14:16:20Z)" = '[6,5,4,3]' ]
	[ "$(ids --from 2026-09-21T16:16:20+02:00 --to 2026-09-21T14:18:20Z)" = '[4,3]' ]
	[ "$(ids --from 2026-09-21 --to 2026-09-21)" = '[6,5,4,3,2,1]' ]
	[ "$(ids --to 2026-09-20)" = '[]' ]
}

@test "ghstats: a time may be so long ago" {
	for days in 0 2 4; do
		run_body ".workflow_run |= (.id = 50 + $days | .run_started_at = \"$(date -u -d "$days days ago" +%FT%TZ)\")"
	done | ingest
	run -0 ghstats runs --json --from 3d
	[ "$(jq -sc 'map(.id)' <<<"$output")" = '[52,50]' ]
	run -0 ghstats runs --json --from 100h --to 1d
	[ "$(jq -sc 'map(.id)' <<<"$output")" = '[54,52]' ]
}

@test "ghstats: a renamed repository keeps its number and its history" {
	run_body . | ingest
	run_body '.repository.full_name = "acme/new" | .workflow_run |= (.id = 5 | .updated_at = "2026-11-21T00:00:00Z")' | ingest
	run_body '.workflow_run.id = 6' | ingest
	run -0 ghstats report --by repository --json
	[ "$(jq -c '[.repository, .runs]' <<<"$output")" = '["acme/new",3]' ]
	run -0 ghstats runs --json --repo acme/site
	[ -z "$output" ]
}

# bats test_tags=F4_21,F4_23,F4_33
@test "ghstats: the table of statistics is current after ingest, and summarize makes the same" {
	runs 50 '.workflow_run.workflow_id = 1 + $i % 3 |
		.workflow_run.run_started_at = (1790000000 + $i * 9000 | todate) |
		.workflow_run.updated_at = (1790000000 + $i * 9100 | todate)' >"$BATS_TEST_TMPDIR/runs"
	ingest <"$BATS_TEST_TMPDIR/runs"
	# Run 1 moves to another day.
	sed -n 1p "$BATS_TEST_TMPDIR/runs" |
		jq -c '.workflow_run |= (.run_started_at = "2026-10-30T10:00:00Z" | .updated_at = "2026-10-30T10:01:00Z")' | ingest
	sqlite3 "$db" 'SELECT * FROM statistics' >"$BATS_TEST_TMPDIR/kept"
	[ "$(sqlite3 "$db" 'SELECT sum(runs) FROM statistics')" -eq 50 ]
	sqlite3 "$db" 'UPDATE statistics SET runs = 99; DELETE FROM statistics WHERE workflow_id = 2;
		INSERT INTO statistics SELECT workflow_id, 5, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0 FROM statistics LIMIT 1'
	for _ in 1 2; do
		run -0 ghstats summarize
		[ -z "$output" ]
		sqlite3 "$db" 'SELECT * FROM statistics' | diff "$BATS_TEST_TMPDIR/kept" -
	done
}

@test "ghstats: nothing ingested is status 1, an empty database no rows" {
	for command in report runs jobs workflows; do
		run -1 --separate-stderr ghstats "$command"
		[ -z "$output" ]
		[[ $stderr == *"nothing was ingested yet"* ]]
	done
	ingest </dev/null
	run -0 --separate-stderr ghstats report
	[ -z "$output" ]
	run -0 ghstats report -f table
	[[ $output == REPOSITORY* ]]
}
