load ../../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	owner=$HOOKTOOLS_STATE/jobs/$(printf '%056d%08x' 0 "$EUID")
}

# site TASK [MEMBERS]: a specification of the pipeline site.
site() {
	printf '{ "pipeline": "site"%s,\n "tasks": [{"id": "build", "exec": ["%s"]}, {"id":"ship","exec":["true"],"needs":{"build":"success"}}] }\n' "${2:-}" "$1"
}

# bats test_tags=F2_11,F2_12,F2_22,F2_40
@test "runjob pipeline register: what changes is a new version, and what does not is none" {
	local sum
	site true >one
	run -1 --separate-stderr runjob pipeline diff one
	[ "$stderr" = "runjob: pipeline 'site' is not registered" ]
	run -0 runjob pipeline register one
	sum=$(jq -cSj . one | sha256sum | cut -d' ' -f1)
	[ "$output" = "site@1 $sum" ]
	jq -S '.tasks[1] |= {needs, exec, id}' one >same
	run -0 runjob pipeline register - <same
	[ "$output" = "nothing changed: site@1 $sum" ]
	run -0 runjob pipeline diff same
	[ -z "$output" ]
	site false ',"timeout":"1h"' >two
	run -1 runjob pipeline diff two
	diff - <(echo "$output") <<'WANT'
tasks.build.exec: ["true"] -> ["false"]
timeout: null -> "1h"
WANT
	run -0 runjob pipeline register --json two
	[ "$(jq -c 'del(.sha256)' <<<"$output")" = '{"pipeline":"site","version":2,"changed":true}' ]
	run -0 runjob pipeline register --json one
	[ "$(jq -c 'del(.sha256)' <<<"$output")" = '{"pipeline":"site","version":1,"changed":false}' ]
	diff <(runjob pipeline show site@2) <(jq -cS . two)
	[ "$(runjob pipeline show site | jq -c '[.newest, .current, (.versions | map(.version))]')" = '[2,null,[2,1]]' ]
	[ "$(runjob pipeline show --limit 1 --after 2 site | jq -c '.versions | map(.sha256)')" = "[\"$sum\"]" ]
	sed -i 's/"false"/"true"/' "$owner/.pipelines/site/versions/2.json"
	run -65 --separate-stderr runjob pipeline deploy site@2
	[ "$stderr" = "runjob: site@2 was changed on the disk after it was registered" ]
	[ "$(runjob pipeline show site@1 --json | jq -r '.sha256')" = "$sum" ]
}

# bats test_tags=F2_14,F2_21
@test "runjob pipeline: what is wrong or missing is named" {
	local line want
	while IFS='|' read -r line want; do
		run -65 --separate-stderr runjob pipeline register <<<"$line"
		[ "$stderr" = "runjob: standard input: $want" ] || {
			echo "$stderr"
			return 1
		}
	done <<'WANT'
[]|it is no JSON object
{"tasks":[]}|'pipeline' is missing
{"pipeline":"a_b","tasks":[]}|'pipeline': 'a_b' is no name of a registered pipeline: 3 to 32 letters, digits and hyphens
{"pipeline":"site@2","tasks":[]}|'pipeline' names a version; that is counted for you
{"pipeline":"site","id":"x","tasks":[]}|'id' belongs to a run, and not to a pipeline
{"pipeline":"site","frob":1,"tasks":[]}|'frob' is no key of a pipeline
{"pipeline":"site"}|'tasks' wants 1 to 200 tasks
{"pipeline":"site","tasks":[{"id":"a","exec":["x"],"frob":1}]}|task 'a': unknown key 'frob'
WANT
	[ ! -e "$owner/.pipelines" ]
	for line in show runs deployments deploy promote rollback enable disable delete run cancel; do
		run -1 --separate-stderr runjob pipeline "$line" site
		[ "$stderr" = "runjob: pipeline 'site' is not registered" ]
		run -64 --separate-stderr runjob pipeline "$line" ../x
		[ "$stderr" = "runjob: '../x' is no name of a registered pipeline: 3 to 32 letters, digits and hyphens" ]
		run -64 runjob pipeline "$line"
	done
	[ ! -e "$owner/.pipelines" ]
	site true | runjob pipeline register
	run -1 --separate-stderr runjob pipeline deploy site@7
	[ "$stderr" = "runjob: pipeline 'site' has no version 7; the newest is 1" ]
	run -65 --separate-stderr runjob pipeline run site@7
	[ "$stderr" = "runjob: pipeline 'site' has no version 7; the newest is 1" ]
	run -65 --separate-stderr runjob pipeline run site
	[ "$stderr" = "runjob: pipeline 'site': no version of it is deployed; see runjob pipeline deploy" ]
	run -1 --separate-stderr runjob pipeline cancel site 01a00000-0000-7000-8000-000000000001
	[ "$stderr" = "runjob: pipeline 'site' has no run '01a00000-0000-7000-8000-000000000001'" ]
	run -64 runjob pipeline promote site@1
	run -64 runjob pipeline run -v =x site
	run -64 runjob pipeline deploy --canary 100% site
}

# bats test_tags=F2_38
@test "runjob pipeline register: eight at once are eight versions, and a list has its pages" {
	local i pids=()
	# A registration that was cut off is none, and one goes on behind it.
	mkdir -p "$owner/.pipelines/site/versions" "$owner/.pipelines/wreck"
	run -1 runjob pipeline show site
	for i in {1..8}; do
		site "task$i" >"$i.json"
		runjob pipeline register "$i.json" >"$i.out" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do wait "$i"; done
	[ "$(cat ./*.out | cut -d' ' -f1 | sort | paste -sd' ')" = "site@1 site@2 site@3 site@4 site@5 site@6 site@7 site@8" ]
	for i in {1..8}; do
		grep -qF "$(jq -cSj . "$i.json" | sha256sum | cut -d' ' -f1)" "$i.out"
		diff <(jq -cS . "$i.json") <(runjob pipeline show "$(cut -d' ' -f1 "$i.out")")
	done
	for i in alpha beta; do site true | jq --arg name $i '.pipeline = $name' | runjob pipeline register; done
	[ "$(runjob pipeline list | jq -r .pipeline | paste -sd' ')" = "alpha beta site" ]
	[ "$(runjob pipeline list --limit 1 --after alpha | jq -c '[.pipeline, .newest, .enabled]')" = '["beta",1,true]' ]
	run -0 script -qec 'runjob pipeline list' /dev/null
	[[ ${lines[3]} =~ ^site\ +8\ +-\ +-\ +-\ +yes ]]
}
