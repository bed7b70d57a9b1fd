load ../../helper
load helper

# hookroute consumer-test: our own consumers pass, and each broken one is caught by the check
# that is meant for it.

# program: standard input becomes a consumer in Perl, which knows these words.
program() {
	{
		echo '#!/usr/bin/perl'
		printf '$dir = "%s";\n' "$BATS_TEST_TMPDIR"
		# shellcheck disable=SC2016,SC2028
		echo '$| = 1;
sub ok { print qq({"ok":true}\n) }
sub fail { print qq({"ok":false,"error":{"kind":"$_[0]","message":"$_[1]"}}\n) }
sub good { $_[0] =~ /^\{\s*"id":"0/ }
sub answer { if (good($_[0])) { ok } else { fail("permanent", "no object") } }
sub every { my ($do) = @_; while (<STDIN>) { last unless /\n$/; chomp; $do->($_) } }'
		cat
	} >"$BATS_TEST_TMPDIR/program"
	chmod +x "$BATS_TEST_TMPDIR/program"
}

# conforms ARGUMENT...
conforms() {
	run -0 --separate-stderr hookroute consumer-test "$@"
	[ "$(grep -c '^ok ' <<<"$output")" -eq 15 ]
	[ "${lines[0]}" = 1..15 ]
}

# fails CHECK...: these, and no others.
fails() {
	run -1 --separate-stderr hookroute consumer-test --json --timeout 2s "$BATS_TEST_TMPDIR/program"
	diff <(printf '%s\n' "$@") <(jq -r 'select(.ok | not) | .check' <<<"$output") || {
		jq -c 'select(.ok | not)' <<<"$output"
		return 1
	}
	[[ $stderr == *"fails $# of 15 checks, see hookpipe(7)" ]]
}

# seen CHECK: what was seen.
seen() {
	jq -r --arg check "$1" 'select(.check == $check) | .seen' <<<"$output"
}

# bats test_tags=F2_50
@test "consumer-test: jobs are started by a consumer that passes" {
	echo '{"exec":["true"]}' >"$BATS_TEST_TMPDIR/values"
	conforms --values "$BATS_TEST_TMPDIR/values" runjob start -
}

# bats test_tags=F2_50
@test "consumer-test: tokenmint sync passes" {
	make_key
	conforms tokenmint sync -
}

# bats test_tags=F2_50
@test "consumer-test: ghstats ingest passes" {
	conforms ghstats ingest -
}

# bats test_tags=F2_50
@test "consumer-test: runjob report passes" {
	conforms runjob report github -
}

@test "consumer-test: the consumers of hookpipe(7) pass" {
	local n=0 name
	for name in archive keep; do
		n=$((n + 1))
		awk -v n="$n" '/^\.Sh/ { examples = /EXAMPLES/ } !examples { next }
			/^\.Bd/ { inside = ++count == n; next } /^\.Ed/ { inside = 0 }
			inside { gsub(/\\e/, "\\"); print }' "$top/man/hookpipe.7" >"$BATS_TEST_TMPDIR/$name"
		chmod +x "$BATS_TEST_TMPDIR/$name"
	done
	mkdir "$BATS_TEST_TMPDIR/kept"
	ARCHIVE=$BATS_TEST_TMPDIR/events conforms "$BATS_TEST_TMPDIR/archive"
	command -v python3 >/dev/null || skip "no python3"
	KEEP=$BATS_TEST_TMPDIR/kept conforms "$BATS_TEST_TMPDIR/keep"
}

# bats test_tags=F2_50
@test "consumer-test: the consumer of plugins passes" {
	conforms -- hookroute-plugin -
}

# bats test_tags=F2_50
@test "consumer-test: the consumer of emitted events passes" {
	echo '{"event":"done","payload":{},"hops":1}' >"$BATS_TEST_TMPDIR/values"
	conforms --values "$BATS_TEST_TMPDIR/values" hookroute emit
}

# bats test_tags=F2_50
@test "consumer-test: the examples that are installed pass, and keep each value once" {
	local examples=$top/share/doc/examples/consumers
	ARCHIVE=$BATS_TEST_TMPDIR/archived conforms "$examples/archive"
	[ -z "$(jq -r .id "$BATS_TEST_TMPDIR/archived" | sort | uniq -d)" ]
	command -v python3 >/dev/null || skip "no python3"
	mkdir "$BATS_TEST_TMPDIR/kept"
	KEEP=$BATS_TEST_TMPDIR/kept conforms "$examples/keep"
	[ "$(find "$BATS_TEST_TMPDIR/kept" -type f | wc -l)" -ge 10 ]
	run -0 "$examples/keep" <<<'{"id":"../../etc/passwd"}'
	[[ $output == *'"permanent"'* ]]
}

@test "consumer-test: one that does it right passes, whatever it says on standard error" {
	program <<<'every(sub { warn "noise"; answer(@_) })'
	conforms "$BATS_TEST_TMPDIR/program"
}

@test "consumer-test: silent catches one that greets" {
	program <<<'print "hello\n"; every(\&answer)'
	run -1 --separate-stderr hookroute consumer-test --timeout 1s "$BATS_TEST_TMPDIR/program"
	[[ $output == *'not ok 1 - silent: writes nothing before it has got a value
# seen: hello'* ]]
}

@test "consumer-test: prompt catches one that keeps replies back" {
	program <<<'$| = 0; every(\&answer)'
	run -1 --separate-stderr hookroute consumer-test --json --timeout 2s "$BATS_TEST_TMPDIR/program"
	[[ $(seen prompt) == 'a reply only after its input had ended: flush after each' ]]
	[ "$(jq -r 'select(.ok | not) | .check' <<<"$output")" = $'prompt\ncut\nkilled\nslow\ngone' ]
}

@test "consumer-test: prompt catches one that answers twice" {
	program <<<'every(sub { answer(@_); answer(@_) })'
	run -1 --separate-stderr hookroute consumer-test --json "$BATS_TEST_TMPDIR/program"
	[[ $(seen prompt) == 'two lines for one value' ]]
}

@test "consumer-test: order catches one that answers the bad ones last" {
	program <<<'every(sub { if (good(@_)) { ok } else { $bad++ } }); fail("permanent", "x") while $bad-- > 0'
	run -1 --separate-stderr hookroute consumer-test --json "$BATS_TEST_TMPDIR/program"
	[ "$(seen order)" = 'replies oooopp to opoopo (o: ok, p: permanent, t: temporary)' ]
}

@test "consumer-test: again catches one that refuses what it knows" {
	program <<<'every(sub { if ($_[0] =~ /^\{\s*"id":"([0-9a-f-]+)/) {
			if (mkdir "$dir/$1") { ok } else { fail("permanent", "known already") }
		} else { answer(@_) } })'
	fails again killed slow
	[ "$(seen again)" = 'reply 2 of 2 is a permanent failure: known already' ]
}

@test "consumer-test: large catches one with a limit" {
	program <<<'every(sub { if (length $_[0] > 1000000) { fail("permanent", "too large") } else { answer(@_) } })'
	fails large
}

@test "consumer-test: member catches one that ends at what it does not know" {
	program <<<'every(sub { exit 9 if $_[0] =~ /x_consumer_test/; answer(@_) })'
	fails member
	[ "$(seen member)" = 'it ended with status 9 instead of reply 1 of 1' ]
}

@test "consumer-test: text catches one that ends at an octopus" {
	program <<<'every(sub { kill "SEGV", $$ if $_[0] =~ /🐙/; answer(@_) })'
	fails text
	[ "$(seen text)" = 'it was ended by signal 11 instead of reply 1 of 1' ]
}

@test "consumer-test: bad catches one that takes everything" {
	program <<<'every(\&ok)'
	fails bad
	[ "$(seen bad)" = 'reply 1 of 4 is ok' ]
}

@test "consumer-test: bad catches one that ends" {
	program <<<'every(sub { exit 65 if $_[0] =~ /^this/; answer(@_) })'
	fails order bad
}

@test "consumer-test: odd catches one that wants to see it again" {
	program <<<'every(sub { if ($_[0] eq "[]") { fail("temporary", "odd") } else { answer(@_) } })'
	fails odd
	[ "$(seen odd)" = 'reply 2 of 9 is a temporary failure: odd' ]
}

@test "consumer-test: odd catches a reply that is none" {
	program <<<'every(sub { if ($_[0] eq "7") { print "\033[31mno\n" } else { answer(@_) } })'
	fails odd
	[[ $(seen odd) == 'reply 3 of 9 is no reply: '*'?[31mno' ]]
}

@test "consumer-test: empty catches one that takes it for the end" {
	program <<<'every(sub { exit 0 if $_[0] eq ""; answer(@_) })'
	fails empty
}

@test "consumer-test: end catches a status, a last word, and one that stays" {
	program <<<'every(\&answer); exit 3'
	fails end cut
	[ "$(seen end)" = 'it ended with status 3' ]
	program <<<'every(sub { answer(@_); $n++ }); print "bye\n" if $n == 3'
	fails end
	[ "$(seen end)" = 'a line more than it had values: bye' ]
	program <<<'every(sub { answer(@_); $n++ }); sleep 1000 if $n == 3'
	fails end
	[ "$(seen end)" = 'it still runs 5 s after its input ended' ]
}

@test "consumer-test: cut catches one that takes half a line" {
	program <<<'while (<STDIN>) { chomp; answer($_) }'
	fails cut
	[ "$(seen cut)" = 'half a line is answered with ok' ]
}

@test "consumer-test: killed catches one that stumbles over its own lock" {
	program <<<'mkdir "$dir/lock" or exit 1; every(\&answer); rmdir "$dir/lock"'
	run -1 --separate-stderr hookroute consumer-test --json "$BATS_TEST_TMPDIR/program"
	[ "$(jq -r 'select(.ok | not) | .check' <<<"$output" | head -n 1)" = killed ]
	[ "$(seen killed)" = 'it ended with status 1 instead of reply 1 of 4' ]
}

@test "consumer-test: slow catches one that loses what the pipe does not take" {
	program <<<'use Fcntl; fcntl(STDOUT, F_SETFL, O_NONBLOCK | O_WRONLY);
		every(sub { if (good(@_)) { syswrite(STDOUT, qq({"ok":true}\n)) } else { answer(@_) } })'
	fails slow
}

@test "consumer-test: gone catches one that talks to nobody for ever" {
	program <<<'$SIG{PIPE} = "IGNORE"; every(\&answer); sleep 1000 if $!{EPIPE}'
	fails gone
	[ "$(seen gone)" = 'it still runs after 5 s' ]
}

@test "consumer-test: what cannot be tested" {
	run -64 --separate-stderr hookroute consumer-test
	[[ $stderr == *'which program?'* ]]
	run -78 --separate-stderr hookroute consumer-test /nowhere/program
	[[ $stderr == *"start '/nowhere/program'"* ]]
	printf '{}\n{\n' >"$BATS_TEST_TMPDIR/values"
	run -65 --separate-stderr hookroute consumer-test --values "$BATS_TEST_TMPDIR/values" true
	[[ $stderr == *'values:2: no JSON' ]]
	: >"$BATS_TEST_TMPDIR/values"
	run -65 --separate-stderr hookroute consumer-test --values "$BATS_TEST_TMPDIR/values" true
	run -64 --separate-stderr hookroute consumer-test --timeout soon true
}

@test "consumer-test: options of the program stand behind two hyphens" {
	program <<<'exit 64 unless $ARGV[0] eq "--flag"; every(\&answer)'
	conforms -- "$BATS_TEST_TMPDIR/program" --flag
}
