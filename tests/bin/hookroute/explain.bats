load ../../helper
load helper

# explained [FILE...]: what a terminal shows, without its carriage returns.
explained() {
	run -0 script -qec "hookroute explain $*" /dev/null
	output=${output//$'\r'/}
}

push() {
	event "$1" push '{"ref":"refs/heads/dev","sender":{"login":"fred"},"head_commit":{"id":"7fd1"}}'
}

@test "hookroute explain: which clause said no, and to what" {
	route publish 'include "hooktools";
on("push") | branch("main") | job({exec: ["true"]})'
	route stats 'include "hooktools"; on("push") | stats'
	route tags 'include "hooktools"; on("tag") | mint'
	push 1 >"$BATS_TEST_TMPDIR/event"
	explained "$BATS_TEST_TMPDIR/event"
	[ "$output" = "event $(id 1) github push acme/site
publish.jq:2: branch(\"main\") said no: branch is \"dev\"
stats.jq: delivers to ghstats
tags.jq:1: on(\"tag\") said no: kind is \"push\"" ]
}

@test "hookroute explain: JSON, one object an event" {
	route publish 'include "hooktools"; on("push") | branch("main") | stats'
	route stats 'include "hooktools"; on("push") | stats, report'
	run -0 --separate-stderr hookroute explain --json < <(push 1)
	jq -e --arg id "$(id 1)" '. == {event_id: $id, provider: "github", event: "push", name: "acme/site", found: [], routes: [
		{route: "publish.jq", deliveries: [],
			no: [{line: 1, clause: "branch(\"main\")", values: {branch: "dev"}, error: null}]},
		{route: "stats.jq", deliveries: [{n: 0, to: "ghstats", error: null}, {n: 1, to: "report", error: null}], no: []}]}' <<<"$output"
}

@test "hookroute explain: an error names its clause, and is no end for the others" {
	route a 'include "hooktools";
on("push")
| (.payload.ref | tonumber)
| stats'
	route b '{to: "../x", send: {}}'
	route c 'include "hooktools"; on("push") | halt'
	route d 'include "hooktools"; on("push") | stats'
	push 1 >"$BATS_TEST_TMPDIR/event"
	explained "$BATS_TEST_TMPDIR/event"
	[[ $(sed -n 2p <<<"$output") == 'a.jq:3: (.payload.ref | tonumber) raised an error: Invalid numeric literal'* ]]
	[ "$(sed 1,2d <<<"$output")" = "b.jq: failed: 'to' is not the name of a consumer
c.jq:1: halt raised an error: halt has no place in a route
d.jq: delivers to ghstats" ]
}

# clause ROUTE: the line and the text of what said no, one each.
clause() {
	route x "$1"
	push 1 | hookroute explain --json | jq -r '.routes[0] | if .no == [] then "yes" else .no[] | "\(.line) \(.clause)" end'
}

@test "hookroute explain: clauses are what stands between the outermost bars" {
	[ "$(clause '1 | 2 | empty | 3')" = "1 empty" ]
	[ "$(clause '"a|b" | select(. == "c|d") | 3')" = '1 select(. == "c|d")' ]
	[ "$(clause '"\("a" | "b") | x" | empty')" = '1 empty' ]
	[ "$(clause '# a | b
		. # c | d
		| empty # e | f')" = '3 empty' ]
	[ "$(clause '{a: (1 | 2), "b": [1 | 2]} | .a | empty')" = '1 empty' ]
	[ "$(clause 'if . then 1 | 2 else 3 | 4 end | empty')" = '1 empty' ]
	[ "$(clause '{if: 1, end: 2} | .if | empty')" = '1 empty' ]
	[ "$(clause '.x |= 1 | empty')" = '1 empty' ]
	[ "$(clause 'try error("x") catch . | empty')" = '1 empty' ]
	[ "$(clause '{to: "x", send: {}}')" = 'yes' ]
}

@test "hookroute explain: what is bound or defined in a clause reaches the next ones" {
	[ "$(clause '1 as $x | 2 | select($x == 3) | 4')" = '1 select($x == 3)' ]
	[ "$(clause '. as {$id} ?// [$id] | 1 | $id | empty')" = '1 empty' ]
	[ "$(clause 'reduce (1, 2) as $x (0; . + $x | . * 2) | empty')" = '1 empty' ]
	[ "$(clause 'foreach (1, 2) as [$a] (0; 1; empty) | 3')" = '1 foreach (1, 2) as [$a] (0; 1; empty)' ]
	[ "$(clause 'def a: 1 | 2; def b(f; $g): f | empty; a | b(.; 1) | 3')" = '1 b(.; 1)' ]
	[ "$(clause '1 | def a: 2 | empty; 3 | a | 4')" = '1 a' ]
	[ "$(clause 'label $out | 1 | (., break $out) | empty')" = '1 empty' ]
}

@test "hookroute explain: each alternative has its own reason" {
	[ "$(clause '(1 | empty), (2 | (3 | select(. == 4)), (5 | empty | 6)), 7')" = $'1 empty\n1 select(. == 4)\n1 empty' ]
	[ "$(clause '(1, 2) | select(. == 2) | empty')" = '1 empty' ]
	[ "$(clause '1 as $x | empty, ($x | empty)')" = '1 1 as $x | empty, ($x | empty)' ]
}

@test "hookroute explain: values of paths, words, and words of one's own" {
	route a 'include "hooktools"; def branch: "mine";
		on("push") | select(.payload.sender.login == "ann" and .provider == "github" and branch == "x") | stats'
	route b 'include "hooktools"; select([.payload.commits[]?.payload.x, 1 | .name?] != []) | stats'
	route c 'include "hooktools"; changed("docs/**") | actor("ann") | stats'
	run -0 --separate-stderr hookroute explain --json < <(push 1)
	jq -ce '[.routes[].no[0].values] == [{".payload.sender.login": "fred", ".provider": "github", "branch": "mine"}, {".payload.commits": null}, {actor: "fred"}]' <<<"$output"
}

@test "hookroute explain: a file that does not include the vocabulary, one of many, an empty folder" {
	local n
	for n in {10..50}; do route "r$n" 'include "hooktools"; on("tag") | stats'; done
	route r20 'def on(x): empty; on("push") | {}'
	run -0 --separate-stderr hookroute explain --json < <(push 1)
	jq -e '[.routes[] | select(.no[0].clause != "on(\"tag\")") | .no[0].clause] == ["on(\"push\")"] and (.routes | length) == 41' <<<"$output"
	rm "$HOOKTOOLS_CONF"/routes.d/*
	run -0 --separate-stderr hookroute explain < <(push 1)
	jq -e '.routes == []' <<<"$output"
}

@test "hookroute explain: an event is found wherever it is" {
	HOOKTOOLS_RETRY=1h
	export HOOKTOOLS_RETRY
	route a 'include "hooktools"; on("push") | to("x"; {n: .delivery})'
	consumer x <<-'EOT'
		while read -r line; do
			case $line in
			*d2*) fail temporary later ;;
			*d3*) fail permanent never ;;
			*) ok ;;
			esac
		done
	EOT
	put 2 3 4
	hookroute drain 2>/dev/null
	put 1
	for n in 1 2 3 4; do hookroute explain "$(id $n)"; done >"$BATS_TEST_TMPDIR/out"
	[ "$(jq -r '[.event_id[-1:], (.found | map(.state) | sort[])] | join(" ")' "$BATS_TEST_TMPDIR/out")" = $'1 new\n2 defer done\n3 dead done\n4 done' ]
	jq -se '.[1].found[0].left[0].error == "later" and .[1].found[0].left[0].tries == 1 and .[1].found[0].due_at > "2026"
		and (.[2].found | map(.why[])[0].error) == "never"' "$BATS_TEST_TMPDIR/out"
	explained "$(id 2)"
	[[ $output == *"waits: \"a.jq\" to \"x\", tries: 1, error: \"later\""* ]]
	explained "$(id 3)"
	[[ $output == *"given up: \"a.jq\" to \"x\", tries: 1, error: \"never\""* ]]
}

@test "hookroute explain: what is not there, and what is no event" {
	route a 'include "hooktools"; on("push") | stats'
	run -1 --separate-stderr hookroute explain "$(id 9)"
	[ "$stderr" = "hookroute: no event '$(id 9)' in the spool" ]
	[ -z "$output" ]
	run -65 --separate-stderr hookroute explain < <(
		push 1
		echo '{"x":'
		push 2
	)
	[ "$(jq -r .event_id <<<"$output")" = "$(id 1)
$(id 2)" ]
	[[ $stderr == *"line 2: "*"1 of the lines could not be explained" ]]
	run -71 --separate-stderr hookroute explain "$BATS_TEST_TMPDIR/none"
	[[ $stderr == *"open '$BATS_TEST_TMPDIR/none'"* ]]
	route b 'include "hooktools"; on("push" | stats'
	run -78 --separate-stderr hookroute explain < <(push 1)
	[[ $stderr == *"b.jq:1: "* ]]
}

@test "hookroute explain: --routes is for those of another folder" {
	mkdir "$BATS_TEST_TMPDIR/other"
	echo 'select(.event == "tag") | {to: "x", send: {}}' >"$BATS_TEST_TMPDIR/other/o.jq"
	run -0 --separate-stderr hookroute explain --routes "$BATS_TEST_TMPDIR/other" < <(push 1)
	jq -e '.routes == [{route: "o.jq", deliveries: [], no: [{line: 1, clause: "select(.event == \"tag\")", values: {".event": "push"}, error: null}]}]' <<<"$output"
}

@test "hookroute explain: a route that takes too long is named, the others are explained" {
	setting HOOKTOOLS_ROUTE_TIME 500ms
	route a 'include "hooktools"; on("tag") | stats'
	route b 'include "hooktools"; on("push") | last(range(1e12)) | stats'
	route c 'include "hooktools"; on("push") | branch("main") | stats'
	push 1 >"$BATS_TEST_TMPDIR/event"
	explained "$BATS_TEST_TMPDIR/event"
	[ "$(sed -n 2p <<<"$output")" = 'a.jq:1: on("tag") said no: kind is "push"' ]
	[[ $(sed -n 3p <<<"$output") == 'b.jq: failed: '* ]]
	[ "$(sed -n 4p <<<"$output")" = 'c.jq:1: branch("main") said no: branch is "dev"' ]
}
