load ../../helper
load helper

# From an event to a plugin's run.

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_key
	ran=$BATS_TEST_TMPDIR/ran
	: >"$ran"
	hookrecv add acme/site >/dev/null
	hookrecv add acme/shop >/dev/null
}

teardown() {
	stop_servers
	runjob list --state running --json 2>/dev/null | jq -r .id | xargs -r -n 1 runjob stop >/dev/null 2>&1 || true
}

# program NAME [TEXT]: a plugin's file, which notes that it ran.
program() {
	printf '#!/bin/sh\n%s\necho "%s $HOOKTOOLS_REPOSITORY" >>%q\n' "${2:-}" "$1" "$ran" >"$1"
	chmod +x "$1"
}

# plugin NAME REPOSITORY [TEXT]: added and assigned.
plugin() {
	program "$1" "${3:-}"
	hookroute plugin add "$1" "$1" >/dev/null
	hookroute plugin assign "$1" "$2"
}

# happen EVENT [REPOSITORY [PAYLOAD]]: it, routed.
happen() {
	printf '%s\n' "${3:-{\}}" | hookroute put --event "$1" --name "${2:-acme/site}" >/dev/null
	hookroute drain 2>>drain.log
}

all_ended() { [ "$(runjob list --json | jq -r 'select(.finished_at == null).id' | wc -l)" -eq 0 ]; }

# open_gate [TEXT]: whoever reads the FIFO goes on.
open_gate() {
	timeout 30 sh -c 'echo "$1" >gate' - "${1:-}"
}

# What has run, sorted, in one line.
runs() {
	wait_until all_ended
	sort "$ran" | tr '\n' ';'
}

# say LINE...: to the consumer; its replies.
say() {
	printf '%s\n' "$@" | "$build/libexec/hooktools/hookroute-plugin" - 2>>consumer.log
}

only_job() {
	wait_until all_ended
	runjob list --json | jq -r .id
}

# bats test_tags=F0_8,F0_9,F0_15
@test "hookroute plugin: runs for the events of the repositories that it is assigned to" {
	program blank
	hookroute plugin add blank blank
	plugin lint acme/site
	plugin both acme/site
	hookroute plugin assign both acme/shop
	happen push acme/site
	[ "$(runs)" = "both acme/site;lint acme/site;" ]
	happen push acme/shop
	[ "$(runs)" = "both acme/shop;both acme/site;lint acme/site;" ]
	happen push acme/other
	happen ping acme/site
	hookroute plugin disable both
	hookroute plugin unassign lint acme/site
	happen push acme/site
	[ "$(runs)" = "both acme/shop;both acme/site;lint acme/site;" ]
	[ "$(files new)" -eq 0 ]
}

# bats test_tags=F0_9,FX_30
@test "hookroute plugin: its standard input is the payload, byte for byte" {
	plugin keep acme/site "cat >$BATS_TEST_TMPDIR/input"
	payload='{ "n":123456789012345678901234567890,  "nul":"\u0000","pair":"\ud83d\ude00","lone":"\ud800", "e":1.0E+2,"u":"ü" }'
	happen push acme/site "$payload"
	[ "$(runs)" = "keep acme/site;" ]
	printf '%s' "$payload" | cmp - input
}

# bats test_tags=F0_9,F0_29
@test "hookroute plugin: settings, secrets and ours are in its environment, and the secret nowhere else" {
	plugin vars acme/site "env | grep -E '^(CONFIG|PARAM|HOOKTOOLS)_' | grep -vE '_(STATE|CONF|RUN)=' | sort >$BATS_TEST_TMPDIR/vars.txt"
	printf 'hush-hush' | tokenmint vault put global/DEPLOY
	hookroute plugin set vars LEVEL '3 "x" é'
	hookroute plugin set vars LEVEL 4 --repository acme/site
	hookroute plugin set vars LEVEL 5 --repository acme/shop
	hookroute plugin set vars TOKEN --secret global/DEPLOY
	hookroute plugin set vars KEY --secret global/DEPLOY --repository acme/site
	event 7 push '{"a":1}' | hookroute put
	hookroute drain
	job=$(only_job)
	[ "$(cat vars.txt)" = "CONFIG_LEVEL=3 \"x\" é
CONFIG_TOKEN=hush-hush
HOOKTOOLS_DELIVERY=d7
HOOKTOOLS_EVENT=push
HOOKTOOLS_EVENT_ID=$(id 7)
HOOKTOOLS_JOB_ID=$job
HOOKTOOLS_KIND=push
HOOKTOOLS_PLUGIN=vars
HOOKTOOLS_PLUGIN_VERSION=1.0.0
HOOKTOOLS_PROVIDER=github
HOOKTOOLS_RECEIVED_AT=2026-11-20T23:45:10.123Z
HOOKTOOLS_REPOSITORY=acme/site
PARAM_KEY=hush-hush
PARAM_LEVEL=4" ]
	run -1 grep -raF hush-hush "$HOOKTOOLS_STATE"
}

# bats test_tags=F0_9,F0_30
@test "hookroute plugin: its exit status is the outcome, its output is in the log while it runs" {
	mkfifo gate
	plugin slow acme/site "echo begun; echo problem >&2; cat <$BATS_TEST_TMPDIR/gate; exit 3"
	happen push
	job=$(runjob list --json | jq -r .id)
	runjob tail -f "$job" >followed 2>&1 3>&- &
	follower=$!
	wait_until grep -qx problem followed
	grep -qx begun followed
	[ "$(runjob show --json "$job" | jq -r .state)" = running ]
	open_gate more
	wait "$follower"
	grep -qx more followed
	wait_until all_ended
	[ "$(runjob show --json "$job" | jq -c '[.name, .state, .exit_code, .repository]')" = '["slow@1.0.0","failed",3,"acme/site"]' ]
}

# bats test_tags=F2_12,F2_23,F2_52
@test "hookroute plugin update: the next event runs the new version, what runs ends with the old one" {
	mkfifo gate
	program one "cat <$BATS_TEST_TMPDIR/gate"
	program two
	program three
	hookroute plugin add lint one
	hookroute plugin assign lint acme/site
	hookroute plugin assign lint@1 acme/shop
	happen push acme/site
	[ ! -s "$ran" ]
	hookroute plugin update lint two
	happen push acme/site
	wait_until grep -q two "$ran"
	hookroute plugin update lint three --version 2.0.0
	happen push acme/site
	happen push acme/shop
	wait_until grep -q three "$ran"
	open_gate
	[ "$(runs)" = "one acme/site;three acme/site;two acme/shop;two acme/site;" ]
	hookroute plugin unassign lint acme/shop
	hookroute plugin assign lint@1.0.0 acme/shop
	open_gate 3>&- &
	happen push acme/shop
	[ "$(runs)" = "one acme/shop;one acme/site;three acme/site;two acme/shop;two acme/site;" ]
	# A version that was wrong is taken back by removing it.
	hookroute plugin remove lint@2
	happen push acme/site
	[ "$(runs)" = "one acme/shop;one acme/site;three acme/site;two acme/shop;two acme/site;two acme/site;" ]
}

# bats test_tags=F0_17,F0_18,F0_19
@test "hookroute plugin: events wait while the file is changed or gone, and run when the same bytes are back" {
	plugin lint acme/site
	plugin well acme/site
	own=$HOOKTOOLS_STATE/plugins/lint@1.0.0
	program evil
	cp -f evil "$own"
	happen push
	[ "$(runs)" = "well acme/site;" ]
	grep -q "plugin 'lint@1.0.0' does not work: its file has changed" drain.log
	rm -f "$own"
	happen push
	[ "$(runs)" = "well acme/site;well acme/site;" ]
	grep -q "plugin 'lint@1.0.0' does not work: its file is missing" drain.log
	[ "$(files defer)" -eq 2 ]
	cp lint "$own"
	hookroute list defer --json | jq -r .id | xargs hookroute retry
	hookroute drain
	[ "$(runs)" = "lint acme/site;lint acme/site;well acme/site;well acme/site;" ]
	[ "$(files defer)" -eq 0 ]
}

# bats test_tags=F0_19
@test "hookroute plugin: a file that is changed while it runs changes nothing" {
	mkfifo gate
	plugin lint acme/site "echo begun >$BATS_TEST_TMPDIR/begun; cat <$BATS_TEST_TMPDIR/gate; true"
	happen push
	own=$HOOKTOOLS_STATE/plugins/lint@1.0.0
	wait_until [ -s begun ]
	chmod u+w "$own"
	# Written in place: a shell that had the file open would read on in the new text.
	sed 's/^echo "lint/echo "evil/' lint >changed
	cat changed >"$own"
	open_gate
	[ "$(runs)" = "lint acme/site;" ]
}

# bats test_tags=F0_18
@test "hookroute-plugin-exec: executes just the bytes that it was told, scripts and programs" {
	program lint
	sum=$(sha256sum <lint | cut -d' ' -f1)
	HOOKTOOLS_REPOSITORY=here run -0 hookroute-plugin-exec lint@1.0.0 "$sum" ./lint
	[ "$(cat "$ran")" = "lint here" ]
	run -78 --separate-stderr hookroute-plugin-exec lint@1.0.0 "${sum/?/x}" ./lint
	[[ $stderr == *"plugin 'lint@1.0.0' does not work: './lint' has changed, and works again when the same bytes are back" ]]
	run -78 --separate-stderr hookroute-plugin-exec lint@1.0.0 "$sum" ./none
	ln -s lint link
	run -78 --separate-stderr hookroute-plugin-exec lint@1.0.0 "$sum" ./link
	[[ $stderr == *"'./link' is a link" ]]
	mkfifo fifo
	run -78 --separate-stderr hookroute-plugin-exec lint@1.0.0 "$sum" ./fifo
	run -64 hookroute-plugin-exec lint@1.0.0 "$sum"
	cp "$(type -P true)" elf
	run -0 hookroute-plugin-exec elf@1.0.0 "$(sha256sum <elf | cut -d' ' -f1)" ./elf
	printf '#!/no/interpreter\n' >bad
	run -78 --separate-stderr hookroute-plugin-exec bad@1.0.0 "$(sha256sum <bad | cut -d' ' -f1)" ./bad
	[[ $stderr == *"execute plugin 'bad@1.0.0'"* ]]
	[ "$(wc -l <"$ran")" -eq 1 ]
}

@test "hookroute plugin: wants the events of its setting, for all repositories or for one" {
	plugin lint acme/site
	hookroute plugin assign lint acme/shop
	hookroute plugin set lint events 'tag pull_*'
	hookroute plugin set lint events 'issue' --repository acme/shop
	happen push acme/site '{"ref":"refs/heads/main"}'
	happen push acme/shop '{"ref":"refs/heads/main"}'
	[ "$(runs)" = "" ]
	happen push acme/site '{"ref":"refs/tags/v1"}'
	happen pull_request acme/site
	happen issues acme/shop
	happen issues acme/site
	[ "$(runs)" = "lint acme/shop;lint acme/site;lint acme/site;" ]
}

@test "hookroute plugin: an app's hook speaks for its repositories, another for itself only" {
	hookrecv add my-app >/dev/null
	plugin lint acme/site
	plugin all my-app
	plugin shop acme/shop
	happen push my-app '{"repository":{"full_name":"acme/site"}}'
	[ "$(runs)" = "all acme/site;lint acme/site;" ]
	: >"$ran"
	happen push acme/shop '{"repository":{"full_name":"acme/site"}}'
	[ "$(runs)" = "shop acme/shop;" ]
}

@test "hookroute plugin: what a schedule makes is for the plugin that it names" {
	plugin lint acme/site
	plugin other acme/site
	hookroute plugin set lint events push
	happen schedule acme/site '{"plugin":"lint","due_at":"2026-11-21T00:00:00Z"}'
	[ "$(runs)" = "lint acme/site;" ]
	# Somebody else's event of that name is one as any other.
	event 3 schedule '{"plugin":"lint"}' | hookroute put
	hookroute drain
	[ "$(runs)" = "lint acme/site;other acme/site;" ]
}

@test "hookroute plugin: the ends of jobs do not start plugins" {
	plugin lint acme/site
	happen push
	[ "$(runs)" = "lint acme/site;" ]
	hookroute drain
	hookroute drain
	[ "$(runs)" = "lint acme/site;" ]
}

@test "hookroute plugin: the limits of its settings hold" {
	plugin slow acme/site 'sleep 60'
	hookroute plugin set slow timeout 200ms
	hookroute plugin set slow dir /tmp
	hookroute plugin set slow grace 1s
	happen push
	job=$(only_job)
	runjob show --json "$job" >shown
	[ "$(jq -r .state shown)" = timeout ]
}

@test "hookroute plugin -: the same event twice is one job, and bad lines are answered" {
	plugin lint acme/site
	one=$(event 1)
	run -0 say "${one/\"acme\/site\"/null}"
	[ "$output" = '{"ok":true,"jobs":[]}' ]
	run -0 say "$one" "$one" 'no json' '{}' '{"id":"x","event":{}}' "$(event 2)"
	[ "$(jq -c '.ok' <<<"$output" | tr '\n' ' ')" = "true true false false false true " ]
	[ "$(jq -c '.error.kind // empty' <<<"$output" | sort -u)" = '"permanent"' ]
	[ "$(jq -r '.jobs[]?' <<<"$output" | sort -u | wc -l)" -eq 2 ]
	run -0 say "$one"
	[ "$(runs)" = "lint acme/site;lint acme/site;" ]
}

@test "hookroute plugin -: notices at once what was assigned, updated or removed" {
	program lint
	coproc CONSUMER { "$build/libexec/hooktools/hookroute-plugin" - 2>/dev/null 3>&-; }
	ask() {
		event "$1" >&"${CONSUMER[1]}"
		IFS= read -r reply <&"${CONSUMER[0]}"
	}
	ask 1
	[ "$reply" = '{"ok":true,"jobs":[]}' ]
	hookroute plugin add lint lint
	ask 2
	[ "$reply" = '{"ok":true,"jobs":[]}' ]
	hookroute plugin assign lint acme/site
	ask 3
	[ "$(jq '.jobs | length' <<<"$reply")" -eq 1 ]
	hookroute plugin remove lint
	ask 4
	[ "$reply" = '{"ok":true,"jobs":[]}' ]
	kill "$CONSUMER_PID"
}

# Each runs a job, which takes the sanitizers' programs five times as long.
@test "hookroute plugin -: 2,000 events in one go, and runjob killed in between" {
	local count=2000
	case $build in *address*) count=500 ;; esac
	plugin lint acme/site
	for ((n = 1; n <= count; n++)); do event "$n"; done >events
	"$build/libexec/hooktools/hookroute-plugin" - <events >replies 2>log 3>&- &
	consumer=$!
	wait_until [ -s replies ]
	pkill -KILL -P "$consumer" -x runjob-consume
	wait "$consumer"
	[ "$(wc -l <replies)" -eq "$count" ]
	[ "$(jq -r 'select(.ok).jobs[]' replies | sort -u | wc -l)" -eq "$count" ]
	WAIT_LIMIT=100 wait_until ran_all "$count"
	[ "$(wc -l <"$ran")" -eq "$count" ]
}
ran_all() { [ "$(wc -l <"$ran")" -ge "$1" ]; }

start_router() {
	hookroute run >>router.log 2>&1 3>&- &
	router=$!
	echo "$router" >>"$BATS_TEST_TMPDIR/servers"
	wait_until grep -q ' routes$' router.log
}

watcher_of() { pgrep -P "$router" -f 'hookroute-plugin watch'; }
find_watcher() {
	wait_until watcher_of
	watcher=$(watcher_of)
}
said() { grep -qF "$1" router.log; }

# bats test_tags=F0_7,F0_17,F0_18
@test "hookroute run: sees what is dropped into plugins.d, and when it goes or changes" {
	start_router
	program lint
	mkdir "$HOOKTOOLS_CONF/plugins.d"
	cp lint "$HOOKTOOLS_CONF/plugins.d/"
	wait_until said "plugin 'lint' 1.0.0 was dropped"
	wait_until said "1 routes read again"
	hookroute plugin assign lint acme/site
	echo '{}' | hookroute put --event push --name acme/site
	wait_until grep -q lint "$ran"
	mv "$HOOKTOOLS_CONF/plugins.d/lint" away
	wait_until said "plugin 'lint@1.0.0' does not work until the same bytes are back: its file is missing"
	program evil
	cp evil "$HOOKTOOLS_CONF/plugins.d/lint"
	wait_until said "plugin 'lint@1.0.0' does not work until the same bytes are back: its file has changed"
	cp away "$HOOKTOOLS_CONF/plugins.d/lint"
	wait_until said "plugin 'lint@1.0.0' works again"
	: >"$ran"
	echo '{}' | hookroute put --event push --name acme/site
	wait_until grep -q lint "$ran"
}

@test "hookroute run: the watcher goes with it, however it ends" {
	start_router
	find_watcher
	kill -KILL "$router"
	gone() { ! kill -0 "$watcher"; }
	wait_until gone
	wait "$router" || true
	start_router
	find_watcher
	kill "$router"
	wait "$router"
	run -1 kill -0 "$watcher"
	[ ! -e "$HOOKTOOLS_STATE/plugins" ]
}

@test "hookroute: a file plugins.jq of one's own is in force instead of ours" {
	plugin lint acme/site
	route plugins 'empty'
	happen push
	[ "$(runs)" = "" ]
	rm "$HOOKTOOLS_CONF/routes.d/plugins.jq"
	happen push
	[ "$(runs)" = "lint acme/site;" ]
}

# bats test_tags=F2_50
@test "consumer-test: the consumer of plugins passes" {
	plugin lint acme/site
	event 1 | jq -c '{event: .}' >values
	run -0 --separate-stderr hookroute consumer-test --values values "$build/libexec/hooktools/hookroute-plugin" -
	[ "$(grep -c '^ok ' <<<"$output")" -eq 15 ]
}

@test "hookroute run: a watcher that is killed is started again" {
	start_router
	find_watcher
	# One that ends at once would do so for ever.
	long_ago() { [ "$(ps -o etimes= -p "$watcher")" -ge 6 ]; }
	wait_until long_ago
	kill -KILL "$watcher"
	wait_until said 'who watches plugins has ended, starting it again'
	old=$watcher
	another() { find_watcher && [ "$watcher" != "$old" ]; }
	wait_until another
	kill -KILL "$watcher"
	wait_until said 'who watches plugins has ended: they are not watched'
	program lint
	hookroute plugin add lint lint
	kill -0 "$router"
}
