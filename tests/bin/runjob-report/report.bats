load ../../helper
load ../../fake/helper

job=0195b6a0-0000-7000-8000-000000000001
sha=0123456789abcdef0123456789abcdef01234567

setup_file() {
	make_app_key
}

setup() {
	start_github
	add_app
	folder=$HOOKTOOLS_STATE/jobs/$(printf '%056d%08x' 0 0)/$job
	mkdir -p "$folder"
	echo "it works" >"$folder/log"
}

teardown() {
	stop_servers
}

# event ACTION STATE [JQ]: an event of a job, changed by a jq program.
event() {
	jq -nc --arg action "$1" --arg state "$2" --arg job "$job" --arg sha "$sha" --arg log "$folder/log" '{
		id: "0195b6a0-0000-7000-8000-00000000000a", hook: null, name: "acme/site",
		provider: "hooktools", event: "job", delivery: "\($job).\($action)", headers: {},
		payload: {action: $action, job: {id: $job, name: "build", owner: "o", state: $state,
			exit_code: null, signal: null, reason: null,
			started_at: "2026-11-20T23:45:10.123Z",
			finished_at: (if $action == "completed" then "2026-11-20T23:45:12.323Z" else null end),
			node: "box", event_id: null, repository: "acme/site", log: $log,
			report: {github_check: {repository: "acme/site", head_sha: $sha, name: "publish"}}}}}
		| '"${3:-.}"
}

report() {
	run -0 --separate-stderr runjob-report github - <<<"$1"
}

# bats test_tags=F2_1,FX_5
@test "runjob report: a job that starts makes a Check run on its commit" {
	report "$(event started running)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"in_progress"}' ]
	jq -e --arg job "$job" --arg sha "$sha" '{name, head_sha, external_id, status, started_at} ==
		{name: "publish", head_sha: $sha, external_id: $job, status: "in_progress",
		started_at: "2026-11-20T23:45:10.123Z"}' "$github/check-runs/1"
	[ "$(asked POST /repos/acme/site/check-runs 201)" -eq 1 ]
}

# bats test_tags=F2_2,FX_5
@test "runjob report: the same Check run is finished with status, title and log" {
	report "$(event started running)"
	report "$(event completed failed '.payload.job.exit_code = 2')"
	[ "$output" = '{"ok":true,"check_run":1,"state":"completed"}' ]
	jq -e '.status == "completed" and .conclusion == "failure" and
		.completed_at == "2026-11-20T23:45:12.323Z" and
		.output.title == "Failed with exit status 2 after 2.2 s" and
		.output.text == "```text\nit works\n```\n"' "$github/check-runs/1"
	[ "$(asked PATCH /repos/acme/site/check-runs/1 200)" -eq 1 ]
	[ "$(find "$github/check-runs" -type f | wc -l)" -eq 1 ]
}

# bats test_tags=F2_2
@test "runjob report: every state of a job has its conclusion" {
	n=0
	for pair in ok:success failed:failure oom:failure timeout:timed_out cancelled:cancelled \
		lost:neutral skipped:skipped; do
		n=$((n + 1))
		report "$(event completed "${pair%:*}" ".payload.job.id = \"0195b6a0-0000-7000-8000-00000000001$n\"")"
		[ "$(jq -r .conclusion "$github/check-runs/$n")" = "${pair#*:}" ]
	done
	[ "$(jq -r .output.title "$github/check-runs/3")" = "Out of memory after 2.2 s" ]
}

# bats test_tags=FX_5
@test "runjob report: the same event twice is told once" {
	report "$(event started running)"
	report "$(event started running)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"in_progress","duplicate":true}' ]
	report "$(event completed ok)"
	report "$(event completed ok)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"completed","duplicate":true}' ]
	[ "$(asked POST /repos/acme/site/check-runs)" -eq 1 ]
	[ "$(asked PATCH /repos/acme/site/check-runs/1)" -eq 1 ]
}

# bats test_tags=FX_5
@test "runjob report: completed before started works, and a late started reopens nothing" {
	report "$(event completed ok)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"completed"}' ]
	report "$(event started running)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"completed","duplicate":true}' ]
	[ "$(jq -r '[.status, .conclusion] | join(" ")' "$github/check-runs/1")" = "completed success" ]
	[ "$(wc -l <"$github/requests")" -eq 3 ]
}

# bats test_tags=FX_5
@test "runjob report: after a crash between asking and writing down no second Check run is made" {
	report "$(event started running)"
	echo '{"check_run_id":0,"state":"creating"}' >"$HOOKTOOLS_STATE/reports/$job.json"
	report "$(event completed ok)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"completed"}' ]
	[ "$(find "$github/check-runs" -type f | wc -l)" -eq 1 ]
	[ "$(asked GET "/repos/acme/site/commits/$sha/check-runs" 200)" -eq 1 ]
}

@test "runjob report: a job without report.github_check, and any other event, is skipped" {
	{
		event completed ok '.payload.job.report = null'
		event completed ok 'del(.payload.job.report)'
		event completed ok '.provider = "github"'
		event completed ok '.event = "push"'
		event completed ok '.payload.action = "queued"'
		echo '{"id":"x","provider":"hooktools","event":"tick","payload":null}'
	} >"$BATS_TEST_TMPDIR/events"
	run -0 --separate-stderr runjob-report github - <"$BATS_TEST_TMPDIR/events"
	[ "${#lines[@]}" -eq 6 ]
	[ "$(sort -u <<<"$output")" = '{"ok":true,"skipped":true}' ]
	[ ! -e "$github/requests" ]
}

@test "runjob report: GitHub's failures are temporary, its refusals permanent" {
	for pair in 500:temporary 502:temporary 429:temporary 401:temporary 404:permanent \
		422:permanent 403:permanent; do
		echo "${pair%:*} 0 /check-runs" >"$github/fail"
		report "$(event started running)"
		[ "$(jq -r .error.kind <<<"$output")" = "${pair#*:}" ]
	done
	rm "$github/fail"
	report "$(event started running)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"in_progress"}' ]
	HOOKTOOLS_GITHUB_API=http://127.0.0.1:1 run -0 --separate-stderr runjob-report github - \
		<<<"$(event completed ok)"
	[ "$(jq -r .error.kind <<<"$output")" = temporary ]
}

@test "runjob report: no token is permanent where the App is not installed" {
	report "$(event started running '.payload.job.report.github_check.repository = "nobody/here"')"
	[ "$(jq -r .error.kind <<<"$output")" = permanent ]
	[[ $output == *"token for 'nobody/here'"* ]]
}

@test "runjob report: what is malformed is permanent, and the next line is served" {
	{
		echo '{'
		event started running '.payload.job.id = "../../x"'
		event started running '.payload.job.report.github_check.head_sha = "main"'
		event started running '.payload.job.report.github_check.repository = "a/b/c"'
		event started running '.payload.job.report.github_check.name = ""'
		event started running '.payload.job.report.github_check.name = 5'
		event started running
	} >"$BATS_TEST_TMPDIR/events"
	run -0 --separate-stderr runjob-report github - <"$BATS_TEST_TMPDIR/events"
	[ "$(jq -sc 'map(.error.kind // "ok")' <<<"$output")" = \
		'["permanent","permanent","permanent","permanent","permanent","permanent","ok"]' ]
}

@test "runjob report: the log's end is valid UTF-8 in a fence it cannot leave, 60,000 bytes at most" {
	{
		head -c 200000 /dev/urandom
		printf '\n\033[31mred\033[0m \303\244 \377 ````` end\n'
	} >"$folder/log"
	report "$(event completed ok)"
	jq -r .output.text "$github/check-runs/1" >"$BATS_TEST_TMPDIR/text"
	iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/text" >/dev/null
	[ "$(wc -c <"$BATS_TEST_TMPDIR/text")" -le 60100 ]
	[ "$(wc -c <"$BATS_TEST_TMPDIR/text")" -ge 30000 ]
	# shellcheck disable=SC2016
	[ "$(grep -a . "$BATS_TEST_TMPDIR/text" | tail -n 2 | head -n 1)" = $'red \303\244 \357\277\275 ````` end' ]
	fence=$(head -n 1 "$BATS_TEST_TMPDIR/text")
	[[ $fence == '``````'*text ]]
	run ! grep -aqP '[\x00-\x08\x0b-\x1f]' "$BATS_TEST_TMPDIR/text"
}

@test "runjob report: a log is read below the jobs folder only" {
	echo "outside" >"$BATS_TEST_TMPDIR/secret"
	for path in "$BATS_TEST_TMPDIR/secret" "$HOOKTOOLS_STATE/jobs/../../secret"; do
		rm -rf "$github/check-runs" "$HOOKTOOLS_STATE/reports"
		report "$(event completed ok ".payload.job.log = \"$path\"")"
		jq -e '.output.text == null' "$github/check-runs/1"
	done
	rm "$folder/log"
	ln -s "$BATS_TEST_TMPDIR/secret" "$folder/log"
	rm -rf "$github/check-runs" "$HOOKTOOLS_STATE/reports"
	report "$(event completed ok)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"completed"}' ]
	jq -e '.output.text == null' "$github/check-runs/1"
}

@test "runjob report: a missing log is no failure" {
	rm "$folder/log"
	report "$(event completed ok)"
	[ "$output" = '{"ok":true,"check_run":1,"state":"completed"}' ]
	jq -e '.output.text == null' "$github/check-runs/1"
}

@test "runjob report: wrong usage is status 64" {
	run -64 --separate-stderr runjob-report
	run -64 --separate-stderr runjob-report gitlab -
	run -64 --separate-stderr runjob-report github file
	run -64 --separate-stderr runjob-report --what github -
	run -0 --separate-stderr runjob-report --help
	[ "$output" = "usage: runjob report github -" ]
}
