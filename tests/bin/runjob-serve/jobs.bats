load ../../helper
load helper

setup_file() {
	make_certificates alice bob root spy guest other
}

setup() {
	allow . alice bob
	allow admin root
	allow viewer spy
	allow anonymous guest other
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ -n "$BATS_TEST_COMPLETED" ] || cat "$BATS_TEST_TMPDIR/log"
	stop_jobs
	stop_servers
}

# refused STATUS CODE [FIELD]: the answer to the last request.
refused() {
	[ "$status_code" = "$1" ]
	[ "$(body '[.error.code, .error.field]')" = "[\"$2\",${3:+\"}${3:-null}${3:+\"}]" ]
	body .error.message | grep -q ...
}

log_of() {
	api "$1" GET "/jobs/$2/log"
	cat body
}

# bats test_tags=F3_21,F3_22,FX_15,F2_16
@test "runjob serve: a certificate starts, sees, reads, stops and removes its own jobs, and no other's" {
	start_serve
	start_job alice '{"exec":["sh","-c","cat; echo $HOME_TOWN"],"stdin":"from afar\n","env":{"HOME_TOWN":"x"},
		"name":"a job","timeout":30}'
	[ "$(head_of location)" = "/jobs/$id" ]
	first=$id
	wait_until state_is alice "$first" ok
	[ "$(body '[.owner, .name, .exit_code, .spec.exec[0]]')" = "[\"$(fingerprint alice)\",\"a job\",0,\"sh\"]" ]
	[ "$(log_of alice "$first")" = $'from afar\nx' ]
	[ "$(cat "$HOOKTOOLS_STATE/jobs/$(fingerprint alice)/$first/remote")" = 127.0.0.1 ]
	post alice /jobs "{\"id\":\"$first\",\"exec\":[\"false\"]}"
	[ "$status_code" = 200 ]
	[ "$(body .)" = "{\"id\":\"$first\",\"duplicate\":true}" ]
	# The same id is another job for another owner.
	post bob /jobs "{\"id\":\"$first\",\"exec\":[\"true\"]}"
	[ "$status_code" = 201 ]
	start_job alice '{"exec":["sleep","1000"],"grace":"1s"}'
	second=$id
	wait_until state_is alice "$second" running
	# For everybody else it is as one that never was, whatever is asked.
	missing=0195b6a0-0000-7000-8000-000000000001
	for target in "GET /jobs/%s" "GET /jobs/%s/log" "GET /jobs/%s/log?follow=1" "DELETE /jobs/%s" "POST /jobs/%s/stop" \
		"GET /jobs/%s?owner=$(fingerprint alice)" "HEAD /jobs/%s"; do
		for subject in "$second" "$missing"; do
			# shellcheck disable=SC2059 # it is the format
			api bob "${target%% *}" "$(printf "${target#* }" "$subject")"
			[ "$status_code" = 404 ]
			sed '/^Date:/d' head >"head.$subject"
			# curl takes the head of an answer to HEAD for its body.
			sed '/^Date:/d' body >"body.$subject"
		done
		cmp "head.$second" "head.$missing"
		cmp "body.$second" "body.$missing"
	done
	api bob GET "/jobs?owner=$(fingerprint alice)"
	[ "$(body '.jobs | map(.owner) | unique')" = "[\"$(fingerprint bob)\"]" ]
	state_is alice "$second" running
	# An admin and a viewer see all, and the viewer only sees.
	for name in root spy; do
		state_is "$name" "$second" running
		api "$name" GET /jobs
		[ "$(body '.jobs | length')" = 3 ]
		api "$name" GET "/jobs?owner=$(fingerprint bob)"
		[ "$(body '.jobs | map(.owner)')" = "[\"$(fingerprint bob)\"]" ]
		api "$name" GET "/jobs/$first?owner=$(fingerprint bob)"
		[ "$(body '.spec.exec')" = '["true"]' ]
	done
	for target in "POST /jobs" "POST /jobs/$second/stop" "DELETE /jobs/$second"; do
		api spy "${target% *}" "${target#* }"
		refused 403 forbidden
	done
	api alice DELETE "/jobs/$second"
	refused 409 not_ended
	post root "/jobs/$second/stop" '{"signal":"KILL","grace":"0"}'
	[ "$status_code" = 202 ]
	wait_until state_is alice "$second" cancelled
	api alice POST "/jobs/$second/stop"
	[ "$status_code" = 200 ]
	[ "$(body .state)" = '"cancelled"' ]
	api alice DELETE "/jobs/$second"
	[ "$status_code" = 204 ]
	api alice GET "/jobs/$second"
	refused 404 not_found
	# A lost one may have processes yet.
	start_job alice '{"exec":["sleep","1000"]}'
	wait_until state_is alice "$id" running
	kill -KILL "$(cat "$HOOKTOOLS_STATE/jobs/$(fingerprint alice)/$id/lock")"
	wait_until state_is alice "$id" lost
	api alice DELETE "/jobs/$id"
	refused 409 not_ended
	[ "$(runjob recover)" = "$id lost" ]
	deleted() { api alice DELETE "/jobs/$id" && [ "$status_code" = 204 ]; }
	wait_until deleted
	grep -q "job $second of $(fingerprint alice) is stopped by $(fingerprint root) from 127.0.0.1" log
	answers_are_described
}

# bats test_tags=F2_16
@test "runjob serve: what is wrong with a request is said, and where" {
	start_serve
	post alice /jobs 'no JSON'
	refused 400 bad_job
	post alice /jobs '{"exec":["true"],"exec":["false"]}'
	refused 400 bad_job
	post alice /jobs '{"exec":[]}'
	refused 400 bad_job exec
	post alice /jobs '{"exec":["true"],"timeout":"soon"}'
	refused 400 bad_job timeout
	for member in '"secrets":{"A":"global/A"}' '"for":["pipeline/x"]' '"user":"root"' '"owner":"x"' '"report":{}' \
		'"pipeline":"p"' '"secr\u0065ts":{}'; do
		post alice /jobs "{\"exec\":[\"true\"],$member}"
		[ "$status_code" = 403 ]
		[ "$(body .error.code)" = '"forbidden_member"' ]
	done
	grep -q "POST /jobs from 127.0.0.1 is refused: certificate $(fingerprint alice) (plain) may not order 'secrets'" log
	api alice POST /jobs --data-binary '{"exec":["true"]}'
	refused 415 not_json
	head -c 1100000 /dev/zero | tr '\0' ' ' >large
	post alice /jobs @large
	refused 413 body_too_large
	post alice /jobs @large -H 'Transfer-Encoding: chunked'
	refused 413 body_too_large
	post alice "/jobs/0195b6a0-0000-7000-8000-000000000001/stop" @large
	refused 413 body_too_large
	for body in '"signal":"NOPE"' '"signal":9' '"grace":"soon"' '"grace":-1' '"color":1'; do
		post alice "/jobs/0195b6a0-0000-7000-8000-000000000001/stop" "{$body}"
		refused 400 bad_request "$(cut -d '"' -f 2 <<<"$body")"
	done
	post alice "/jobs/0195b6a0-0000-7000-8000-000000000001/stop" '{"grace":1}'
	refused 404 not_found
	for query in state=x since=yesterday limit=0 limit=1001 after=x owner=x group= color=red; do
		api alice GET "/jobs?$query"
		refused 400 bad_parameter "${query%%=*}"
	done
	for target in /jobs/ /jobs/x / /jobs/0195B6A0-0000-7000-8000-000000000001 /jobs/../jobs/x \
		/jobs/0195b6a0-0000-7000-8000-000000000001/what /jobs/%00; do
		api alice GET "$target" --path-as-is
		refused 404 not_found
	done
	for method in PUT PATCH OPTIONS DELETE; do
		api alice "$method" /jobs
		refused 405 method_not_allowed
		[ "$(head_of allow)" = 'GET, HEAD, POST' ]
	done
	api alice GET /openapi.json
	cmp body "$top/share/openapi/runjob.json"
	[ -z "$(ls "$HOOKTOOLS_STATE/jobs/$(fingerprint alice)" 2>/dev/null)" ]
	answers_are_described
}

# bats test_tags=F3_21
@test "runjob serve: the list has pages, filters and never a job of another" {
	start_serve
	mine=$(fingerprint alice) since=
	for i in 1 2 3 4 5 6 7; do
		start_job alice "{\"exec\":[\"sh\",\"-c\",\"exit $((i % 2))\"]}"
		[ "$i" -ne 4 ] || since=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
		start_job bob '{"exec":["true"]}'
	done
	wait_until eval 'api root GET "/jobs"; [ "$(body ".jobs | map(select(.state == \"ok\" or .state == \"failed\")) | length")" = 14 ]'
	for name in alice root; do
		path='/jobs?limit=3' seen=
		while [ -n "$path" ]; do
			api "$name" GET "$path"
			seen+=$(body '.jobs[] | .owner + .id')$'\n'
			path=$(head_of link | sed -n 's/^<\(.*\)>; rel="next"$/\1/p')
			[ "$(body '.next == null')" = "$([ -n "$path" ] && echo false || echo true)" ]
		done
		[ "$(sort -u <<<"${seen%$'\n'}" | wc -l)" -eq "$([ "$name" = alice ] && echo 7 || echo 14)" ]
		[ "$(wc -l <<<"${seen%$'\n'}")" -eq "$(sort -u <<<"${seen%$'\n'}" | wc -l)" ]
		[ "$name" = root ] || run -1 grep -v "^\"$mine" <<<"${seen%$'\n'}"
	done
	api alice GET '/jobs?state=failed'
	[ "$(body '.jobs | map(.exit_code)')" = '[1,1,1,1]' ]
	api alice GET "/jobs?since=$since"
	[ "$(body '.jobs | length')" = 3 ]
	api alice GET '/jobs?group=none'
	[ "$(body '.jobs')" = '[]' ]
	# Two of one name are two groups: nobody cancels another's job by naming its group.
	start_job alice '{"exec":["sleep","1000"],"group":"g","grace":0}'
	wait_until state_is alice "$id" running
	start_job bob '{"exec":["true"],"group":"g","busy":"cancel-oldest"}'
	wait_until state_is bob "$id" ok
	api alice GET '/jobs?group=g'
	[ "$(body '.jobs | map([.state, .group])')" = "[[\"running\",\"${mine:0:16}/g\"]]" ]
	answers_are_described
}

is_turned_away() {
	run as alice "$server_url/jobs"
	[ "$status" -eq 35 ]
}

# bats test_tags=F2_69,F2_70,F2_71
@test "runjob serve: anonymous certificates have little time in a day, and everybody's requests are counted" {
	export HOOKTOOLS_ANONYMOUS_TIME=2s
	start_serve
	post guest /jobs '{"exec":["true"],"id":"0195b6a0-0000-7000-8000-000000000001"}'
	refused 403 forbidden_member id
	start_job guest '{"exec":["sh","-c","sleep 1000"],"timeout":"1h","grace":0}'
	# What runs counts for as long as it may run, and so does what another starts from there.
	for name in guest other; do
		post "$name" /jobs '{"exec":["true"]}'
		refused 429 time_used_up
		[ "$(head_of retry-after)" = 3600 ]
		grep -q "POST /jobs from 127.0.0.1 is refused: anonymous certificate $(fingerprint "$name") has used up its time" log
	done
	wait_until state_is guest "$id" timeout
	post guest /jobs '{"exec":["true"]}'
	refused 429 time_used_up
	api guest DELETE "/jobs/$id"
	refused 403 forbidden
	start_job alice '{"exec":["true"]}'
	stop_servers
	# It is remembered.  Now there is more time, and fewer requests.
	HOOKTOOLS_ANONYMOUS_TIME=1h HOOKTOOLS_RATE=1 start_serve
	start_job guest '{"exec":["sleep","3"],"timeout":"1s","grace":0}'
	[ "$(jq -r .timeout "$HOOKTOOLS_STATE/jobs/$(fingerprint guest)/$id/spec.json")" = 1000ms ]
	# Who would go on after SIGTERM gains no time.
	start_job guest '{"exec":["true"],"grace":"5h"}'
	jq -e '[.timeout, .grace] | map(rtrimstr("ms") | tonumber) | add <= 3600000 and .[1] <= 360000' \
		"$HOOKTOOLS_STATE/jobs/$(fingerprint guest)/$id/spec.json"
	# One connection, and so many requests at once.
	as alice -o /dev/null -w '%{http_code}\n' "$server_url/jobs?limit=[1-12]" >codes || true
	[ "$(head -n 3 codes | sort -u)" = 200 ]
	grep -qx 429 codes
	grep -q "127.0.0.1 is refused: it asks too often" log
	# Each second one more is served.
	wait_until is_turned_away
	answers_are_described
}

# bats test_tags=F3_21
@test "runjob serve: a job sees nothing of hooktools, and no certificate asks for a weaker sandbox" {
	SANDBOX=default start_serve
	start_job alice "{\"exec\":[\"ls\",\"$HOOKTOOLS_STATE/jobs\",\"$HOOKTOOLS_CONF/pool\"]}"
	wait_until state_is alice "$id" failed
	[ "$(body .spec.sandbox)" = '"default"' ]
	run -1 grep "$(fingerprint alice)" <<<"$(log_of alice "$id")"
	for weak in none default,best-effort; do
		post alice /jobs "{\"exec\":[\"true\"],\"sandbox\":\"$weak\"}"
		refused 403 forbidden_member sandbox
	done
	post alice /jobs '{"exec":["true"],"sandbox":"iron"}'
	refused 400 bad_job sandbox
	start_job alice '{"exec":["true"],"sandbox":"strict"}'
	start_job guest '{"exec":["true"]}'
	[ "$(jq -r .sandbox "$HOOKTOOLS_STATE/jobs/$(fingerprint guest)/$id/spec.json")" = strict ]
	start_job root '{"exec":["true"],"sandbox":"none"}'
	run -64 runjob serve -l 127.0.0.1:0 --tls-cert x --tls-key x --sandbox iron
}
