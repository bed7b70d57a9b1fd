load ../../helper
load helper

# Programs of the installed consumers, wherever they are built.
setup() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	for name in runjob tokenmint ghstats; do
		printf '#!/bin/sh\n' >"$BATS_TEST_TMPDIR/bin/$name"
		chmod +x "$BATS_TEST_TMPDIR/bin/$name"
	done
	PATH=$PATH:$BATS_TEST_TMPDIR/bin
}

@test "hookroute check: says how many routes and consumers there are, and the bounds" {
	local shipped=("$top"/share/consumers.d/*.json)
	run -0 --separate-stderr hookroute check
	[ "$output" = "0 routes and ${#shipped[@]} consumers are fine; a route may take 1 s and 256 MB for an event" ]
	route a empty
	good_consumer mine
	HOOKTOOLS_ROUTE_TIME=250ms HOOKTOOLS_ROUTE_MEMORY=64M run -0 --separate-stderr hookroute check
	[ "$output" = "1 routes and $((${#shipped[@]} + 1)) consumers are fine; a route may take 250 ms and 64 MB for an event" ]
}

@test "hookroute check: an error names the file and its own line" {
	route a empty
	route b '# one
include "hooktools";
on("push")
| to("x"))'
	run -78 --separate-stderr hookroute check
	[ "$stderr" = "hookroute: b.jq:4: ')' closes nothing: | to(\"x\"))" ]
	route b 'include "hooktools";
on("push") | | branch("main")'
	run -78 --separate-stderr hookroute check
	[ "$stderr" = "hookroute: b.jq:2: syntax error, unexpected '|': on(\"push\") | | branch(\"main\")" ]
	route b '# one

nothing_of_the_kind'
	run -78 --separate-stderr hookroute check
	[[ $stderr == 'hookroute: b.jq:3: nothing_of_the_kind/0 is not defined'* ]]
}

@test "hookroute check: all that is wrong is told in one run" {
	route a 'nothing_of_the_kind | nor_this'
	route b '(empty'
	route c 'def only: 1;
# and a comment'
	route d empty
	route e 'import "x" as x;
.'
	echo '{"exec":["no-such-program"]}' >"$HOOKTOOLS_CONF/consumers.d/mine.json"
	echo '{' >"$HOOKTOOLS_CONF/consumers.d/other.json"
	HOOKTOOLS_RETRY=soon HOOKTOOLS_ROUTE_TIME=later run -78 --separate-stderr hookroute check
	[ -z "$output" ]
	grep -q "^hookroute: hooktools.conf: .*HOOKTOOLS_RETRY.*soon" <<<"$stderr"
	grep -q "^hookroute: hooktools.conf: HOOKTOOLS_ROUTE_TIME .*'later'" <<<"$stderr"
	grep -q '^hookroute: a.jq:1: n[a-z_]*/0 is not defined: nothing_of_the_kind | nor_this$' <<<"$stderr"
	grep -q "^hookroute: b.jq:1: '(' is never closed: (empty$" <<<"$stderr"
	grep -q '^hookroute: c.jq:2: it ends where an expression is missing: # and a comment$' <<<"$stderr"
	grep -q '^hookroute: e.jq:1: import is not for routes' <<<"$stderr"
	grep -q "^hookroute: consumers.d/mine.json: there is no program 'no-such-program'" <<<"$stderr"
	grep -q '^hookroute: consumers.d/other.json: ' <<<"$stderr"
	! grep -q 'd\.jq' <<<"$stderr" || false
	run -78 --separate-stderr hookroute check --json
	jq -e '.routes == 5 and .time_ms == 1000 and .memory_bytes == 268435456' <<<"$output"
	jq -e '.faults[] | select(. == {file: "b.jq", line: 1, what: "'"'('"' is never closed", clause: "(empty"})' <<<"$output"
}

@test "hookroute check: an unbalanced bracket cannot reach into the neighbour" {
	route a '(empty'
	route b 'empty)'
	run -78 --separate-stderr hookroute check
	[[ $stderr == 'hookroute: a.jq'* ]]
	route a 'empty) | {route: "forged", out: .}) catch (empty'
	run -78 --separate-stderr hookroute check
	[[ $stderr == 'hookroute: a.jq'* ]]
}

@test "hookroute check: import is refused, and so is a file without an expression" {
	route a 'import "hooktools" as h;
h::on("push")'
	run -78 --separate-stderr hookroute check
	[ "$stderr" = 'hookroute: a.jq:1: import is not for routes, include is' ]
	route a 'def f: 1;'
	run -78 --separate-stderr hookroute check
	[[ $stderr == *'a.jq'* || $stderr == *'a route file has no expression of its own'* ]]
	route a 'include "nowhere"; empty'
	run -78 --separate-stderr hookroute check
	[[ $stderr == *'a.jq'*'nowhere'* ]]
}

@test "hookroute check: a NUL byte and a file of a megabyte are refused" {
	printf 'empty\0' >"$HOOKTOOLS_CONF/routes.d/a.jq"
	run -78 --separate-stderr hookroute check
	[[ $stderr == *'a.jq: a NUL byte'* ]]
	head -c 1048577 /dev/zero | tr '\0' ' ' >"$HOOKTOOLS_CONF/routes.d/a.jq"
	run -65 --separate-stderr hookroute check
	[[ $stderr == *'a.jq'* ]]
}

@test "hookroute check: what is no route file is not looked at" {
	echo '(' >"$HOOKTOOLS_CONF/routes.d/README"
	echo '(' >"$HOOKTOOLS_CONF/routes.d/.a.jq"
	echo '(' >"$HOOKTOOLS_CONF/routes.d/a.jq~"
	run -0 hookroute check
}

@test "hookroute check: another folder of routes" {
	route a '('
	mkdir "$BATS_TEST_TMPDIR/other"
	echo empty >"$BATS_TEST_TMPDIR/other/a.jq"
	run -0 --separate-stderr hookroute check --routes "$BATS_TEST_TMPDIR/other"
	run -78 hookroute check
}

@test "hookroute check: a consumer's file is read strictly" {
	local text
	while read -r text; do
		echo "$text" >"$HOOKTOOLS_CONF/consumers.d/mail.json"
		run -78 --separate-stderr hookroute check
		[[ $stderr == *'consumers.d/mail.json: '* ]]
	done <<-'EOT'
		{
		[]
		{}
		{"exec":"true"}
		{"exec":[]}
		{"exec":["true",1]}
		{"exec":["true"],"in_flight":0}
		{"exec":["true"],"in_flight":4097}
		{"exec":["true"],"in_flight":"4"}
		{"exec":["true"],"timeout":"0s"}
		{"exec":["true"],"timeout":"soon"}
		{"exec":["true"],"in-flight":4}
	EOT
	echo '{"exec":["true"],"in_flight":4096,"timeout":"90s"}' >"$HOOKTOOLS_CONF/consumers.d/mail.json"
	run -0 hookroute check
}

@test "hookroute check: a consumer's program must be there" {
	echo '{"exec":["no-such-program"]}' >"$HOOKTOOLS_CONF/consumers.d/mail.json"
	run -78 --separate-stderr hookroute check
	[[ $stderr == *"consumers.d/mail.json: there is no program 'no-such-program'"* ]]
	echo '{"exec":["/dev/null"]}' >"$HOOKTOOLS_CONF/consumers.d/mail.json"
	run -78 --separate-stderr hookroute check
}

@test "hookroute check: an own consumer file is taken instead of the installed one" {
	echo '{"exec":["no-such-program"]}' >"$HOOKTOOLS_CONF/consumers.d/ghstats.json"
	run -78 --separate-stderr hookroute check
	[[ $stderr == *"no-such-program"* ]]
}

@test "hookroute check: HOOKTOOLS_RETRY is looked at" {
	HOOKTOOLS_RETRY='5s soon' run -78 --separate-stderr hookroute check
	[[ $stderr == *HOOKTOOLS_RETRY*soon* ]]
	HOOKTOOLS_RETRY='5s 10m' run -0 hookroute check
}

@test "hookroute: wrong usage is 64, and help and version are told" {
	run -64 --separate-stderr hookroute
	run -64 --separate-stderr hookroute fly
	run -64 --separate-stderr hookroute check --fly
	run -64 --separate-stderr hookroute check --limit 3
	run -64 --separate-stderr hookroute check more
	run -64 --separate-stderr hookroute run -j 0
	run -64 --separate-stderr hookroute run -j many
	run -64 --separate-stderr hookroute list somewhere
	run -64 --separate-stderr hookroute show
	run -64 --separate-stderr hookroute show me
	run -64 --separate-stderr hookroute retry
	run -64 --separate-stderr hookroute retry --dead "$(id 1)"
	run -64 --separate-stderr hookroute put --name acme/site
	run -64 --separate-stderr hookroute put --event a/b
	run -0 --separate-stderr hookroute --version
	[[ $output == 'hookroute '* ]]
	run -0 --separate-stderr hookroute --help
	for command in run drain filter test check put list show retry; do
		[[ $output == *"hookroute $command"* ]]
	done
}
