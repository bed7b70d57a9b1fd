load ../../helper
load helper

setup() {
	input=$BATS_TEST_TMPDIR/input
}

# bats test_tags=F4_14,F4_22,F4_33
@test "ghstats: an event becomes rows, and the statistics follow" {
	{
		run_body . | event workflow_run
		job_body . | event workflow_job
	} >"$input"
	run -0 --separate-stderr ghstats ingest - <"$input"
	[ "$output" = '{"ok":true,"workflow_runs":1}
{"ok":true,"jobs":1}' ]
	[ -z "$stderr" ]
	run -0 ghstats runs --json
	[ "$(jq -c '[.id, .attempt, .number, .repository, .workflow_id, .workflow, .title, .branch, .event,
		.actor, .status, .conclusion, .started_at, .run_ms, .queue_ms, .anomalies]' <<<"$output")" = \
		'[30433642,1,562,"acme/site",159038,"CI","Update README.md","main","push","octocat","completed","success","2026-11-20T19:33:08.000Z",120000,12000,0]' ]
	run -0 ghstats jobs --json
	[ "$(jq -c '[.id, .run_id, .job, .branch, .event, .actor, .runner, .labels, .conclusion, .run_ms, .queue_ms]' <<<"$output")" = \
		'[2832853555,30433642,"build","main","push","octocat","GitHub Actions 3","ubuntu-latest x64","success",102000,11000]' ]
	[ "$(sqlite3 "$db" "SELECT workflow_id, date(day * 86400, 'unixepoch'), runs, succeeded, p50_ms, queue_p50_ms FROM statistics")" = \
		'159038|2026-11-20|1|1|120000|12000' ]
	is_sound
}

@test "ghstats: bodies, objects of the API and its pages say the same as events" {
	run_body . | event workflow_run | ingest
	job_body . | event workflow_job | ingest
	dump >"$BATS_TEST_TMPDIR/want"
	for form in bodies objects pages; do
		rm -f "$db"*
		case $form in
		bodies) { run_body . && job_body .; } >"$input" ;;
		objects) { run_body '.workflow_run | .path += "@main"' && job_body .workflow_job; } >"$input" ;;
		pages)
			run_body '{total_count: 1, workflow_runs: [.workflow_run]}' >"$input"
			job_body '{total_count: 1, jobs: [.workflow_job]}' >>"$input"
			;;
		esac
		ingest <"$input"
		run -0 cat "$BATS_TEST_TMPDIR/replies"
		[ "$output" = '{"ok":true,"workflow_runs":1}
{"ok":true,"jobs":1}' ]
		dump | diff "$BATS_TEST_TMPDIR/want" -
	done
}

@test "ghstats: a result of runjob is kept as a local job" {
	jq -nc '{action: "completed", job: {id: "0195b6a0-1111-7000-8000-000000000001", name: "publish",
		owner: "f", state: "failed", exit_code: 3, signal: null, reason: "exit status 3",
		created_at: "2026-11-20T10:00:00.000Z", started_at: "2026-11-20T10:00:02.500Z",
		finished_at: "2026-11-20T10:01:02.500Z", node: "n1", event_id: "e", repository: "acme/site",
		report: null, log: "/x"}}' >"$BATS_TEST_TMPDIR/done"
	{
		event job hooktools <"$BATS_TEST_TMPDIR/done"
		jq -c '.action = "started" | .job.state = "running" | .job.finished_at = null' "$BATS_TEST_TMPDIR/done" |
			event job hooktools
		event job <"$BATS_TEST_TMPDIR/done"
	} >"$input"
	run -0 ghstats ingest - <"$input"
	[ "$output" = '{"ok":true,"local_jobs":1}
{"ok":true,"local_jobs":1}
{"ok":true,"ignored":true}' ]
	run -0 ghstats jobs --local --repo ACME/site --status failed --json
	[ "$(jq -c '[.name, .state, .exit_code, .run_ms, .queue_ms]' <<<"$output")" = '["publish","failed",3,60000,2500]' ]
	run -0 ghstats jobs --local --status ok
	[ -z "$output" ]
}

@test "ghstats: events that are none of its business are ignored" {
	{
		echo '{"zen":"Speak."}' | event ping
		echo '{"ref":"refs/heads/main"}' | event push
		run_body . | event workflow_run gitlab
		echo null | event tick hooktools
	} >"$input"
	run -0 --separate-stderr ghstats ingest <"$input"
	[ "$(sort -u <<<"$output")" = '{"ok":true,"ignored":true}' ]
	[ "$(wc -l <<<"$output")" -eq 4 ]
	[ "$(dump | grep -c '|')" -eq 0 ]
}

# bats test_tags=F2_56
@test "ghstats: a bad line is permanent and spoils no neighbour" {
	{
		echo '{'
		run_body '.workflow_run.id = 1' | event workflow_run
		echo
		echo '[1,2]'
		echo '{"x":1}'
		echo '{"action":"completed"}' | event workflow_run
		run_body 'del(.workflow_run.id)' | event workflow_run
		run_body '.workflow_run.id = "1"' | event workflow_run
		run_body '.workflow_run.id = 99999999999999999999' | event workflow_run
		run_body '.workflow_run.id = -5' | event workflow_run
		run_body 'del(.repository, .workflow_run.repository)' | event workflow_run
		run_body '.workflow_run |= del(.created_at, .updated_at, .run_started_at)' | event workflow_run
		job_body 'del(.workflow_job.run_id)' | event workflow_job
		printf '{"workflow_run":{"name":"\377"}}\n'
		run_body '.workflow_run.id = 2' | event workflow_run
		echo '{"workflow_runs":[1,null,{}]}'
		run_body '{workflow_runs: [1, (.workflow_run | .id = 3), {id: 9}]}'
		run_body '.workflow_run |= (.id = 4 | .actor = null | .head_branch = null | .display_title = {} | .conclusion = 7)'
	} >"$input"
	run -0 --separate-stderr ghstats ingest <"$input"
	[ "$(jq -sc 'map(.error.kind // .refused // .workflow_runs)' <<<"$output")" = \
		'["permanent",1,"permanent","permanent","permanent","permanent","permanent","permanent","permanent","permanent","permanent","permanent","permanent","permanent",1,"permanent",2,1]' ]
	[ "$(grep -c '^ghstats: line refused: ' <<<"$stderr")" -eq 14 ]
	[ "$(sqlite3 "$db" 'SELECT id FROM workflow_runs ORDER BY id' | tr '\n' ,)" = 1,2,3,4, ]
	is_sound
}

@test "ghstats: 25 MB of payload pass, a longer line than 32 MB is refused alone" {
	head -c 25000000 /dev/zero | tr '\0' x >"$BATS_TEST_TMPDIR/filler"
	{
		run_body . | event workflow_run
		printf '{"filler":"'
		cat "$BATS_TEST_TMPDIR/filler" "$BATS_TEST_TMPDIR/filler"
		printf '"}\n'
		run_body . | tr -d '\n' | sed 's/}$/,"filler":"/'
		cat "$BATS_TEST_TMPDIR/filler"
		printf '"}\n'
	} >"$input"
	run -0 --separate-stderr ghstats ingest <"$input"
	[ "$(jq -sc 'map(.error.kind // .workflow_runs)' <<<"$output")" = '[1,"permanent",1]' ]
}

# What befalls runs 1 to 3, in two attempts, with jobs, a renamed repository, a
# renamed actor, and pairs of events that only their texts tell apart.
make_story() {
	local run attempt state at=0
	for run in 1 2 3; do
		for attempt in 1 2; do
			for state in requested queued in_progress completed late skewed; do
				at=$((at + 7))
				run_body ".workflow_run |= (.id = $run | .run_attempt = $attempt | .status = \"$state\" |
					.updated_at = (1790000000 + $at | todate) | .conclusion = null |
					.run_started_at = (1790000000 + $attempt | todate) |
					if \"$state\" == \"completed\" then .conclusion = \"failure\"
					elif \"$state\" == \"late\" then .status = \"completed\" | .conclusion = \"success\" |
						.updated_at = (1790000000 + $at - 7 | todate) | .head_branch = \"zeta\"
					elif \"$state\" == \"skewed\" then .status = \"completed\" | .conclusion = \"success\" |
						.updated_at = \"2020-01-01T00:00:00Z\"
					else . end) |
					if $at > 100 then .repository.full_name = \"acme/renamed\" |
						.workflow_run.actor.login = \"Octo\" | .workflow.name = \"CI 2\" else . end" |
					event workflow_run
				[ "$state" = late ] || [ "$state" = skewed ] || [ "$state" = requested ] ||
					job_body ".workflow_job |= (.id = $run * 10 + $attempt | .run_id = $run |
						.run_attempt = $attempt | .status = \"$state\" |
						.created_at = \"2026-09-01T10:00:00Z\" | .started_at = \"2026-09-01T10:00:10Z\" |
						.completed_at = \"2026-09-01T10:01:00Z\" |
						if \"$state\" == \"completed\" then . else .conclusion = null | .completed_at = null end)" |
						event workflow_job
			done
		done
	done
	# Only a job is known of this one.
	job_body '.workflow_job |= (.run_id = 77 | .id = 77 | .created_at = null | .started_at = null |
		.completed_at = null)' | event workflow_job
	job_body '.workflow_job | .run_id = 78 | .id = 78'
	job_body '.workflow_job | .run_id = 1 | .id = 79'
}

# bats test_tags=FX_20,F4_16
@test "ghstats: events in any order, twice and late, give the same rows" {
	make_story >"$input"
	ingest <"$input"
	dump >"$BATS_TEST_TMPDIR/want"
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM workflow_runs WHERE status IS NOT NULL')" -eq 6 ]
	[ "$(sqlite3 "$db" 'SELECT name FROM repositories')" = acme/renamed ]
	for seed in 1 2 3 4 5 6 7 8 reverse one_by_one; do
		rm -f "$db"*
		case $seed in
		reverse) tac "$input" | ingest ;;
		one_by_one)
			while read -r line; do ghstats ingest <<<"$line"; done < <(head -n 20 "$input") >/dev/null
			ingest <"$input"
			;;
		*)
			cat "$input" "$input" | shuf --random-source=<(yes "$seed") >"$BATS_TEST_TMPDIR/shuffled"
			ingest <"$BATS_TEST_TMPDIR/shuffled"
			;;
		esac
		run -0 sort -u <(jq -c .ok "$BATS_TEST_TMPDIR/replies")
		[ "$output" = true ]
		dump | diff "$BATS_TEST_TMPDIR/want" -
		is_sound
	done
	run -0 ghstats summarize
	dump | diff "$BATS_TEST_TMPDIR/want" -
}

@test "ghstats: times that contradict each other are 0 and counted, never negative" {
	{
		run_body '.workflow_run |= (.id = 1 | .updated_at = "2026-11-20T19:33:00Z")'
		run_body '.workflow_run |= (.id = 2 | .run_started_at = "2026-11-20T19:00:00Z")'
		run_body '.workflow_run |= (.id = 3 | .run_started_at = null)'
		run_body '.workflow_run |= (.id = 4 | .conclusion = null)'
		run_body '.workflow_run |= (.id = 5 | .created_at = "0001-01-01T00:00:00Z" | .updated_at = "soon")'
		run_body '.workflow_run.id = 6'
		job_body '.workflow_job |= (.id = 1 | .run_id = 6 | .started_at = "2026-11-20T19:00:00Z")'
		job_body '.workflow_job |= (.id = 2 | .run_id = 6 | .completed_at = "2026-11-20T19:00:00Z")'
		job_body '.workflow_job |= (.id = 3 | .run_id = 6 | .status = "queued" | .conclusion = null | .completed_at = null)'
	} >"$input"
	ingest <"$input"
	run -0 jq -c .ok "$BATS_TEST_TMPDIR/replies"
	[ "$(sort -u <<<"$output")" = true ]
	run -0 ghstats runs --json
	[ "$(jq -sc 'map([.id, .run_ms, .anomalies])' <<<"$output")" = \
		'[[6,120000,0],[5,0,1],[4,120000,1],[3,120000,1],[2,2108000,1],[1,0,1]]' ]
	run -0 ghstats jobs --json
	[ "$(jq -sc 'map([.id, .run_ms, .queue_ms, .anomalies])' <<<"$output")" = \
		'[[3,null,null,0],[2,0,11000,1],[1,2102000,0,1]]' ]
	run -0 ghstats report --json
	[ "$(jq -c '[.runs, .succeeded, .anomalies, .timed]' <<<"$output")" = '[6,5,5,5]' ]
	[ "$(jq '[.. | numbers | select(. < 0)] | length' <<<"$output")" -eq 0 ]
}

# bats test_tags=F4_26
@test "ghstats: four that ingest at once lose nothing" {
	runs 2000 >"$input"
	split -n r/4 "$input" "$BATS_TEST_TMPDIR/part."
	pids=()
	for part in aa ab ac ad; do
		ghstats ingest <"$BATS_TEST_TMPDIR/part.$part" >"$BATS_TEST_TMPDIR/replies.$part" 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do wait "$pid"; done
	[ "$(cat "$BATS_TEST_TMPDIR"/replies.* | sort | uniq -c | sed 's/^ *//')" = '2000 {"ok":true,"workflow_runs":1}' ]
	dump >"$BATS_TEST_TMPDIR/got"
	rm -f "$db"*
	ingest <"$input"
	dump | diff "$BATS_TEST_TMPDIR/got" -
}

@test "ghstats: killed in the middle and repeated, it has the same rows" {
	runs 3000 >"$input"
	ingest <"$input"
	dump >"$BATS_TEST_TMPDIR/want"
	rm -f "$db"*
	for _ in 1 2 3; do
		mkfifo "$BATS_TEST_TMPDIR/out"
		ghstats ingest <"$input" >"$BATS_TEST_TMPDIR/out" 3>&- &
		consumer=$!
		exec 9<"$BATS_TEST_TMPDIR/out"
		read -rt 20 reply <&9
		[ "$reply" = '{"ok":true,"workflow_runs":1}' ]
		kill -9 "$consumer"
		wait "$consumer" || [ $? -eq 137 ]
		exec 9<&-
		rm "$BATS_TEST_TMPDIR/out"
		is_sound
		# What was answered is there.
		[ "$(sqlite3 "$db" 'SELECT count(*) FROM workflow_runs')" -ge 1 ]
	done
	ingest <"$input"
	dump | diff "$BATS_TEST_TMPDIR/want" -
}

open_pipe() {
	mkfifo "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	ghstats ingest - <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out" 2>/dev/null 3>&- &
	consumer=$!
	exec 8>"$BATS_TEST_TMPDIR/in" 9<"$BATS_TEST_TMPDIR/out"
}

@test "ghstats: half a line keeps no reply back and nobody out" {
	open_pipe
	run_body . >&8
	run_body . | tr -d '\n' | head -c 100 >&8
	read -rt 20 reply <&9
	[ "$reply" = '{"ok":true,"workflow_runs":1}' ]
	run -0 ghstats ingest <<<"$(run_body '.workflow_run.id = 5')"
	run_body . | tr -d '\n' | tail -c +101 >&8
	echo >&8
	read -rt 20 reply <&9
	[ "$reply" = '{"ok":true,"workflow_runs":1}' ]
	exec 8>&- 9<&-
	wait "$consumer"
}

@test "ghstats: SIGTERM ends it with what was answered stored" {
	open_pipe
	run_body . >&8
	read -rt 20 reply <&9
	[ "$reply" = '{"ok":true,"workflow_runs":1}' ]
	kill -TERM "$consumer"
	wait "$consumer"
	exec 8>&- 9<&-
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM workflow_runs')" -eq 1 ]
}

@test "ghstats: a full disk is temporary, and the same lines later are stored" {
	run_body '.workflow_run.id = 4000' | ingest
	runs 300 >"$input"
	sed -i '7s/.*/{"x":1}/' "$input"
	limited() {
		trap '' XFSZ
		ulimit -f 100
		ghstats ingest <"$input"
	}
	run -0 --separate-stderr limited
	[ "$(jq -r .error.kind <<<"$output" | sort | uniq -c | sed 's/^ *//')" = '1 permanent
299 temporary' ]
	is_sound
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM workflow_runs')" -eq 1 ]
	ingest <"$input"
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM workflow_runs')" -eq 300 ]
}

@test "ghstats: a database that stays locked is temporary" {
	run_body . | ingest
	mkfifo "$BATS_TEST_TMPDIR/sql"
	sqlite3 "$db" <"$BATS_TEST_TMPDIR/sql" >"$BATS_TEST_TMPDIR/locked" 3>&- &
	holder=$!
	exec 8>"$BATS_TEST_TMPDIR/sql"
	echo 'BEGIN IMMEDIATE; SELECT 1;' >&8
	wait_until test -s "$BATS_TEST_TMPDIR/locked"
	ghstats summarize 2>"$BATS_TEST_TMPDIR/summarize" 8>&- 3>&- &
	summarizer=$!
	run -0 --separate-stderr ghstats ingest <<<"$(run_body '.workflow_run.id = 2')"
	[ "$(jq -r .error.kind <<<"$output")" = temporary ]
	summarized=0
	wait "$summarizer" || summarized=$?
	[ "$summarized" -eq 75 ]
	grep -q locked "$BATS_TEST_TMPDIR/summarize"
	# Readers are not kept out.
	run -0 ghstats runs --json
	[ "$(jq .id <<<"$output")" = 30433642 ]
	exec 8>&-
	wait "$holder"
	run -0 ghstats ingest <<<"$(run_body '.workflow_run.id = 2')"
	[ "$output" = '{"ok":true,"workflow_runs":1}' ]
}

@test "ghstats: 10,000 runs are stored and answered in order" {
	runs 10000 | event workflow_run >"$input"
	sed -i '5000s/.*/{/' "$input"
	run -0 --separate-stderr ghstats ingest <"$input"
	[ "${#lines[@]}" -eq 10000 ]
	[ "$(grep -n permanent <<<"$output" | cut -d: -f1)" = 5000 ]
	[ "$(sqlite3 "$db" 'SELECT count(*) FROM workflow_runs')" -eq 9999 ]
	[ "$(sqlite3 "$db" 'SELECT sum(runs) FROM statistics')" -eq 9999 ]
}
