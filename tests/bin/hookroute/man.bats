load ../../helper
load helper

# The examples of the manual pages do what they say.

# literal PAGE N: the Nth literal display behind EXAMPLES, as it is shown.
literal() {
	awk -v n="$2" '/^\.Sh/ { examples = /EXAMPLES/ } !examples { next }
		/^\.Bd/ { inside = ++count == n; next } /^\.Ed/ { inside = 0 }
		inside { gsub(/\\e/, "\\"); print }' "$top/man/$1"
}

@test "hookroutes(5): every route among the examples compiles with the others" {
	local n=0 count=0
	mkdir -p "$HOOKTOOLS_CONF/jq"
	while n=$((n + 1)) && literal hookroutes.5 $n | grep -q .; do
		literal hookroutes.5 $n >"$BATS_TEST_TMPDIR/text"
		case $(head -n 1 "$BATS_TEST_TMPDIR/text") in
		include*) cp "$BATS_TEST_TMPDIR/text" "$HOOKTOOLS_CONF/routes.d/$n.jq" && count=$((count + 1)) ;;
		def*) cp "$BATS_TEST_TMPDIR/text" "$HOOKTOOLS_CONF/jq/our.jq" ;;
		esac
	done
	[ "$count" -ge 6 ]
	run -0 --separate-stderr hookroute filter < <(
		event 1 pull_request '{"action":"opened","number":3,"pull_request":{"number":3,"head":{"sha":"1f","repo":{"id":1}},"base":{"ref":"main","repo":{"id":1}}}}'
		event 2 release '{"action":"published","release":{"tag_name":"v1"}}'
		jq -c . "$top/tests/fixtures/routes/github-branch-deleted/event.json"
	)
	[ "$(jq -c '.send.exec // empty' <<<"$output")" = '["/usr/local/bin/test","1f","3"]' ]
	jq -se 'any(.[]; .to == "emit" and .send.event == "site")' <<<"$output"
}

@test "hookroutes(5): the example of the description" {
	awk '/^include "hooktools"/ { inside = 1 } /^\.Ed/ && inside { exit } inside' "$top/man/hookroutes.5" \
		>"$HOOKTOOLS_CONF/routes.d/a.jq"
	run -0 hookroute filter < <(jq -c . "$top/tests/fixtures/routes/gitea-push/event.json")
	jq -e '.to == "runjob" and .send.timeout == "10m"' <<<"$output"
}

@test "hookroutes(5): every word of the vocabulary is there, and no other" {
	local word
	while read -r word; do
		grep -qE "^\.(It|Ic|Fn|It (Li|Fn)).*\b$word\b" "$top/man/hookroutes.5" || {
			echo "hookroutes(5) has no $word"
			return 1
		}
	done < <(sed -n 's/^def \([a-z][a-z_]*\).*/\1/p' "$top/share/jq/hooktools.jq" | sort -u)
}

# consumer_example N NAME
consumer_example() {
	literal hookpipe.7 "$1" >"$BATS_TEST_TMPDIR/$2"
	chmod +x "$BATS_TEST_TMPDIR/$2"
	printf '{"exec":["%s"],"in_flight":1}\n' "$BATS_TEST_TMPDIR/$2" >"$HOOKTOOLS_CONF/consumers.d/$2.json"
	route "$2" 'include "hooktools"; to("'"$2"'")'
}

@test "hookpipe(7): the consumer in the shell keeps each event once" {
	consumer_example 1 archive
	export ARCHIVE=$BATS_TEST_TMPDIR/events
	put 1 2
	run -0 hookroute drain
	diff "$ARCHIVE" <(event 1; event 2)
	put 1
	run -0 hookroute drain
	diff "$ARCHIVE" <(event 1; event 2)
	ARCHIVE=/nowhere/x run -0 hookroute drain
}

@test "hookpipe(7): the shell's consumer says when it cannot write" {
	consumer_example 1 archive
	put 1
	ARCHIVE=/nowhere/x run -0 --separate-stderr hookroute drain
	[ "$(files defer)" -eq 1 ]
	[[ $stderr == *'cannot write'* ]]
}

@test "hookpipe(7): the consumer in Python keeps each event, and tells failures apart" {
	command -v python3 >/dev/null || skip "no python3"
	consumer_example 2 keep
	export KEEP=$BATS_TEST_TMPDIR/kept
	mkdir "$KEEP"
	put 1
	run -0 hookroute drain
	diff "$KEEP/$(id 1)" <(event 1)
	[ "$(ls "$KEEP")" = "$(id 1)" ]
	route keep '{to: "keep", send: 7}'
	put 2
	run -0 hookroute drain
	[ "$(files dead)" -eq 1 ]
	route keep '{to: "keep", with: "event"}'
	put 3
	KEEP=/nowhere run -0 hookroute drain
	[ "$(files defer)" -eq 1 ]
}

@test "hookpipe(7): a consumer is tried by hand through a pipe" {
	consumer_example 1 archive
	export ARCHIVE=$BATS_TEST_TMPDIR/events
	hookroute filter --to archive < <(event 1; event 2) >"$BATS_TEST_TMPDIR/lines"
	run -0 "$BATS_TEST_TMPDIR/archive" <"$BATS_TEST_TMPDIR/lines"
	[ "$output" = '{"ok":true}
{"ok":true}' ]
}

@test "hookspool(5): what waits, what failed and why" {
	export HOOKTOOLS_RETRY=1h
	route a '{to: "x", send: {n: .delivery}}, {to: "none", send: 1}'
	consumer x <<<'while read -r line; do fail temporary later; done'
	put 1
	run -0 hookroute drain
	put 2
	cd "$spool"
	run -0 --separate-stderr bash -c "$(literal hookspool.5 1 | sed -e '/^\$ cd/d' -e 's/^\$ //')"
	[ "${lines[0]}" = "$(id 2)	acme/site	push" ]
	[ "${lines[1]}" = "$(id 1)" ]
	[[ ${lines[2]} == "a.jq	none	no consumer 'none'"* ]]
}

@test "hookroute(8): the examples" {
	jq -c . "$top/tests/fixtures/routes/github-push/event.json" >"$BATS_TEST_TMPDIR/event.json"
	good_consumer runjob
	literal hookroute.8 3 >"$HOOKTOOLS_CONF/routes.d/nightly.jq"
	cd "$BATS_TEST_TMPDIR"
	run -0 --separate-stderr bash -ec "$(literal hookroute.8 1 | sed 's/^\$ //')"
	run -0 --separate-stderr bash -ec "$(literal hookroute.8 2 | sed 's/^\$ //')"
	run -0 hookroute drain
	got runjob | jq -e '.exec == ["/usr/local/bin/backup", "backup"] and .repository == "acme/site"'
}

@test "hookroute(8): the synopsis is the usage" {
	command -v mandoc >/dev/null || skip "no mandoc"
	diff <(hookroute --help | sed -e 's/^usage: *//' -e 's/^ *//' | tr -s ' \n' ' ') \
		<(mandoc -T utf8 -O width=500 "$top/man/hookroute.8" | sed 's/.\x08//g' |
			sed -n '/^SYNOPSIS/,/^DESCRIPTION/p' |
			sed -e '1d;$d' -e 's/ | /|/g' -e 's/ \.\.\./.../g' | tr -s ' \n' ' ' | sed 's/^ //')
}

@test "man: mandoc has nothing to say" {
	command -v mandoc >/dev/null || skip "no mandoc"
	local page
	for page in hookroute.8 hookroutes.5 hookspool.5 hookpipe.7; do
		run -0 mandoc -Tlint -Wwarning "$top/man/$page"
		[ -z "$output" ]
	done
}
