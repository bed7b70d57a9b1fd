load ../../helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkfifo fifo
	run_id=${job_ids}000000000001
}

# start TASKS: a pipeline with run_id.
start() {
	run -0 runjob start - <<<'{"id":"'"$run_id"'","pipeline":"demo","tasks":['"$1"']}'
	[ "$(jq .ok <<<"$output")" = true ]
}

job_of() {
	runjob list | jq -r --arg name "$1" 'select(.name == $name).id'
}

# set_times NAME CREATED STARTED FINISHED: in seconds after noon.
set_times() {
	local dir
	dir=$(echo "$HOOKTOOLS_STATE"/jobs/*/"$(job_of "$1")")
	jq -c --arg c "2026-11-22T12:00:$2.000Z" --arg s "2026-11-22T12:00:$3.000Z" --arg f "2026-11-22T12:00:$4.000Z" \
		'.created_at = $c | .started_at = $s | .finished_at = $f' "$dir/status.json" >status
	cp status "$dir/status.json"
}

has_state() {
	[ "$(job_of "$1")" ] && [ "$(runjob show "$(job_of "$1")" | jq -r .state)" = "$2" ]
}

# Four tasks that have ended, with times that are always the same.
make_run() {
	local dir
	start "$(tr -d '\n\t' <<<'{"id":"build","exec":["true"]},
		{"id":"test","exec":["false"],"needs":{"build":"success"},"retry":{"times":1,"delay":"1ms"}},
		{"id":"ship","exec":["true"],"needs":{"test":"success"}},
		{"id":"alarm","exec":["true"],"needs":{"test":"failure"}}')"
	run -1 runjob wait "$run_id"
	set_times demo 00 00 20
	set_times demo/build 00 05 10
	set_times demo/test 10 16 18
	set_times demo/alarm 18 18 19
	dir=$(echo "$HOOKTOOLS_STATE"/jobs/*/"$(job_of demo/test)")
	jq -c '.created_at = "2026-11-22T12:00:10.000Z" | .started_at = "2026-11-22T12:00:11.000Z" |
		.finished_at = "2026-11-22T12:00:14.000Z"' "$dir/attempts" >attempts
	# A crash may tell it twice, and tear the last line.
	cat attempts attempts - >"$dir/attempts" <<<'{"id":"0195'
}

# bats test_tags=F2_8,F2_9
@test "runjob timeline: a chart says when each task waited, ran, was tried again or skipped" {
	make_run
	diff - <(runjob timeline "$run_id") <<'END'
demo  failed after 20.0s, asked for 2026-11-22 12:00:00 UTC
TASK  STATE      0         5s         10s       15s          WAITED    RAN TRIES
build ok         ░░░░░░░░░░███████████                         5.0s   5.0s     1
test  failed                          ░░▒▒▒▒▒▒░░░░▒▒▒▒         3.0s   5.0s     2
ship  skipped                                                     -      -     0
alarm ok                                              ██        0ms   1.0s     1
░ waits  █ runs  ▒ ended badly
END
	run -0 env LC_ALL=C runjob timeline "$(job_of demo/test)"
	[[ ${lines[1]} == "TRY  STATE      0 "*" 6s "* ]]
	[[ ${lines[2]} =~ ^1\ +failed\ +\.+x+\ +1.0s\ +3.0s$ ]]
	[[ ${lines[3]} =~ ^2\ +failed\ +\.+x+\ +2.0s\ +2.0s$ ]]
	[ "${lines[4]}" = ". waits  # runs  x ended badly" ]
	# As wide as the terminal.
	run -0 script -qec "stty cols 120; runjob timeline $run_id" /dev/null
	[ "$(sed -n 2p <<<"${output//$'\r'/}" | wc -L)" -eq 120 ]
	run -64 runjob timeline
	run -64 runjob timeline --json --svg "$run_id"
	run -1 runjob timeline 0195a000-0000-7000-8000-00000000ffff
}

# bats test_tags=F2_8,F2_9
@test "runjob timeline: the same as JSON lines, and as an SVG file for all who look at it" {
	local state
	make_run
	diff - <(runjob timeline --json "$run_id" |
		jq -c '[.kind, .name, .state, .queued, .started, .ended, .waited, .ran, (.attempts | length)]') <<'END'
["run","demo","failed",0,0,20,0,20,1]
["task","build","ok",0,5,10,5,5,1]
["task","test","failed",10,11,18,3,5,2]
["task","ship","skipped",null,null,null,0,0,0]
["task","alarm","ok",18,18,19,0,1,1]
END
	diff - <(runjob timeline --json "$run_id" | jq -c 'select(.name == "test").attempts[]') <<'END'
{"attempt":1,"state":"failed","queued":10,"started":11,"ended":14,"exit_code":1}
{"attempt":2,"state":"failed","queued":14,"started":16,"ended":18,"exit_code":1}
END
	runjob timeline --svg "$run_id" >run.svg
	python3 - run.svg <<'END'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
svg = '{http://www.w3.org/2000/svg}'
assert root.find(svg + 'title').text == 'demo'
assert 'test: failed, ran 5.0s.' in root.find(svg + 'desc').text
assert root.get('aria-labelledby') == 'title desc'
words = [text.text for text in root.iter(svg + 'text')]
for word in 'build', 'ok 5.0s', 'failed 5.0s, 2 tries', 'skipped', 'ended badly':
    assert word in words, word
bars = [rect.find(svg + 'title').text for rect in root.iter(svg + 'rect') if rect.find(svg + 'title') is not None]
assert 'test: waits, 2.0s from 14.0s on' in bars, bars
assert not any('href' in key for each in root.iter() for key in each.attrib)
END
	# Whatever a job is called.
	run -0 runjob run -n "<b>&ö" -- true
	runjob timeline --svg "$(runjob list --limit 1 | jq -r .id)" >name.svg
	python3 -c 'import sys, xml.etree.ElementTree as t
assert t.parse("name.svg").getroot()[0].text == "<b>&ö"'
}

@test "runjob timeline: what is on is shown up to now, and what could not start says why" {
	local state
	start '{"id":"on","exec":["sh","-c","read -r x <'"$BATS_TEST_TMPDIR"'/fifo"]},{"id":"then","exec":["true"],"needs":{"on":"any"}},{"id":"bad","exec":["true"],"dir":"/nowhere"}'
	wait_until has_state demo/on running
	wait_until has_state demo/bad failed
	state=$(runjob timeline --json "$run_id" | jq -c '[.name, .state, .ended != null, .ran > 0]')
	diff - <(grep -v bad <<<"$state") <<'END'
["demo","running",false,true]
["on","running",false,true]
["then","waiting",false,false]
END
	[ "$(runjob timeline --json "$run_id" | jq -r 'select(.name == "bad").reason')" != null ]
	run -0 runjob timeline "$run_id"
	[[ $output == "demo  running for "* ]]
	echo x >fifo
	run -1 runjob wait "$run_id"
}
