# Loaded by the tests of ghstats behind ../../helper: objects and events as GitHub makes them.
payloads=$top/tests/fixtures/github
# shellcheck disable=SC2034 # used by the tests
db=$HOOKTOOLS_STATE/ghstats.db

# run_body FILTER: the body of a workflow_run webhook, changed by a jq filter.
run_body() {
	jq -c "$1" "$payloads/workflow_run.completed.json"
}

job_body() {
	jq -c "$1" "$payloads/workflow_job.completed.json"
}

# event NAME [PROVIDER]: bodies on stdin become lines of hookevent(5).
event() {
	jq -c --arg event "$1" --arg provider "${2:-github}" '{
		id: "0195b6a0-0000-7000-8000-000000000001", hook: "0195b6a0-0000-4000-8000-000000000001",
		name: "acme/site", provider: $provider, event: $event, delivery: "d",
		received_at: "2026-11-20T23:45:10.123Z", remote: "140.82.115.9", headers: {}, payload: .}'
}

# runs COUNT [FILTER]: the bodies of runs 1 to COUNT, $i is the number; each takes $i seconds.
runs() {
	jq -nc --argjson count "$1" --slurpfile body "$payloads/workflow_run.completed.json" "
		range(1; \$count + 1) as \$i | \$body[0] |
		.workflow_run.id = \$i | .workflow_run.run_number = \$i |
		.workflow_run.created_at = (1790000000 + \$i * 60 | todate) |
		.workflow_run.run_started_at = .workflow_run.created_at |
		.workflow_run.updated_at = (1790000000 + \$i * 61 | todate) | ${2:-.}"
}

ingest() {
	ghstats ingest - >"$BATS_TEST_TMPDIR/replies"
}

# Every row of every table, in the order of its key.
dump() {
	local table
	for table in users repositories workflows workflow_runs jobs local_jobs statistics; do
		echo "$table"
		sqlite3 "${1:-$db}" "SELECT * FROM $table ORDER BY 1, 2"
	done
}

is_sound() {
	[ "$(sqlite3 "$db" 'PRAGMA foreign_key_check; PRAGMA integrity_check')" = ok ]
}
