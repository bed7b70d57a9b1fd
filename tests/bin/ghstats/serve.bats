load ../../helper
load helper

setup() {
	ingest </dev/null
	start_server "$BATS_TEST_TMPDIR/log" ghstats serve -l 127.0.0.1:0
}

teardown() {
	stop_servers
}

# get PATH [CURL-OPTIONS]: sets $status_code; body and head are files.
get() {
	local path=$1
	shift
	: >"$BATS_TEST_TMPDIR/body"
	status_code=$(curl -sS -D "$BATS_TEST_TMPDIR/head" -o "$BATS_TEST_TMPDIR/body" -w '%{http_code}' "$@" "$server_url$path")
}

body() {
	jq -c "$1" "$BATS_TEST_TMPDIR/body"
}

head_of() {
	sed -n "s/^$1: \(.*\)\r$/\1/Ip" "$BATS_TEST_TMPDIR/head"
}

# bats test_tags=F4_3,F4_9
@test "ghstats: GET /stats sums up and groups" {
	runs 10 '.workflow_run.head_branch = "b\($i % 2)" | .workflow_run.conclusion = (if $i < 3 then "failure" else "success" end)' | ingest
	get /stats
	[ "$status_code" = 200 ]
	[ "$(head_of content-type)" = application/json ]
	[ "$(body '[.by, .total.runs, .total.success_rate, .total.p50_ms, .next]')" = '["workflow",10,0.8,5000,null]' ]
	[ "$(body '.stats | map([.repository, .workflow_id, .workflow, .runs])')" = '[["acme/site",159038,"CI",10]]' ]
	get '/stats?by=branch&status=success'
	[ "$(body '[.total.runs, (.stats | map([.branch, .runs]))]')" = '[8,[["b0",4],["b1",4]]]' ]
	get '/stats?branch=none'
	[ "$(body '[.total.runs, .total.success_rate, .total.p50_ms, .stats]')" = '[0,null,null,[]]' ]
}

# bats test_tags=F4_4,F4_5
@test "ghstats: GET /workflows, one of them, and what is not there" {
	run_body . | ingest
	job_body . | ingest
	get /workflows
	[ "$(body '.workflows | map([.id, .name, .path, .repository, .runs, .latest_run, .status, .conclusion])')" = \
		'[[159038,"CI",".github/workflows/ci.yml","acme/site",1,30433642,"completed","success"]]' ]
	get /workflows/159038
	[ "$status_code" = 200 ]
	[ "$(body '[.workflow.name, .stats.runs, .stats.queue_p50_ms, (.days | map([.day, .runs, .p50_ms]))]')" = \
		'["CI",1,12000,[["2026-11-20",1,120000]]]' ]
	get '/workflows/159038?branch=other&from=2026-11-21'
	[ "$(body '[.workflow.name, .stats.runs, .days]')" = '["CI",0,[]]' ]
	get /workflows/7
	[ "$status_code" = 404 ]
	[ "$(body .error.code)" = '"not_found"' ]
	for id in x 0 -1 1x 99999999999999999999 '' 1/2; do
		get "/workflows/$id"
		[ "$status_code" = 400 ]
		[ "$(body .error.field)" = '"id"' ]
	done
}

@test "ghstats: GET /runs, /jobs, /local_jobs, /repositories and /healthz" {
	run_body . | ingest
	job_body . | ingest
	get '/runs?repo=acme/site&workflow=ci.yml&branch=main&event=push&actor=octocat&status=success&from=2026-11-20&to=2026-11-20'
	[ "$(body '.runs | map(.id)')" = '[30433642]' ]
	get '/jobs?status=completed'
	[ "$(body '.jobs | map([.job, .queue_ms])')" = '[["build",11000]]' ]
	get /local_jobs
	[ "$(body .)" = '{"local_jobs":[],"next":null}' ]
	get /repositories
	[ "$(body '.repositories | map([.id, .name, .workflows, .runs])')" = '[[217723378,"acme/site",1,1]]' ]
	get /healthz
	[ "$status_code" = 200 ]
	[ "$(body .)" = '{"ok":true}' ]
}

# bats test_tags=F4_8
@test "ghstats: pages are walked by Link, each row once, while others are stored" {
	runs 23 | ingest
	path='/runs?limit=5&branch=main' seen=
	while [ -n "$path" ]; do
		get "$path"
		[ "$status_code" = 200 ]
		seen+=$(body '.runs[].id')$'\n'
		path=$(head_of link | sed -n 's/^<\(.*\)>; rel="next"$/\1/p')
		[ "$(body .next)" = null ] || [[ $path == "/runs?limit=5&branch=main&after="* ]]
		runs 30 'select($i > 23)' | ingest
	done
	[ "$(seq 23 -1 1)" = "${seen%$'\n'}" ]
	get '/stats?by=day&limit=1'
	[[ $(head_of link) == '</stats?by=day&limit=1&after='* ]] || [ "$(body '.stats | length')" = 1 ]
	runs 100 '.workflow_run.workflow_id = $i' | ingest
	path='/workflows?limit=33' seen=
	while [ -n "$path" ]; do
		get "$path"
		seen+=$(body '.workflows[].id')$'\n'
		path=$(head_of link | sed -n 's/^<\(.*\)>; rel="next"$/\1/p')
	done
	[ "$(seq 1 100 && echo 159038)" = "${seen%$'\n'}" ]
}

# bats test_tags=F4_21
@test "ghstats: what has not changed is 304, and a new run ends that" {
	run_body . | ingest
	for path in /stats /workflows /workflows/159038 /runs '/stats?by=day'; do
		get "$path"
		etag=$(head_of etag)
		[[ $etag == '"'*'"' ]]
		[ "$(head_of cache-control)" = 'private, no-cache' ]
		for known in "$etag" "W/$etag" "\"x\", $etag" '*'; do
			get "$path" -H "If-None-Match: $known"
			[ "$status_code" = 304 ]
			[ ! -s "$BATS_TEST_TMPDIR/body" ]
			[ "$(head_of etag)" = "$etag" ]
		done
		get "$path" -H 'If-None-Match: "x"'
		[ "$status_code" = 200 ]
		run_body ".workflow_run.id = $RANDOM$RANDOM" | ingest
		get "$path" -H "If-None-Match: $etag"
		[ "$status_code" = 200 ]
	done
}

@test "ghstats: HEAD is GET without its body, and other methods are 405" {
	run_body . | ingest
	get /stats
	length=$(head_of content-length)
	get /stats -I
	[ "$status_code" = 200 ]
	[ "$(head_of content-length)" = "$length" ]
	for method in POST PUT DELETE PATCH OPTIONS; do
		get /stats -X "$method" -d x
		[ "$status_code" = 405 ]
		[ "$(head_of allow)" = 'GET, HEAD' ]
		[ "$(body .error.code)" = '"method_not_allowed"' ]
	done
	for path in / /stat /stats/ /runs/1 /STATS /../stats; do
		get "$path" --path-as-is
		[ "$status_code" = 404 ]
		[ "$(body .error.code)" = '"not_found"' ]
	done
}

# bats test_tags=F4_10,F4_28
@test "ghstats: a wrong parameter is 400 and named" {
	while read -r path field; do
		get "$path"
		echo "$path $status_code $(cat "$BATS_TEST_TMPDIR/body")"
		[ "$status_code" = 400 ]
		[ "$(body '[.error.code, .error.field]')" = "[\"bad_parameter\",\"$field\"]" ]
		[ -n "$(body .error.message)" ]
	done <<-'END'
		/runs?limit=0 limit
		/runs?limit=101 limit
		/runs?limit=1e1 limit
		/runs?limit=%201 limit
		/runs?limit= limit
		/runs?limit limit
		/runs?limit=5&limit=5 limit
		/runs?after=%27 after
		/runs?after= after
		/runs?after=MTIz after
		/workflows?after=MTIz.x after
		/runs?status=great status
		/runs?repo=x repo
		/runs?repo=a/b/c repo
		/runs?event=a%20b event
		/runs?actor=%27 actor
		/runs?branch= branch
		/runs?branch=%ff branch
		/runs?branch=a%0ab branch
		/runs?from=2026-02-30 from
		/runs?to=now to
		/runs?from=2026-11-21&to=2026-11-20 from
		/runs?nonsense=1 nonsense
		/runs?by=day by
		/stats?by=total by
		/stats?by=%27 by
		/workflows?branch=x branch
		/workflows/5?repo=a/b repo
		/workflows/5?limit=3 limit
		/repositories?repo=a/b repo
		/healthz?x=1 x
	END
}

# bats test_tags=F4_28
@test "ghstats: no parameter is ever a part of SQL" {
	runs 3 '.workflow_run.head_branch = (if $i == 1 then "x'"'"' OR 1=1 --" else "main" end)' | ingest
	dump >"$BATS_TEST_TMPDIR/before"
	for text in "' OR '1'='1" "' OR 1=1 --" '"; DROP TABLE workflow_runs; --' "1 UNION SELECT 1" '%' '?1' '*'; do
		for name in repo workflow branch event actor status from to by limit after; do
			get /runs -G --data-urlencode "$name=$text"
			[ "$status_code" = 400 ] || [ "$(body .runs)" = '[]' ]
		done
	done
	get /runs -G --data-urlencode "branch=x' OR 1=1 --"
	[ "$(body '.runs | map(.id)')" = '[1]' ]
	dump | diff "$BATS_TEST_TMPDIR/before" -
}

@test "ghstats: connections are kept, many ask at once, and SIGTERM ends it" {
	runs 50 | ingest
	run -0 curl -sS -o /dev/null -o /dev/null -w '%{num_connects} ' "$server_url/runs" "$server_url/stats"
	[ "$output" = '1 0 ' ]
	run -0 curl -sS --parallel --parallel-max 20 -w '%{http_code}\n' -o '/dev/null' "$server_url/stats?limit=[1-40]"
	[ "$(grep -c 200 <<<"$output")" -eq 40 ]
	kill -TERM "$server_pid"
	wait "$server_pid"
	run -7 curl -s "$server_url/healthz"
}

@test "ghstats: it serves a unix socket, a socket of systemd, and one request on stdin" {
	run_body . | ingest
	start_server "$BATS_TEST_TMPDIR/log2" ghstats serve -l "unix:$BATS_TEST_TMPDIR/sock"
	run -0 curl -sS --unix-socket "$BATS_TEST_TMPDIR/sock" http://x/repositories
	[ "$(jq -c '.repositories | length' <<<"$output")" = 1 ]
	run -0 --separate-stderr ghstats serve -i < <(printf 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
	[[ $output == 'HTTP/1.1 200 '*'{"ok":true}' ]]
	command -v systemd-socket-activate >/dev/null || skip 'no systemd-socket-activate'
	systemd-socket-activate -l "$BATS_TEST_TMPDIR/passed" -E HOOKTOOLS_STATE -E PATH "$build/bin/ghstats" serve \
		>"$BATS_TEST_TMPDIR/log3" 2>&1 3>&- &
	echo $! >>"$BATS_TEST_TMPDIR/servers"
	wait_until test -S "$BATS_TEST_TMPDIR/passed"
	run -0 curl -sS --unix-socket "$BATS_TEST_TMPDIR/passed" http://x/healthz
	[ "$output" = '{"ok":true}' ]
}

@test "ghstats: an address in use is a matter of configuration" {
	run -78 --separate-stderr ghstats serve -l "${server_url#http://}"
	[[ $stderr == *"in use"* ]]
}

# bats test_tags=F4_20
@test "ghstats: it starts before anything was ingested, and sees what comes" {
	stop_servers
	rm -rf "$HOOKTOOLS_STATE"
	start_server "$BATS_TEST_TMPDIR/log" ghstats serve -l 127.0.0.1:0
	get /stats
	[ "$(body '[.total.runs, .stats]')" = '[0,[]]' ]
	run_body . | ingest
	get /stats
	[ "$(body .total.runs)" = 1 ]
}

@test "ghstats: a database that breaks is 503 and told to the log only" {
	run_body . | ingest
	sqlite3 "$db" 'DROP VIEW run_facts'
	get /runs
	[ "$status_code" = 503 ]
	[ "$(head_of retry-after)" = 10 ]
	[ "$(body .error.code)" = '"unavailable"' ]
	[ "$(grep -c run_facts "$BATS_TEST_TMPDIR/body")" -eq 0 ]
	grep -q 'no such table: .*run_facts' "$BATS_TEST_TMPDIR/log"
}
