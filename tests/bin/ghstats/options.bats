load ../../helper
load helper

@test "ghstats: help and version" {
	run -0 --separate-stderr ghstats --help
	[[ ${lines[0]} == "usage: ghstats ingest [-]" ]]
	[ -z "$stderr" ]
	for option in --version -V; do
		run -0 --separate-stderr ghstats $option
		[[ $output =~ ^ghstats\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	done
	run -0 ghstats-serve --help
	[[ $output == usage:* ]]
	run -0 ghstats-serve --version
	[[ $output == ghstats-serve\ * ]]
}

@test "ghstats: every command and option of the help is in the manual" {
	for option in $(ghstats --help | grep -oE -- '--[a-z]+' | sort -u); do
		grep -q "Fl -${option#--}" "$top/man/ghstats.1"
	done
	for command in $(ghstats --help | sed -nE 's/^(usage:| ) *ghstats ([a-z]+).*/\2/p'); do
		grep -q "^\.Cm $command" "$top/man/ghstats.1"
	done
}

@test "ghstats: wrong usage is status 64 and one line about it" {
	while read -r line; do
		eval "arguments=($line)"
		# shellcheck disable=SC2154
		run -64 --separate-stderr ghstats "${arguments[@]}"
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
		[[ $stderr == ghstats:\ * ]]
	done <<-'END'

		nonsense
		ingest file
		ingest - -
		report x
		report --local
		report --by total
		report --by ''
		runs --by day
		runs --limit 0
		runs --limit 1001
		runs --limit -1
		runs --limit 1x
		runs --limit 99999999999999999999
		runs --format xml
		runs --status great
		runs --repo site
		runs --repo ../x
		runs --event 'a b'
		runs --actor 'a b'
		runs --branch ''
		runs --branch $'a\001'
		runs --branch $'\377'
		runs --workflow "$(printf 'x%.0s' {1..300})"
		runs --from 2026-13-01
		runs --from 2026
		runs --from yesterday
		runs --from 99999999d
		runs --from 2026-11-21 --to 2026-11-20
		runs --after '***'
		runs --what
		runs --limit
		workflows --branch main
		summarize --json
		serve x
		serve -l nonsense
		serve -l 127.0.0.1:99999
		serve -l 127.0.0.1:0 -i
		serve
	END
}

@test "ghstats: a usage error names what is wrong" {
	run -64 --separate-stderr ghstats runs --from 2026-13-01
	[ "$stderr" = "ghstats: --from '2026-13-01': from wants a date, a time of RFC 3339 or an age as 7d" ]
	run -64 --separate-stderr ghstats runs --what
	[[ $stderr == *"'--what'"* ]]
	run -64 --separate-stderr ghstats summarize --json
	[ "$stderr" = "ghstats: option -j does not belong to summarize: ghstats --help shows them" ]
}

@test "ghstats: a database of nobody else's" {
	run_body . | ingest
	[ "$(stat -c %a "$db")" = 600 ]
	echo 'no database' >"$db"
	rm -f "$db"-*
	run -65 --separate-stderr ghstats report
	[[ $stderr == *ghstats.db* ]]
	run -65 ghstats ingest </dev/null
}

@test "ghstats: the units and the cron entry call commands there are" {
	for file in "$top"/share/systemd/ghstats-*.service "$top/share/cron/ghstats-summarize"; do
		command=$(sed -n 's|.*/usr/local/bin/ghstats \([a-z]*\).*|\1|p' "$file")
		[ -n "$command" ]
		ghstats --help | grep -q "^ *\(usage: \)\?ghstats $command"
	done
	command -v systemd-analyze >/dev/null || skip 'no systemd-analyze'
	mkdir "$BATS_TEST_TMPDIR/units"
	# A unit's path has no blank in it; ours may.
	ln -s "$build/bin/ghstats" "$BATS_TEST_TMPDIR/ghstats"
	for file in "$top"/share/systemd/ghstats-*; do
		sed "s|/usr/local/bin/ghstats|$BATS_TEST_TMPDIR/ghstats|" "$file" >"$BATS_TEST_TMPDIR/units/${file##*/}"
	done
	run -0 systemd-analyze verify --man=no "$BATS_TEST_TMPDIR"/units/*
}
