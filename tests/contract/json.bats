load ../helper

# json_scan beside two other readers of JSON, by a table of texts with their verdicts.

table=$top/tests/fixtures/json/verdicts

# The text of a row: <0a> is the byte 0a, <> is nothing.
write_text() {
	local text=${1//\\/\\\\}
	[ "$text" != '<>' ] || return 0
	while [[ $text =~ ^(.*)\<([0-9a-f]{2})\>(.*)$ ]]; do
		text=${BASH_REMATCH[1]}\\x${BASH_REMATCH[2]}${BASH_REMATCH[3]}
	done
	printf '%b' "$text"
}

setup_file() {
	local line n=1000
	mkdir "$BATS_FILE_TMPDIR/texts"
	"${CC:-cc}" -std=gnu17 -I"$top" -D_GNU_SOURCE -o "$BATS_FILE_TMPDIR/verdict" \
		"$top/tests/contract/json_verdict.c" "$top/lib/json_scan.c"
	while IFS= read -r line; do
		n=$((n + 1))
		write_text "${line#*$'\t'*$'\t'}" >"$BATS_FILE_TMPDIR/texts/$n"
	done < <(rows)
	"$BATS_FILE_TMPDIR/verdict" "$BATS_FILE_TMPDIR"/texts/* >"$BATS_FILE_TMPDIR/ours"
}

rows() { grep -v '^#' "$table"; }

# differences NAME: the rows, shown with both verdicts, where NAME's (a line each on stdin) is not
# the table's and the table does not know.
differences() {
	paste <(cat) <(rows) | awk -F '\t' -v name="$1" '
		$2 == "either" || $1 == $2 { next }
		$3 == "-" || $3 !~ "^(any|" name "):" { print name " says " $1 ": " $0 }'
}

@test "json_scan: says of each text what the table says" {
	[ "$(rows | wc -l)" -ge 150 ]
	run -0 diff <(rows | cut -f1 | sed 's/either/accept/') "$BATS_FILE_TMPDIR/ours"
}

@test "json_scan: differs from jq only where the table tells why" {
	local text
	for text in "$BATS_FILE_TMPDIR"/texts/*; do
		if jq -se 'length == 1' "$text" >/dev/null 2>&1; then echo accept; else echo reject; fi
	done >"$BATS_TEST_TMPDIR/jq"
	run -0 differences jq <"$BATS_TEST_TMPDIR/jq"
	[ -z "$output" ]
}

@test "json_scan: differs from SQLite only where the table tells why" {
	command -v sqlite3 >/dev/null || skip "sqlite3 is missing: Debian's package sqlite3"
	local text
	for text in "$BATS_FILE_TMPDIR"/texts/*; do
		echo "SELECT iif(json_valid(CAST(readfile('$text') AS TEXT)), 'accept', 'reject');"
	done | sqlite3 :memory: >"$BATS_TEST_TMPDIR/sqlite"
	run -0 differences sqlite <"$BATS_TEST_TMPDIR/sqlite"
	[ -z "$output" ]
}
