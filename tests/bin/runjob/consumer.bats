load ../../helper

id_a=${job_ids}000000000001
id_b=${job_ids}000000000002

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

published() {
	test -e "$HOOKTOOLS_STATE"/jobs/*/"$1"/published
}

reply_of() {
	run -0 runjob start - <<<"$1"
}

@test "runjob start -: replies in order, with the ids of the lines" {
	printf '%s\n' '{"id":"'"$id_a"'","exec":["true"]}' '{"exec":' '{"id":"'"$id_b"'","exec":["true"]}' >lines
	run -0 runjob start - <lines
	[ "$(jq -c '[.ok, .id, .error.kind]' <<<"$output")" = '[true,"'"$id_a"'",null]
[false,null,"permanent"]
[true,"'"$id_b"'",null]' ]
	run -0 runjob wait "$id_a" "$id_b"
}

@test "runjob start -: the same id twice is a duplicate and runs once" {
	local line='{"id":"'$id_a'","exec":["sh","-c","echo ran >>'$BATS_TEST_TMPDIR'/runs"]}'
	run -0 runjob start - <<<"$line"$'\n'"$line"
	[ "$(jq -c .duplicate <<<"$output")" = $'null\ntrue' ]
	run -0 runjob wait "$id_a"
	reply_of "$line"
	[ "$(jq -c '[.ok, .duplicate]' <<<"$output")" = '[true,true]' ]
	[ "$(wc -l <runs)" -eq 1 ]
}

@test "runjob start -: an id whose job never began is started by a repeat" {
	local owner
	owner=$HOOKTOOLS_STATE/jobs/$(printf '%056d%08x' 0 "$(id -u)")
	# What a crash between mkdir and start leaves.
	mkdir -p "$owner/$id_a"
	: >"$owner/$id_a/lock"
	reply_of '{"id":"'"$id_a"'","exec":["touch","'"$BATS_TEST_TMPDIR"'/ran"]}'
	[ "$(jq -c '[.ok, .duplicate]' <<<"$output")" = '[true,null]' ]
	run -0 runjob wait "$id_a"
	[ -e ran ]
}

# bats test_tags=FX_17
@test "runjob start -: a job that began is not begun again after its supervisor died" {
	local line='{"id":"'$id_a'","exec":["sh","-c","echo ran >>'$BATS_TEST_TMPDIR'/runs; read x <'$BATS_TEST_TMPDIR'/fifo"]}'
	mkfifo fifo
	reply_of "$line"
	wait_until test -s runs
	kill -KILL "$(cat "$HOOKTOOLS_STATE"/jobs/*/"$id_a"/lock)"
	reply_of "$line"
	[ "$(jq -c .duplicate <<<"$output")" = true ]
	run -0 runjob recover
	run runjob wait "$id_a"
	[ "$(wc -l <runs)" -eq 1 ]
}

# bats test_tags=FX_30
@test "runjob start -: the payload is the job's stdin byte for byte" {
	printf '%s' '{ "n":12345678901234567890.10,  "text":"\u00e9\/ \ud800", "unknown":[1 ,2] }' >payload
	{
		printf '{"id":"%s","exec":["cat"],"payload":' "$id_a"
		cat payload
		printf '}\n'
	} | runjob start -
	runjob wait "$id_a"
	runjob tail "$id_a" | cmp - payload
	[ "$(jq 'has("payload")' "$HOOKTOOLS_STATE"/jobs/*/"$id_a"/spec.json)" = false ]
}

@test "runjob start -: stdin, env, dir and who asked" {
	# shellcheck disable=SC2016
	reply_of '{"id":"'"$id_a"'","exec":["sh","-c","cat; echo; pwd; echo $A $HOOKTOOLS_EVENT_ID $HOOKTOOLS_REPOSITORY"],"stdin":"line\n\u20ac","env":{"A":"b c"},"dir":"/","event_id":"'"$id_b"'","repository":"acme/site"}'
	runjob wait "$id_a"
	run -0 runjob tail "$id_a"
	[ "$output" = $'line\n€\n/\nb c '"$id_b acme/site" ]
}

# refused LINE MESSAGE
refused() {
	reply_of "$1"
	[ "$(jq -r .error.kind <<<"$output")" = permanent ]
	[[ $(jq -r .error.message <<<"$output") == *"$2"* ]] || {
		echo "$output" >&2
		return 1
	}
}

@test "runjob start -: what is wrong is permanent and names the key" {
	refused '[]' "no object"
	refused 'nonsense' "no JSON"
	refused '{}' "'exec' is missing"
	refused '{"exec":"true"}' "'exec'"
	refused '{"exec":[]}' "'exec'"
	refused '{"exec":[1]}' "'exec'"
	refused '{"exec":["true"],"id":"../../x"}' "'id'"
	refused '{"exec":["true"],"timeout":"soon"}' "'timeout'"
	refused '{"exec":["true"],"limits":{"cpu":"x"}}' "'limits'"
	refused '{"exec":["true"],"limits":{"disk":1}}' "'limits': unknown key 'disk'"
	refused '{"exec":["true"],"env":{"A B":"c"}}' "'env'"
	refused '{"exec":["true"],"secrets":["x"]}' "'secrets'"
	refused '{"exec":["true"],"dir":"relative"}' "'dir'"
	refused '{"exec":["true"],"frob":1}' "unknown key 'frob'"
	refused '{"exec":["true"],"stdin":"a","payload":{}}' "'stdin' and 'payload'"
	local key
	for key in checkout backend tasks; do
		refused '{"exec":["true"],"'$key'":1}' "'$key' is not supported by this version"
	done
	for key in '"group":"a b"' '"parallel":0' '"busy":"wait"' '"after":["x:ok"]' '"on":["exit:0"]' '"memory":"1x"'; do
		case $key in
		'"on"'* | '"memory"'*) refused "{\"exec\":[\"true\"],\"retry\":{$key}}" "'retry'" ;;
		*) refused "{\"exec\":[\"true\"],$key}" "'$(cut -d'"' -f2 <<<"$key")'" ;;
		esac
	done
	[ -z "$(runjob list)" ]
}

@test "runjob start -: numbers stand for their text" {
	reply_of '{"id":"'"$id_a"'","exec":["sleep","60"],"timeout":0.1}'
	[ "$(jq .ok <<<"$output")" = false ]
	reply_of '{"id":"'"$id_a"'","exec":["sleep","60"],"timeout":1}'
	run -124 runjob wait "$id_a"
}

# bats test_tags=F2_19
@test "runjob start -: HOOKTOOLS_MAX_TIME bounds every timeout" {
	HOOKTOOLS_MAX_TIME=100ms reply_of '{"id":"'"$id_a"'","exec":["sleep","60"],"timeout":"1h"}'
	run -124 runjob wait "$id_a"
}

@test "runjob start -: 200 jobs in one go each run once and report twice" {
	local i
	for i in {1..200}; do
		printf '{"exec":["sh","-c","echo x >>%s/runs"],"repository":"acme/site"}\n' "$BATS_TEST_TMPDIR"
	done >lines
	runjob start - <lines >replies
	[ "$(jq -r .id replies | sort -u | wc -l)" -eq 200 ]
	mapfile -t ids < <(jq -r .id replies)
	run -0 runjob wait "${ids[@]}"
	[ "$(wc -l <runs)" -eq 200 ]
	all_published() { [ "$(find "$HOOKTOOLS_STATE/jobs" -name published | wc -l)" -eq 200 ]; }
	wait_until all_published
	[ "$(cat "$HOOKTOOLS_STATE"/spool/new/* | jq -r .delivery | sort -u | wc -l)" -eq 400 ]
}

@test "runjob start -: the report is carried into the events as it is" {
	local report='{"github_check":{"repository":"acme/site", "n":12345678901234567890}}'
	reply_of '{"id":"'"$id_a"'","exec":["true"],"report":'"$report"'}'
	runjob wait "$id_a"
	wait_until published "$id_a"
	[ "$(grep -cF "\"report\":$report" <(cat "$HOOKTOOLS_STATE"/spool/new/*))" -eq 2 ]
}

@test "runjob start -: killed in the middle and repeated, each job runs once" {
	local i round
	for i in {100..199}; do
		printf '{"id":"%s000000000%s","exec":["sh","-c","echo %s >>%s/runs"]}\n' \
			"$job_ids" "$i" "$i" "$BATS_TEST_TMPDIR"
	done >lines
	for round in 5 20 60; do
		mkfifo "pipe$round"
		runjob start - <"pipe$round" >replies 3>&- &
		local pid=$!
		exec 4>"pipe$round"
		head -n "$round" lines >&4
		some_replies() { [ "$(wc -l <replies)" -gt 0 ]; }
		wait_until some_replies
		kill -KILL "$pid"
		# As hookroute does: while it is not dead, the locks of its jobs are not free.
		wait "$pid" || true
		exec 4>&-
	done
	runjob start - <lines >replies
	[ "$(jq -r .ok replies | sort | uniq -c | tr -d ' ')" = 100true ]
	mapfile -t ids < <(jq -r .id replies)
	run -0 runjob wait "${ids[@]}"
	diff <(sort runs) <(seq 100 199)
}

@test "runjob start -: a full disk is temporary, and the line can be repeated" {
	unshare -m mount -t tmpfs none "$HOOKTOOLS_STATE" 2>/dev/null || skip "cannot mount here"
	# shellcheck disable=SC2016
	run -0 unshare -m sh -ec '
		mount -t tmpfs -o size=200k none "$HOOKTOOLS_STATE"
		mkdir -p "$HOOKTOOLS_STATE/jobs"
		head -c 300k /dev/zero >"$HOOKTOOLS_STATE/fill" 2>/dev/null || true
		line='"'"'{"id":"'"$id_a"'","exec":["true"]}'"'"'
		echo "$line" | runjob start -
		rm "$HOOKTOOLS_STATE/fill"
		echo "$line" | runjob start -
		runjob wait '"$id_a"'
	'
	[ "$(jq -c '[.ok, .error.kind, .duplicate]' <<<"$output")" = '[false,"temporary",null]
[true,null,null]' ]
}
