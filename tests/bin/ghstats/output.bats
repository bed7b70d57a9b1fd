load ../../helper
load helper

@test "ghstats: a table on a terminal, JSON in a pipe" {
	run_body '.workflow_run |= (.head_branch = "grün" | .updated_at = "2026-11-20T21:40:08Z")' | ingest
	run -0 script -qec 'ghstats report' /dev/null
	[[ ${lines[0]} == 'REPOSITORY  WORKFLOW  RUNS  FAILED  SUCCESS RATE  '* ]]
	[[ ${lines[1]} == 'acme/site   CI           1       0        100.0%  2h07m  '* ]]
	run -0 ghstats report
	[ "$(jq -c '[.workflow, .p50_ms]' <<<"$output")" = '["CI",7620000]' ]
	run -0 script -qec 'ghstats report --json' /dev/null
	[[ $output == '{"repository":"acme/site",'* ]]
	run -0 ghstats runs --format table
	[[ ${lines[1]} == *'  main  '* || ${lines[1]} == *'  grün    push '* ]]
	[[ ${lines[1]} == *' 2026-11-20 19:33 '* ]]
	# Columns stand below their names, however many bytes a letter has.
	[ "${lines[0]%%STATUS*}" = "$(printf '%-*s' "$(awk '{print index($0, "STATUS") - 1}' <<<"${lines[0]}")" "${lines[0]%%STATUS*}")" ]
}

# shellcheck disable=SC1003
@test "ghstats: TSV and CSV keep every byte in its cell" {
	run_body '.workflow_run |= (.display_title = "a\tb\nc \"d\", e\\" | .head_branch = "x\u001b[31m")' | ingest
	run -0 --separate-stderr ghstats runs --format tsv
	[ "${#lines[@]}" -eq 2 ]
	[ "$(cut -f 7 <<<"${lines[0]}")" = title ]
	[ "$(cut -f 7 <<<"${lines[1]}")" = 'a\tb\nc "d", e\\' ]
	run -0 --separate-stderr ghstats runs --format csv
	[[ ${lines[0]} == 'id,attempt,number,repository,'*$'\r' ]]
	[[ $output == *$',"a\tb\nc ""d"", e\\",'* ]]
	run -0 ghstats runs --format table
	[[ $output == *'x?[31m'* ]]
	[[ $output == *'a?b?c "d", e\'* ]]
	run -0 ghstats runs --json
	[ "$(jq -r .title <<<"$output")" = $'a\tb\nc "d", e\\' ]
}

@test "ghstats: a title that is too long loses its end between two characters" {
	run_body '.workflow_run.display_title = "x" + "é" * 2000' | ingest
	run -0 ghstats runs --json
	[ "$(jq -r .title <<<"$output")" = "x$(printf 'é%.0s' $(seq 511))" ]
}

# bats test_tags=F4_8
@test "ghstats: pages show each row exactly once, while others are stored" {
	runs 40 | ingest
	after=() seen=
	while :; do
		run -0 ghstats runs --limit 7 --json "${after[@]}"
		[ -n "$output" ] || break
		seen+=$(jq -r .id <<<"$output")$'\n'
		after=(--after "$(jq -r .cursor <<<"${lines[-1]}")")
		# New ones come, and old ones change.
		runs 60 'select($i > 40)' | ingest
		runs 40 '.workflow_run |= (.updated_at = "2026-12-01T00:00:00Z" | .run_started_at = "2026-11-30T00:00:00Z")' | ingest
	done
	[ "$(seq 40 -1 1)" = "${seen%$'\n'}" ]
	for list in workflows 'report --by branch' jobs; do
		# shellcheck disable=SC2086
		run -64 ghstats $list --after '!'
	done
	run -64 --separate-stderr ghstats runs --after MTIz
	[[ $stderr == *"no cursor of this list"* ]]
	run -64 ghstats workflows --after MTIzLjE
}

# bats test_tags=F4_8
@test "ghstats: reports and workflows have pages as well" {
	runs 5 '.workflow_run.workflow_id = $i * 11 | .workflow_run.head_branch = "b\($i)"' | ingest
	run -0 ghstats report --by branch --limit 2 --json
	[ "$(jq -sc 'map(.branch)' <<<"$output")" = '["b1","b2"]' ]
	run -0 ghstats report --by branch --limit 2 --after "$(jq -r .cursor <<<"${lines[1]}")" --json
	[ "$(jq -sc 'map(.branch)' <<<"$output")" = '["b3","b4"]' ]
	run -0 ghstats workflows --limit 2 --json
	[ "$(jq -sc 'map([.id, .runs, .latest_run, .status, .conclusion])' <<<"$output")" = \
		'[[11,1,1,"completed","success"],[22,1,2,"completed","success"]]' ]
	run -0 ghstats workflows --after "$(jq -r .cursor <<<"${lines[1]}")" --json
	[ "$(jq -sc 'map(.id)' <<<"$output")" = '[33,44,55]' ]
}

# bats test_tags=F4_28
# shellcheck disable=SC1003
@test "ghstats: no filter is ever a part of SQL" {
	runs 3 '.workflow_run.head_branch = (if $i == 1 then "x'"'"' OR 1=1 --" else "main" end)' | ingest
	dump >"$BATS_TEST_TMPDIR/before"
	for text in "' OR '1'='1" "' OR 1=1 --" '"; DROP TABLE workflow_runs; --' "main' UNION SELECT 1 --" '%' '?1' \
		"*" '\' $'a\nb' ''; do
		for filter in repo workflow branch event actor status from to; do
			run ghstats runs --json "--$filter" "$text"
			[ "$status" -eq 64 ] || { [ "$status" -eq 0 ] && [ -z "$output" ]; }
		done
		for filter in by limit after format; do
			run -64 ghstats report "--$filter" "$text"
		done
	done
	run -0 ghstats runs --json --branch "x' OR 1=1 --"
	[ "$(jq .id <<<"$output")" = 1 ]
	dump | diff "$BATS_TEST_TMPDIR/before" -
}

@test "ghstats: a closed pipe is a failure that says so" {
	runs 2000 | ingest
	closed() {
		ghstats runs --limit 1000 --json | head -n 1
		return "${PIPESTATUS[0]}"
	}
	run -71 --separate-stderr closed
	[[ $stderr == *"standard output"* ]]
}

@test "ghstats: the examples of the manual work" {
	runs 5 '.workflow_run.conclusion = "failure"' | jq -c .workflow_run | jq -sc '{total_count: 5, workflow_runs: .}' >"$BATS_TEST_TMPDIR/page"
	gh() {
		jq . "$BATS_TEST_TMPDIR/page"
	}
	gh api --paginate 'repos/acme/site/actions/runs?per_page=100' | jq -c . | ingest
	[ "$(cat "$BATS_TEST_TMPDIR/replies")" = '{"ok":true,"workflow_runs":5}' ]
	run -0 ghstats report --repo acme/site --from 30d
	run -0 ghstats report --by week --branch main --format csv
	[[ ${lines[1]} == 2026-09-21,5,5,0,5,0.0000,5,* ]]
	ghstats runs --status failure --limit 1000 --json >"$BATS_TEST_TMPDIR/failures"
	run -0 jq -r '[.id, .branch] | @tsv' "$BATS_TEST_TMPDIR/failures"
	[ "${#lines[@]}" -eq 5 ]
	start_server "$BATS_TEST_TMPDIR/log" ghstats serve -l 127.0.0.1:0
	run -0 curl -s "$server_url/stats?by=branch&from=2026-01-01"
	stop_servers
	[ "$(jq .total.success_rate <<<"$output")" = 0 ]
}
