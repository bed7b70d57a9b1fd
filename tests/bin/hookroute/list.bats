load ../../helper
load helper

# One event in each state: 1 new, 2 deferred, 3 dead, 4 done.
setup() {
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
}

@test "hookroute list: all that is not done, in the order of states and time" {
	run -0 --separate-stderr hookroute list
	[ "$(jq -r '[.state, .id, .name, .event, .delivery] | join(" ")' <<<"$output")" = \
"new $(id 1) acme/site push d1
defer $(id 2) acme/site push d2
dead $(id 3) acme/site push d3" ]
	jq -se 'map(select(.state == "defer"))[0] | .due_at > "2026" and .file == .id and .folder == "defer"' <<<"$output"
}

@test "hookroute list: one state, from there on, so many" {
	for state in new defer dead; do
		run -0 --separate-stderr hookroute list $state
		[ "$(jq -r .state <<<"$output")" = "$state" ]
	done
	run -0 hookroute list hold
	[ -z "$output" ]
	run -0 hookroute list "done" --json
	[ "$(jq -r .id <<<"$output")" = "$(id 2)
$(id 3)
$(id 4)" ]
	jq -e '.folder | test("^done/20..-..-..$")' <<<"${lines[0]}"
	run -0 hookroute list --limit 2 "done"
	[ "${#lines[@]}" -eq 2 ]
	run -0 hookroute list "done" --after "$(id 2)"
	[ "$(jq -r .id <<<"$output")" = "$(id 3)
$(id 4)" ]
}

@test "hookroute list: an empty spool has nothing, and is none the less a spool" {
	rm -rf "$spool"
	run -0 --separate-stderr hookroute list
	[ -z "$output$stderr" ]
}

@test "hookroute show: where an event is, and why" {
	run -0 --separate-stderr hookroute show "$(id 1)"
	jq -e '.state == "new" and .event.delivery == "d1"' <<<"$output"
	run -0 --separate-stderr hookroute show "$(id 2)"
	jq -se 'map(.state) == ["defer", "done"] and .[0].deferred.left[0].error == "later"' <<<"$output"
	run -0 --separate-stderr hookroute show "$(id 3)"
	jq -se 'map(select(.state == "dead"))[0].why[0] | .error == "never" and .to == "x" and .route == "a.jq"' <<<"$output"
	run -1 --separate-stderr hookroute show "$(id 99)"
	[ "$stderr" = "hookroute: no event '$(id 99)' in the spool: hookroute log $(id 99) may know what became of it" ]
}

@test "hookroute list: what a person set aside is one event, and comes back" {
	mv "$spool/defer/$(id 2)" "$spool/hold/"
	run -0 --separate-stderr hookroute list hold
	[ "${#lines[@]}" -eq 1 ]
	[ "$(jq -r .id <<<"$output")" = "$(id 2)" ]
	run -0 hookroute show "$(id 2)"
	jq -se 'map(.state) == ["hold", "done"]' <<<"$output"
	mv "$spool/hold/$(id 2)" "$spool/defer/"
	touch "$spool/defer/$(id 2)"
	good_consumer x
	run -0 hookroute drain
	[ "$(got x | jq -r .n)" = $'d1\nd2' ] || [ "$(got x | jq -r .n)" = $'d2\nd1' ]
}

@test "hookroute list: only of a repository, a kind, a forge, a time" {
	event 20 release | sed 's,acme/site,acme/app,; s/github/gitlab/; s/2026-11-20/2026-11-21/' | hookroute put
	run -0 hookroute list --name 'acme/a*'
	[ "$(jq -r .id <<<"$output")" = "$(id 20)" ]
	run -0 hookroute list --event release --limit 1
	[ "$(jq -r .id <<<"$output")" = "$(id 20)" ]
	run -0 hookroute list new --provider github
	[ "$(jq -r .id <<<"$output")" = "$(id 1)" ]
	run -0 hookroute list --since 2026-11-21
	[ "$(jq -r .id <<<"$output")" = "$(id 20)" ]
	run -0 hookroute list "done" --until 2026-11-21
	[ "${#lines[@]}" -eq 3 ]
	run -64 hookroute list --name 'a b'
}

@test "hookroute show: for a terminal, with what happened" {
	run -0 script -qec "hookroute show $(id 2)" /dev/null
	[[ $output == *"id           $(id 2)"* ]]
	[[ $output == *"name         acme/site"* ]]
	[[ $output == *"a.jq to x, tries: 1, next try 20"*": later"* ]]
	[[ $output == *"what happened:"*"failed    $(id 2)"* ]]
	[[ $output == *'"payload":{}}'* ]]
	run -0 script -qec "hookroute show $(id 3)" /dev/null
	[[ $output == *"given up:"*"a.jq to x, tries: 1: never"* ]]
	run -0 hookroute show "$(id 3)"
	jq -se '.[0].log | map(.what) == ["taken", "dead"]' <<<"$output"
}

@test "hookroute list, show: nothing from outside moves the cursor of a terminal" {
	event 30 push '{"x":"\u009b31m"}' | sed $'s,acme/site,\\\\u001b[2J\xc2\x9b1m,' | hookroute put
	run -0 script -qec "hookroute list; hookroute show $(id 30)" /dev/null
	[[ $output == *'\u001b[2J?1m'* ]]
	[[ $output != *$'\e'* && $output != *$'\xc2\x9b'* ]]
}
