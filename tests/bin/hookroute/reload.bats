load ../../helper
load helper

setup() {
	log=$BATS_TEST_TMPDIR/log
	good_consumer x
}

teardown() {
	[ ! -f "$BATS_TEST_TMPDIR/router" ] || kill -9 "$(cat "$BATS_TEST_TMPDIR/router")" 2>/dev/null || true
}

start() {
	hookroute run 2>"$log" 3>&- &
	router=$!
	echo "$router" >"$BATS_TEST_TMPDIR/router"
	wait_until grep -q ' routes$' "$log"
}

sends() {
	printf '{to: "x", send: "%s"}\n' "$1"
}

next=1
# arrives TEXT...: the next event makes exactly these.
arrives() {
	: >"$BATS_TEST_TMPDIR/got.x"
	put $((next++))
	wait_until eval '[ "$(got x | wc -l)" -ge '$#' ]'
	[ "$(got x | sort)" = "$(printf '"%s"\n' "$@" | sort)" ]
}

# reloads N: the router has read its routes N times since it started.
reloads() {
	wait_until eval '[ "$(grep -c "routes read again" "$log")" -ge '"$1"' ]'
}

@test "hookroute run: a route that is written in place, replaced, added, or removed is in force at once" {
	route a "$(sends one)"
	start
	arrives one
	route a "$(sends two)"
	reloads 1
	arrives two
	sends three >"$BATS_TEST_TMPDIR/new"
	mv "$BATS_TEST_TMPDIR/new" "$HOOKTOOLS_CONF/routes.d/a.jq"
	reloads 2
	arrives three
	route b "$(sends four)"
	reloads 3
	arrives three four
	rm "$HOOKTOOLS_CONF/routes.d/a.jq"
	reloads 4
	arrives four
	# What is no route is not looked at.
	echo '(' >"$HOOKTOOLS_CONF/routes.d/.b.jq.swp"
	kill -HUP $router
	reloads 5
	arrives four
}

@test "hookroute run: what is broken is refused, once, with its place, and the last good set stays" {
	route a "$(sends one)"
	start
	route b '# a comment
on("push") | nothing_of_the_kind | to("x")'
	wait_until grep -q 'the old routes stay' "$log"
	grep -q 'b.jq:2: .*: on("push") | nothing_of_the_kind | to("x").*; the old routes stay' "$log"
	arrives one
	kill -HUP $router
	wait_until eval '[ "$(grep -c "the old routes stay" "$log")" -eq 2 ]'
	route b '(empty'
	wait_until grep -q "b.jq:1: '(' is never closed: (empty; the old routes stay" "$log"
	arrives one
	[ "$(grep -c 'the old routes stay' "$log")" -eq 3 ]
	[ "$(grep -c 'read again' "$log")" -eq 0 ]
	route b "$(sends good)"
	reloads 1
	arrives one good
}

@test "hookroute run: a folder of routes that is replaced, or goes for a while, loses no event" {
	local conf=$HOOKTOOLS_CONF
	route a "$(sends one)"
	start
	mkdir "$conf/new"
	sends two >"$conf/new/a.jq"
	mv "$conf/routes.d" "$conf/old"
	wait_until grep -q "there is no folder '.*/routes.d'; the old routes stay" "$log"
	arrives one
	mv "$conf/new" "$conf/routes.d"
	reloads 1
	arrives two
}

@test "hookroute run: symbolic links that configuration management swaps are followed" {
	local conf=$HOOKTOOLS_CONF
	rmdir "$conf/routes.d"
	mkdir "$conf/routes-1" "$conf/routes-2" "$BATS_TEST_TMPDIR/far-1" "$BATS_TEST_TMPDIR/far-2"
	sends one >"$conf/routes-1/a.jq"
	sends two >"$conf/routes-2/a.jq"
	sends three >"$BATS_TEST_TMPDIR/far-1/a.jq"
	sends four >"$BATS_TEST_TMPDIR/far-2/a.jq"
	ln -s routes-1 "$conf/routes.d"
	start
	arrives one
	ln -s routes-2 "$conf/next"
	mv -T "$conf/next" "$conf/routes.d"
	reloads 1
	arrives two
	# By way of a link elsewhere, which nobody watches.
	ln -s far-1 "$BATS_TEST_TMPDIR/far"
	ln -s "$BATS_TEST_TMPDIR/far" "$conf/next"
	mv -T "$conf/next" "$conf/routes.d"
	reloads 2
	arrives three
	ln -s far-2 "$BATS_TEST_TMPDIR/next"
	mv -T "$BATS_TEST_TMPDIR/next" "$BATS_TEST_TMPDIR/far"
	reloads 3
	arrives four
}

@test "hookroute run: a mounted ConfigMap is followed" {
	local dir=$HOOKTOOLS_CONF/routes.d
	mkdir "$dir/..1" "$dir/..2"
	sends one >"$dir/..1/a.jq"
	sends two >"$dir/..2/a.jq"
	ln -s ..1 "$dir/..data"
	ln -s ..data/a.jq "$dir/a.jq"
	start
	arrives one
	ln -s ..2 "$dir/..data_tmp"
	mv -T "$dir/..data_tmp" "$dir/..data"
	reloads 1
	arrives two
}

@test "hookroute run: a word of one's own that changes is in force at once" {
	mkdir -p "$HOOKTOOLS_CONF/jq"
	echo 'def word: "one";' >"$HOOKTOOLS_CONF/jq/our.jq"
	route a 'include "our"; {to: "x", send: word}'
	start
	arrives one
	echo 'def word: "two";' >"$HOOKTOOLS_CONF/jq/our.jq"
	reloads 1
	arrives two
	echo 'def word: ;' >"$HOOKTOOLS_CONF/jq/our.jq"
	wait_until grep -q 'our.jq:1: .*; the old routes stay' "$log"
	arrives two
}

# bats test_tags=F2_50
@test "hookroute run: events under way are not disturbed when routes are loaded again and again" {
	route a "$(sends one)"
	start
	local n
	for n in $(seq 20); do
		for i in $(seq 50); do event $((n * 100 + i)); done | hookroute put >/dev/null
		route b "empty # $n"
		kill -HUP $router
	done
	wait_until eval '[ "$(got x | wc -l)" -ge 1000 ]'
	kill $router
	wait $router
	[ "$(got x | wc -l)" -eq 1000 ]
	[ "$(files 'done')" -gt 0 ]
	[ "$(files cur)$(files dead)$(files defer)" = 000 ]
}

log_has() { grep -q "$1" "$log"; }
got_is() { [ "$(got "$1" | wc -l)" -eq "$2" ]; }

@test "hookroute run: a consumer whose file is changed answers what it has, and starts as the new one says" {
	route a '{to: "x", send: {n: .id}}'
	consumer x <<-'EOF2'
		while IFS= read -r line; do
			: >"$dir/there"
			until [ -e "$dir/go" ]; do read -rt 0.05 <> <(:) || true; done
			take "$line"
			ok
		done
		: >"$dir/ended"
	EOF2
	good_consumer y
	start
	put 10
	wait_until test -e "$BATS_TEST_TMPDIR/there"
	cp "$HOOKTOOLS_CONF/consumers.d/y.json" "$HOOKTOOLS_CONF/consumers.d/x.json"
	wait_until log_has 'x: its file was changed'
	put 20
	: >"$BATS_TEST_TMPDIR/go"
	wait_until got_is y 1
	got_is x 1
	test -e "$BATS_TEST_TMPDIR/ended"
	[ "$(got x)" = "{\"n\":\"$(id 10)\",\"id\":\"$(delivery 10 a.jq)\"}" ]
	run -1 log_has 'starting it again'
	kill -TERM "$router"
	wait "$router"
}

@test "hookroute run: a consumer's broken file keeps the old one in force, and says so" {
	route a '{to: "x", send: {n: .id}}'
	start
	put 10
	wait_until got_is x 1
	echo '{"exec":[' >"$HOOKTOOLS_CONF/consumers.d/x.json"
	wait_until log_has 'consumers.d/x.json: .*; the old one stays'
	put 20
	wait_until got_is x 2
	kill -TERM "$router"
	wait "$router"
}

@test "hookroute run: what there is for a consumer without its file waits until there is one" {
	route a '{to: "x", send: {n: .id}}'
	start
	put 10
	wait_until got_is x 1
	mv "$HOOKTOOLS_CONF/consumers.d/x.json" "$BATS_TEST_TMPDIR/away"
	wait_until log_has 'consumers.d/x.json is gone: what there is for it waits'
	put 20 30
	wait_until eval '[ "$(files defer)" -eq 2 ]'
	[ "$(files dead)" -eq 0 ]
	mv "$BATS_TEST_TMPDIR/away" "$HOOKTOOLS_CONF/consumers.d/x.json"
	wait_until got_is x 3
	log_has 'x: its file is there again, 2 events were kept back for it'
	kill -TERM "$router"
	wait "$router"
}

@test "hookroute run: one that could not start is tried at once when its file is mended" {
	route a '{to: "z", send: {n: .id}}'
	echo '{"exec":["/does/not/exist"]}' >"$HOOKTOOLS_CONF/consumers.d/z.json"
	start
	put 10
	wait_until log_has 'does/not/exist'
	good_consumer z
	kill -HUP "$router"
	wait_until got_is z 1
	kill -TERM "$router"
	wait "$router"
}
