# shellcheck disable=SC2153 # start_github sets HOOKTOOLS_GITHUB_API
load ../../helper
load ../../fake/helper
load helper

setup_file() {
	make_app_key
}

setup() {
	start_github
	github_pid=$server_pid
	add_app
	export HOOKTOOLS_GITLAB_API=$server_url/api/v4
	printf 'glpat-secret-of-gitlab' >"$github/gitlab-token"
	tokenmint vault put global/gitlab.token --file "$github/gitlab-token" 2>/dev/null
	start_hookrecv
	export HOOKTOOLS_HOOK_URL=$server_url
}

teardown() {
	kill -CONT "$github_pid"
	stop_servers
}

# Something happens at the forge: happens HOOK EVENT [STATUS]; with a status nothing is sent,
# and the forge says that this was the answer.
happens() {
	curl -fsS -X POST -H "X-GitHub-Event: $2" ${3:+-H "X-Fake-Status: $3"} -d "{\"n\":$((++happened))}" \
		"$HOOKTOOLS_GITHUB_API/fake/deliver/$1"
}

stop_receiver() {
	kill "$server_pid"
	wait_until stopped
}

stopped() { ! kill -0 "$server_pid" 2>/dev/null; }

# Again at the same address.
restart_receiver() {
	start_server "$BATS_TEST_TMPDIR/log.$RANDOM" hookrecv -l "${HOOKTOOLS_HOOK_URL#http://}"
}

# How often a path was asked for with POST: sent_again PART
sent_again() {
	jq -s --arg part "$1" 'map(select(.method == "POST" and (.path | contains($part)))) | length' "$github/requests"
}

# All events of the spool, one a line.
events() {
	find "$HOOKTOOLS_STATE/spool/new" -type f -exec cat {} +
}

# As if the last try had been made so many seconds ago.
let_pass() {
	local file
	for file in "$HOOKTOOLS_STATE"/recovered/*/????????????????????????????????; do
		jq -c --argjson s "$1" '.tried_ms -= $s * 1000 | .found_ms -= $s * 1000' "$file" >"$file.new"
		mv "$file.new" "$file"
	done
}

# bats test_tags=FX_3
@test "hookrecv reconcile: what failed while we were away comes back, once" {
	hookrecv add acme/site --create >/dev/null
	happens 1 push
	stop_receiver
	for event in push workflow_run issues; do happens 1 "$event"; done
	[ "$(jq -rs 'map(.status) | tostring' "$github"/deliveries/1/*)" = '[200,202,0,0,0]' ]
	restart_receiver
	run -0 --separate-stderr hookrecv reconcile --json
	[ "${#lines[@]}" -eq 3 ]
	jq -es 'map([.state, .found, .event, .name, .tries]) == [
		["recovered", "failed", "push", "acme/site", 1],
		["recovered", "failed", "workflow_run", "acme/site", 1],
		["recovered", "failed", "issues", "acme/site", 1]]' <<<"$output"
	[ "$(grep -c 'recovered hook=' <<<"$stderr")" -eq 3 ]
	[ "$(stored)" -eq 4 ]
	# The same deliveries, marked; the ids are those of the spool.
	diff <(jq -r '.delivery, .id' <<<"$output" | sort) \
		<(events | jq -r 'select(.recovered) | .delivery, .id' | sort)
	[ "$(events | jq -s 'map(select(.recovered == null)) | length')" -eq 1 ]
	[ "$(events | jq -r .delivery | sort -u | wc -l)" -eq 4 ]
	# And nothing is left to do.
	run -0 --separate-stderr hookrecv reconcile --json
	[ -z "$output" ]
	[ "$(sent_again /attempts)" -eq 3 ]
	[ "$(stored)" -eq 4 ]
}

# bats test_tags=FX_3
@test "hookrecv reconcile: what the forge says it delivered, and is not here, is missing" {
	hookrecv add acme/site --create >/dev/null
	happens 1 push 200
	happens 1 push
	run -0 --separate-stderr hookrecv reconcile acme/site --json
	jq -es 'map([.state, .found, .status]) == [["recovered", "missing", "200"]]' <<<"$output"
	[ "$(stored)" -eq 2 ]
	run -0 script -qec 'hookrecv reconcile' /dev/null
	[ -z "$output" ]
}

# bats test_tags=FX_3
@test "hookrecv reconcile: a dry run tells and does nothing" {
	hookrecv add acme/site --create >/dev/null
	happens 1 push 500
	run -0 --separate-stderr hookrecv reconcile --dry-run --json
	jq -es 'map([.state, .found, .status, .tries]) == [["due", "failed", "500", 0]]' <<<"$output"
	[ "$(sent_again /attempts)" -eq 0 ]
	[ -z "$(find "$HOOKTOOLS_STATE/recovered" -type f ! -name .lock)" ]
	run -0 script -qec 'hookrecv reconcile -n' /dev/null
	[[ $output == "due "*" acme/site "*" push "* ]]
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output")" = recovered ]
}

@test "hookrecv reconcile: where the receiver is still away, the forge is asked ever more rarely" {
	hookrecv add acme/site --create >/dev/null
	stop_receiver
	happens 1 push
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output")" = redelivered ]
	for again in 590 5 ; do
		let_pass "$again"
		run -0 --separate-stderr hookrecv reconcile --json
		[ -z "$output" ]
	done
	[ "$(sent_again /attempts)" -eq 1 ]
	let_pass 6
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r '.state, .tries' <<<"$output")" = $'redelivered\n2' ]
	let_pass 700
	run -0 --separate-stderr hookrecv reconcile
	[ "$(sent_again /attempts)" -eq 2 ]
	let_pass 600
	restart_receiver
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r '.state, .tries' <<<"$output")" = $'recovered\n3' ]
	[ "$(stored)" -eq 1 ]
}

@test "hookrecv reconcile: what does not come for three days is lost, and that is said" {
	hookrecv add acme/site --create >/dev/null
	stop_receiver
	happens 1 push
	run -0 --separate-stderr hookrecv reconcile
	let_pass 259300
	# GitHub lists it no longer, either.
	mv "$github/deliveries/1/0002" "$github/deliveries/1/0003" "$BATS_TEST_TMPDIR"
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output")" = lost ]
	[[ $stderr == *"lost hook="* ]]
	run -0 --separate-stderr hookrecv reconcile
	[ -z "$output" ]
}

# bats test_tags=FX_3
@test "hookrecv reconcile: many pages, as the forge links them, and ids beyond 2^53" {
	hookrecv add acme/site --create >/dev/null
	echo 3 >"$github/page-size"
	for _ in {1..10}; do happens 1 push 502; done
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output" | sort | uniq -c | tr -s ' ')" = ' 10 recovered' ]
	[ "$(asked GET /repositories/acme.site/hooks/1/deliveries)" -eq 3 ]
	# In the order in which they were.
	events | jq -es 'sort_by(.id) | map(.payload.n) == [range(1; 11)]'
}

@test "hookrecv reconcile: settled deliveries are not looked through again" {
	hookrecv add acme/site --create >/dev/null
	echo 2 >"$github/page-size"
	for _ in {1..6}; do happens 1 push; done
	for file in "$github"/deliveries/1/000[1-5]; do
		jq -c '.at = "2026-01-01T00:00:00.000Z"' "$file" >"$file.new"
		mv "$file.new" "$file"
	done
	run -0 --separate-stderr hookrecv reconcile
	[ "$(asked GET /repositories/acme.site/hooks/1/deliveries)" -eq 1 ] # the second page is too old
	for file in "$github"/deliveries/1/000[1-5]; do
		jq -c --arg at "$(date -u -d '-30 minutes' +%FT%T.000Z)" '.at = $at' "$file" >"$file.new"
		mv "$file.new" "$file"
	done
	id=$(hookrecv show acme/site --json | jq -r .id)
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "UPDATE hooks SET created_ms = created_ms - 7200000"
	run -0 --separate-stderr hookrecv reconcile
	[ "$(asked GET /repositories/acme.site/hooks/1/deliveries)" -eq 4 ]
	[[ $(jq -r .upto "$HOOKTOOLS_STATE/recovered/$id/mark") == *0005 ]]
	run -0 --separate-stderr hookrecv reconcile
	[ "$(asked GET /repositories/acme.site/hooks/1/deliveries)" -eq 5 ]
	# --since looks at all of them.
	run -0 --separate-stderr hookrecv reconcile --since 1d
	[ "$(asked GET /repositories/acme.site/hooks/1/deliveries)" -eq 8 ]
	[ "$(sent_again /attempts)" -eq 0 ]
}

@test "hookrecv reconcile: deliveries of a time before the hook was ours are not asked for" {
	hookrecv add acme/site --create >/dev/null
	happens 1 push 200
	file=$github/deliveries/1/0002
	jq -c --arg at "$(date -u -d '-1 day' +%FT%T.000Z)" '.at = $at' "$file" >"$file.new"
	mv "$file.new" "$file"
	run -0 --separate-stderr hookrecv reconcile
	[ -z "$output" ]
	run -0 --separate-stderr hookrecv reconcile --since 2d --json
	[ "$(jq -r .state <<<"$output")" = recovered ]
}

# bats test_tags=FX_3
@test "hookrecv reconcile: a next page at another origin is refused, and gets no token" {
	hookrecv add acme/site --create >/dev/null
	echo 1 >"$github/page-size"
	echo 'http://127.0.0.1:1' >"$github/link-origin"
	happens 1 push 500
	run -77 --separate-stderr hookrecv reconcile
	[[ $stderr == *"another origin"* ]]
}

@test "hookrecv reconcile: what the forge answers decides how it ends" {
	local answer
	hookrecv add acme/site --create >/dev/null
	happens 1 push 500
	for answer in '401 77' '403 77' '404 77' '422 65' '429 75' '500 75' '503 75'; do
		echo "${answer% *} 0 /deliveries" >"$github/fail"
		run "-${answer#* }" --separate-stderr hookrecv reconcile
		[[ $stderr == *"acme/site: "*"GitHub says ${answer% *} 'As the test wants it'"* ]]
		[ -z "$output" ]
	done
	echo "429 33 POST /repos/acme/site/hooks/1/deliveries" >"$github/fail"
	run -75 --separate-stderr hookrecv reconcile
	[[ $stderr == *"retry after 33 s"* ]]
	# Refused is not asked: it need not wait for ten minutes.
	rm "$github/fail"
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r '.state, .tries' <<<"$output")" = $'recovered\n1' ]
}

@test "hookrecv reconcile: a delivery that the forge cannot send leaves the others their turn" {
	hookrecv add acme/site --create >/dev/null
	happens 1 push 500
	happens 1 push 500
	echo "422 0 6840002/attempts" >"$github/fail"
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output" | sort | tr '\n' ' ')" = 'recovered ' ]
	[[ $stderr == *"GitHub says 422"* ]]
	echo "404 0 6840002/attempts" >"$github/fail"
	let_pass 700
	run -0 --separate-stderr hookrecv reconcile --json
	[[ $stderr == *"no longer"* ]]
}

# bats test_tags=FX_3
@test "hookrecv reconcile: a hook whose forge says no does not keep the others from their turn" {
	hookrecv add acme/a --create >/dev/null
	hookrecv add acme/b --create >/dev/null
	hookrecv add acme/c -p gitlab --create >/dev/null
	hookrecv add acme/by-hand >/dev/null
	for hook in 1 2 3; do happens "$hook" 'Push Hook' 500; done
	echo "403 0 /repos/acme/a/" >"$github/fail"
	run -77 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r '.name + " " + .state' <<<"$output" | sort | tr '\n' ' ')" = 'acme/b recovered acme/c recovered ' ]
	happens 3 'Push Hook' 500
	echo "429 9 /repos" >"$github/fail"
	run -75 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r '.name + " " + .state' <<<"$output")" = 'acme/c recovered' ]
	run -65 --separate-stderr hookrecv reconcile acme/by-hand
	[[ $stderr == *"hookrecv add acme/by-hand --create"* ]]
	hookrecv disable acme/a
	run -65 --separate-stderr hookrecv reconcile acme/a
	run -1 --separate-stderr hookrecv reconcile acme/none
	run -64 --separate-stderr hookrecv reconcile acme/a acme/b
	run -64 --separate-stderr hookrecv reconcile --app main
	run -64 --separate-stderr hookrecv reconcile --since 1y
}

# bats test_tags=FX_3
@test "hookrecv reconcile: GitLab's events, with a token and with a key that signs" {
	printf 'whsec_%s' "$(head -c 32 /dev/zero | base64)" >"$BATS_TEST_TMPDIR/key"
	hookrecv add acme/site -p gitlab --create >/dev/null
	hookrecv add acme/sign -p gitlab --create --secret-file "$BATS_TEST_TMPDIR/key" >/dev/null
	stop_receiver
	echo 2 >"$github/page-size"
	for hook in 1 2; do
		for event in 'Push Hook' 'Job Hook' 'Pipeline Hook'; do happens "$hook" "$event"; done
	done
	run -0 --separate-stderr hookrecv reconcile --json # 422: GitLab says that nobody is there
	[ -z "$output" ]
	[[ $stderr == *"GitLab says 422 'Connection refused'"* ]]
	restart_receiver
	let_pass 700
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output" | sort | uniq -c | tr -s ' ')" = ' 6 recovered' ]
	[ "$(stored)" -eq 6 ]
	run -0 --separate-stderr hookrecv reconcile
	[ -z "$output" ]
	events | jq -es 'all(.recovered)'
}

# bats test_tags=FX_3
@test "hookrecv reconcile: the deliveries of an App, whose hook was entered by hand" {
	run -0 --separate-stderr hookrecv add bot --create --app main --json
	for event in push installation; do happens 999 "$event" 500; done
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r .state <<<"$output" | sort | uniq -c | tr -s ' ')" = ' 2 recovered' ]
	[ "$(asked GET /app/hook/deliveries 200)" -ge 1 ]
	[ "$(stored)" -eq 2 ]
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "UPDATE hooks SET forge = NULL, app = NULL"
	happens 999 push 500
	run -65 --separate-stderr hookrecv reconcile bot
	run -0 --separate-stderr hookrecv reconcile bot --app main --json
	[ "$(jq -r .state <<<"$output")" = recovered ]
	[ "$(hookrecv show bot --json | jq -r .app)" = main ]
}

# bats test_tags=FX_3
@test "hookrecv reconcile: kill -9 in the middle loses nothing and doubles nothing" {
	hookrecv add acme/site --create >/dev/null
	for _ in {1..25}; do happens 1 push 500; done
	hookrecv reconcile >/dev/null 2>&1 3>&- &
	pid=$!
	wait_until asked_for 3
	kill -9 "$pid"
	for _ in {1..3}; do
		let_pass 700
		run -0 --separate-stderr hookrecv reconcile
	done
	[ "$(events | jq -r .delivery | sort -u | wc -l)" -eq 25 ]
	[ "$(stored)" -eq 25 ]
	events | jq -es 'all(.recovered)'
}

asked_for() { [ "$(sent_again /attempts)" -ge "$1" ]; }

@test "hookrecv reconcile: no more than 60 at a time, and the rest is announced" {
	hookrecv add acme/site --create >/dev/null
	for _ in {1..63}; do happens 1 push 500; done
	run -75 --separate-stderr hookrecv reconcile
	[[ ${stderr_lines[-1]} == *"3 more deliveries are to be sent again"* ]]
	[ "$(stored)" -eq 60 ]
	run -0 --separate-stderr hookrecv reconcile
	[ "$(stored)" -eq 63 ]
}

# bats test_tags=FX_3
@test "hookrecv reconcile: what takes more than 50 pages is gone on with by the next run" {
	hookrecv add acme/site --create >/dev/null
	echo 1 >"$github/page-size"
	for _ in {1..55}; do happens 1 push 500; done
	for file in "$github"/deliveries/1/*; do
		jq -c --arg at "$(date -u -d '-30 minutes' +%FT%T.000Z)" '.at = $at' "$file" >"$file.new"
		mv "$file.new" "$file"
	done
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "UPDATE hooks SET created_ms = created_ms - 7200000"
	id=$(hookrecv show acme/site --json | jq -r .id)
	mark=$HOOKTOOLS_STATE/recovered/$id/mark
	run -0 --separate-stderr hookrecv reconcile --json
	[ "${#lines[@]}" -eq 50 ]
	jq -e '.upto == "" and (.top | endswith("0056")) and (.next | startswith("/repositories/"))' "$mark"
	# A page that the forge has no longer: begin anew.
	cp "$mark" "$BATS_TEST_TMPDIR/mark"
	echo "404 0 /repositories" >"$github/fail"
	run -77 --separate-stderr hookrecv reconcile
	[ "$(jq -r .next "$mark")" = "" ]
	rm "$github/fail"
	cp "$BATS_TEST_TMPDIR/mark" "$mark"
	run -0 --separate-stderr hookrecv reconcile --json
	[ "${#lines[@]}" -eq 5 ]
	jq -e '.next == "" and .top == "" and (.upto | endswith("0056"))' "$mark"
	[ "$(events | jq -r .delivery | sort -u | wc -l)" -eq 55 ]
	[ "$(stored)" -eq 55 ]
}

@test "hookrecv reconcile: what was delivered before our memory begins is not taken for missing" {
	hookrecv add acme/site --create >/dev/null
	happens 1 push 200
	happens 1 push 500
	for file in "$github"/deliveries/1/000[23]; do
		jq -c --arg at "$(date -u -d '-30 minutes' +%FT%T.000Z)" '.at = $at' "$file" >"$file.new"
		mv "$file.new" "$file"
	done
	sqlite3 "$HOOKTOOLS_STATE/registry.db" "UPDATE hooks SET created_ms = created_ms - 7200000"
	happens 1 push
	stop_receiver
	# The half of the memory that is in use now is the other one.
	printf '\001' | dd of="$HOOKTOOLS_STATE/seen" bs=1 seek=4 conv=notrunc status=none
	restart_receiver
	run -0 --separate-stderr hookrecv reconcile --json
	[ "$(jq -r '.found, .state' <<<"$output")" = $'failed\nrecovered' ]
}

@test "hookrecv reconcile: two do not overlap" {
	mkdir -p "$HOOKTOOLS_STATE/recovered"
	exec 8>"$HOOKTOOLS_STATE/recovered/.lock"
	flock 8
	run -75 --separate-stderr hookrecv reconcile
	[[ $stderr == *"another hookrecv reconcile is at work"* ]]
	exec 8>&-
	run -0 --separate-stderr hookrecv reconcile
	[ -z "$output$stderr" ]
}

@test "hookrecv remove: takes what was told of its deliveries, too" {
	hookrecv add acme/site --create >/dev/null
	happens 1 push 500
	hookrecv reconcile >/dev/null 2>&1
	id=$(hookrecv show acme/site --json | jq -r .id)
	[ -d "$HOOKTOOLS_STATE/recovered/$id" ]
	run -0 --separate-stderr hookrecv remove acme/site
	[ ! -e "$HOOKTOOLS_STATE/recovered/$id" ]
}

@test "hookrecv reconcile: tokens and secrets are in no argument, no environment and no line" {
	local pid helper
	hookrecv add acme/site --create >/dev/null
	happens 1 push 500
	tokenmint get acme/site >"$BATS_TEST_TMPDIR/secrets"
	tokenmint vault get "repository/$(hookrecv list --json | jq -r .id)_SECRET" >>"$BATS_TEST_TMPDIR/secrets"
	kill -STOP "$github_pid"
	hookrecv reconcile --debug >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	pid=$!
	wait_until pgrep -P "$pid" -x hookrecv-forge
	helper=$(pgrep -P "$pid" -x hookrecv-forge)
	run -1 grep -aFf "$BATS_TEST_TMPDIR/secrets" "/proc/$pid/cmdline" "/proc/$pid/environ" \
		"/proc/$helper/cmdline" "/proc/$helper/environ"
	kill -CONT "$github_pid"
	wait "$pid"
	grep -q '"state":"recovered"' "$BATS_TEST_TMPDIR/out"
	run -1 grep -raFf "$BATS_TEST_TMPDIR/secrets" "$BATS_TEST_TMPDIR/out" "$HOOKTOOLS_STATE"
}
