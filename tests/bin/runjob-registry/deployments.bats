load ../../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	owner=$HOOKTOOLS_STATE/jobs/$(printf '%056d%08x' 0 "$EUID")
	site=$owner/.pipelines/site
}

# register PROGRAM...: a version each, whose one task is that.
register() {
	local program
	for program in "$@"; do
		printf '{"pipeline":"site","parameters":{"A":"none","B":null},"dir":"%s","tasks":[{"id":"a","exec":["sh","-c","%s"]}]}' \
			"$BATS_TEST_TMPDIR" "$program" | runjob pipeline register
	done
}

run_id() { printf '01a00000-0000-7000-8000-%012d' "$1"; }

# line NUMBER [NAME]: the run of this number; the places of 1 to 8 are
# 8452 5922 7067 4553 4086 1166 5908 5594.
line() {
	printf '{"id":"%s","pipeline":"%s","parameters":{"B":"b"}}\n' "$(run_id "$1")" "${2:-site}"
}

lines() { for n in "$@"; do line "$n"; done; }

runs() { runjob pipeline runs site | jq -r '"\(.id[-1:]):\(.version):\(.chosen)"' | sort | paste -sd' '; }

# bats test_tags=F2_18,F2_24,F2_44
@test "runjob pipeline deploy: a canary has its share of the runs, and facts decide" {
	local n
	register true false
	runjob pipeline deploy site@1
	run -0 runjob start - < <(lines 1 5)
	run -1 runjob pipeline deploy --canary 50% site@3
	run -0 runjob pipeline deploy --canary 50% site
	[ "$output" = "site: 50% of the runs are of version 2 from now on" ]
	run -0 runjob pipeline deploy --canary 50% --json site
	[ "$output" = '{"pipeline":"site","changed":false}' ]
	run -0 runjob start - < <(lines 2 3 4 5 6)
	[ "$(jq -c .duplicate <<<"$output" | paste -sd' ')" = "null null null true null" ]
	for n in 1 2 3 5; do runjob wait "$(run_id $n)"; done
	for n in 4 6; do run -1 runjob wait "$(run_id $n)"; done
	[ "$(runs)" = "1:1:current 2:1:current 3:1:current 4:2:canary 5:1:current 6:2:canary" ]
	[ "$(runjob show "$(run_id 4)" | jq -c '[.spec.version, .spec.chosen]')" = '["site@2","canary"]' ]
	run -0 runjob pipeline deployments site
	[ "$(jq -c '[.number, .type, .version, .share, .runs, .ok, .failed, .success_percent]' <<<"$output")" = \
		'[2,"canary",2,"50%",2,0,2,0]
[1,"all-at-once",1,"100%",4,4,0,100]' ]
	run -0 runjob pipeline rollback site
	[ "$output" = "site: all runs are of version 1 from now on" ]
	runjob pipeline deploy --canary 99% site@2
	runjob pipeline promote site
	run -0 runjob pipeline promote site
	[ "$output" = "site: nothing changed" ]
	run -1 --separate-stderr runjob pipeline run --watch -v B=x site
	[[ $output == *" a: failed"*" site: failed"*$'\nsite  failed after '*$'\na    failed '* ]]
	runjob pipeline rollback site
	run -1 runjob pipeline rollback site
	run -0 runjob pipeline run --json -v B=x site@2
	[ "$(jq -c '[.version, .chosen]' <<<"$output")" = '[2,"asked"]' ]
	[ "$(runjob pipeline deployments --limit 3 --after 6 site | jq -c '[.number, .type, .version, .runs, .by]')" = \
		"$(printf '[%s,"%s"]\n' '5,"promote",2,1' "$(id -un)" '4,"canary",2,0' "$(id -un)" '3,"rollback",1,0' "$(id -un)")" ]
	[ "$(runjob pipeline list | jq -c '[.newest, .current, .canary]')" = '[2,1,null]' ]
}

@test "runjob pipeline: an id runs once, whatever becomes of its pipeline, and a disabled one starts none" {
	register 'echo $PARAM_A$PARAM_B >>said' true
	runjob pipeline deploy site@1
	run -0 runjob start - < <(line 1; line 9 site@9; line 9 sit_e; line 9 other
		echo '{"pipeline":"site"}'; echo '{"pipeline":"site","parameters":{"B":"b","C":"c"}}'
		echo '{"pipeline":"site","group":"x","parameters":{"B":"b"}}')
	diff - <(jq -r '.error.message // .ok' <<<"$output") <<'WANT'
true
pipeline 'site' has no version 9; the newest is 2
'sit_e' is no name of a registered pipeline: 3 to 32 letters, digits and hyphens
pipeline 'other' is not registered
parameter 'B' wants a value
'C' is no parameter of pipeline 'site', version 1
'group' is no key of a run of a registered pipeline
WANT
	[ "$(jq -r 'select(.ok | not) | .error.kind' <<<"$output" | uniq)" = permanent ]
	runjob wait "$(run_id 1)"
	[ "$(runs)" = 1:1:current ]
	# What was a plain job once is known, too.
	run -0 runjob start - <<<"{\"id\":\"$(run_id 7)\",\"exec\":[\"true\"]}"
	wait_until runjob wait "$(run_id 7)"
	run -0 runjob start - < <(line 7)
	[ "$(jq .duplicate <<<"$output")" = true ]
	runjob pipeline deploy site@2
	run -0 runjob pipeline disable site
	run -0 runjob pipeline disable site
	[ "$output" = "site: nothing changed" ]
	run -65 --separate-stderr runjob pipeline run -v B=x site
	[[ $stderr == "runjob: pipeline 'site' is disabled, since 20"*" by $(id -un); see runjob pipeline enable" ]]
	run -0 runjob start - < <(lines 1 2)
	[ "$(jq -c '[.ok, .duplicate]' <<<"$output" | paste -sd' ')" = '[true,true] [false,null]' ]
	runjob pipeline enable site
	runjob pipeline delete site
	[ -z "$(runjob pipeline list)" ]
	run -0 runjob start - < <(lines 1 2)
	[ "$(jq -c '[.ok, .duplicate]' <<<"$output" | paste -sd' ')" = '[true,true] [false,null]' ]
	[ "$(cat said)" = noneb ]
	[ -z "$(find "$owner/.pipelines" -mindepth 1 ! -name .lock)" ]
}

@test "runjob pipeline cancel, delete: runs of one owner, and none is left behind" {
	local theirs
	theirs=$(printf 'ab%.0s' {1..32})
	mkfifo hold
	register 'read -r x <hold'
	runjob pipeline deploy site
	run -1 runjob pipeline show --owner "$theirs" site
	runjob pipeline show site@1 | runjob pipeline register --owner "$theirs"
	runjob pipeline deploy --owner "$theirs" site
	run -0 runjob pipeline run --owner "$theirs" -v B=b site
	[ "$(runjob pipeline runs --owner "$theirs" site | jq -r .id)" = "$output" ]
	run -0 runjob start - < <(lines 1 2)
	run -75 --separate-stderr runjob pipeline delete site
	[ "$stderr" = "runjob: 2 runs of pipeline 'site' have not ended; see runjob pipeline cancel" ]
	run -0 runjob pipeline cancel site "$(run_id 1)"
	[ "$output" = "$(run_id 1) cancelled" ]
	run -0 runjob pipeline cancel site
	[ "$output" = "$(run_id 2) cancelled" ]
	run -0 runjob pipeline cancel site
	[ "$output" = "site: nothing changed" ]
	[ "$(runjob pipeline deployments site | jq -c '[.runs, .running, .cancelled, .success_percent]')" = '[2,0,2,null]' ]
	runjob pipeline delete site
	[ "$(runjob list | jq -r .state | uniq)" = cancelled ]
	[ "$(runjob pipeline runs --owner "$theirs" site | jq -r .state)" = running ]
	run -0 runjob pipeline cancel --owner "$theirs" --json site
	[ "$(jq .cancelled <<<"$output")" = true ]
}

@test "runjob pipeline deploy: a crash leaves the old or the new, and the log catches up" {
	local pids=() n
	register true false
	runjob pipeline deploy site@1
	runjob pipeline deploy --canary 1% site@2
	cp -a "$site" before
	runjob pipeline promote site
	# Killed before the rename: what it had written stands beside.
	cp "$site/current" "before/current.4711.tmp"
	cp -a before torn
	# Killed behind it: the line is missing, or was cut off.
	cp "$site/current" torn/current
	head -c -20 "$site/deployments" >torn/deployments
	rm -r "$site"
	mv before "$site"
	[ "$(runjob pipeline list | jq -c '[.current, .canary]')" = '[1,2]' ]
	rm -r "$site"
	mv torn "$site"
	: >"$site/versions/3.json.4711.tmp"
	[ "$(runjob pipeline list | jq -c '[.current, .canary]')" = '[2,null]' ]
	[ "$(runjob pipeline deployments site | jq -r .type | paste -sd' ')" = "promote canary all-at-once" ]
	for n in 1 2 1 2; do
		runjob pipeline deploy "site@$n" >/dev/null 3>&- &
		pids+=($!)
	done
	for n in "${pids[@]}"; do wait "$n"; done
	[ -z "$(find "$site" -name '*.tmp')" ]
	n=$(wc -l <"$site/deployments")
	[ "$n" -ge 4 ]
	[ "$(jq -s -c 'map(.number) == [range(1; length + 1)]' "$site/deployments")" = true ]
	[ "$(jq .last.number "$site/current")" = "$n" ]
}
