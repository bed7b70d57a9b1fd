load ../../helper
load helper

# bats test_tags=F4_23,F4_24,F4_25
@test "ghstats: the schema has its tables, foreign keys, indexes and checks" {
	ingest </dev/null
	for table in users repositories workflows workflow_runs jobs local_jobs statistics; do
		[ "$(sqlite3 "$db" "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '$table'")" = 1 ]
	done
	[ "$(sqlite3 "$db" 'SELECT group_concat("table") FROM (SELECT "table" FROM pragma_foreign_key_list('"'workflow_runs'"') ORDER BY 1)')" = \
		'repositories,users,workflows' ]
	for table in workflows jobs statistics; do
		[ "$(sqlite3 "$db" "SELECT count(*) > 0 FROM pragma_foreign_key_list('$table')")" = 1 ]
	done
	for columns in started_ms 'workflow_id,started_ms,status' 'repository_id,started_ms,status' 'status,conclusion'; do
		[ "$(sqlite3 "$db" "SELECT count(*) FROM pragma_index_list('workflow_runs') AS l WHERE
			(SELECT group_concat(name) FROM pragma_index_info(l.name)) = '$columns'")" = 1 ]
	done
	run -19 sqlite3 "$db" "INSERT INTO workflow_runs (id, attempt, status) VALUES (1, 1, 'completed')"
	run -19 sqlite3 "$db" "INSERT INTO workflow_runs (id, attempt, conclusion) VALUES (1, 1, 'success')"
	run -19 sqlite3 "$db" "INSERT INTO workflow_runs (id, attempt) VALUES (0, 1)"
	run -19 sqlite3 "$db" 'PRAGMA foreign_keys = ON; INSERT INTO workflows VALUES (1, 1, NULL, NULL, 0)'
	[ "$(sqlite3 "$db" 'PRAGMA journal_mode; PRAGMA user_version')" = 'wal
3' ]
}

@test "ghstats: filters and groups use the indexes" {
	runs 100 | ingest
	plan() {
		sqlite3 "$db" "EXPLAIN QUERY PLAN SELECT * FROM run_facts WHERE $1" | grep -o 'r USING INDEX [a-z_]*' | head -n 1
	}
	[ "$(plan 'workflow_id = 5 AND at_ms >= 7')" = 'r USING INDEX runs_by_workflow' ]
	[ "$(plan 'at_ms >= 7 AND at_ms < 9')" = 'r USING INDEX runs_by_time' ]
	[ "$(plan "conclusion = 'failure' AND status = 'completed'")" = 'r USING INDEX runs_by_status' ]
}

@test "ghstats: a database of the first version is brought to this one with its rows" {
	sqlite3 "$db" <"$top/tests/fixtures/ghstats/version1.sql"
	[ "$(sqlite3 "$db" 'PRAGMA user_version')" = 1 ]
	run -0 --separate-stderr ghstats report --json
	[ "$(jq -c '[.repository, .workflow, .runs, .succeeded, .p50_ms, .queue_p50_ms]' <<<"$output")" = \
		'["acme/site","CI",2,1,120000,12000]' ]
	[ "$(sqlite3 "$db" 'PRAGMA user_version')" = 3 ]
	run -0 ghstats summarize
	[ "$(sqlite3 "$db" 'SELECT runs FROM statistics')" = 2 ]
	run_body . | ingest
	is_sound
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM workflow_runs')" = 2 ]
}

@test "ghstats: a database of a newer version is left alone" {
	run_body . | ingest
	sqlite3 "$db" 'PRAGMA user_version = 99'
	for command in 'ingest -' report summarize 'serve -l 127.0.0.1:0'; do
		# shellcheck disable=SC2086
		run -78 --separate-stderr ghstats $command </dev/null
		[[ $stderr == *"version 99"* ]]
	done
}
