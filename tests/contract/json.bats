load ../helper

# json_scan beside other readers of JSON, by a table of texts with their verdicts.

table=$top/tests/fixtures/json/verdicts

setup_file() {
	mkdir "$BATS_FILE_TMPDIR/texts"
	"${CC:-cc}" -std=gnu17 -I"$top" -D_GNU_SOURCE -o "$BATS_FILE_TMPDIR/verdict" \
		"$top"/tests/contract/json_verdict.c "$top"/lib/{buf,hex,json_scan}.c
	"$BATS_FILE_TMPDIR/verdict" "$table" "$BATS_FILE_TMPDIR/texts" >"$BATS_FILE_TMPDIR/ours"
}

rows() { grep -v '^#' "$table"; }

# differences NAME: the rows, shown with both verdicts, where NAME's (a line each on stdin) is not
# the table's and the table does not know.
differences() {
	paste <(cat) <(rows) | awk -F '\t' -v name="$1" '
		$2 == "either" || $1 == $2 { next }
		$3 == "-" || $3 !~ "(^|,)(any|" name ")(,|:)" { print name " says " $1 ": " $0 }'
}

# agrees NAME: its verdicts on stdin, of every text.
agrees() {
	cat >"$BATS_TEST_TMPDIR/verdicts"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/verdicts")" -eq "$(rows | wc -l)" ]
	run -0 differences "$1" <"$BATS_TEST_TMPDIR/verdicts"
	echo "$output" | head -n 20
	[ -z "$output" ]
}

# bats test_tags=FX_3
@test "json_scan: says of each text what the table says, wherever it is cut" {
	[ "$(rows | wc -l)" -ge 900 ]
	[ "$(rows | grep -c ^accept)" -ge 250 ]
	[ "$(rows | cut -f3- | sort -u | wc -l)" -eq "$(rows | wc -l)" ]
	run -0 diff <(rows | cut -f1 | sed 's/either/accept/') "$BATS_FILE_TMPDIR/ours"
}

# fromjson is jq's own reader, and one process reads all of them.
@test "json_scan: differs from jq only where the table tells why" {
	local text arguments=()
	for text in "$BATS_FILE_TMPDIR"/texts/*; do
		arguments+=(--rawfile "t$(basename "$text")" "$text")
	done
	jq -nr "${arguments[@]}" '$ARGS.named | .[keys[]] | try (fromjson | "accept") catch "reject"' | agrees jq
}

# An event is an object around its payload.
@test "json_scan: jq reads an event with a payload that is nested as deeply as it may be" {
	depth=$(sed -n 's/^#define JSON_SCAN_DEPTH \([0-9]*\).*/\1/p' "$top/lib/json_scan.h")
	{
		printf '{"payload":'
		printf '{"a":%.0s' $(seq "$depth")
		printf 1
		printf '}%.0s' $(seq "$depth")
		printf '}'
	} >"$BATS_TEST_TMPDIR/event"
	run -0 jq -c '[getpath(["payload"]) | .. | objects] | length' "$BATS_TEST_TMPDIR/event"
	[ "$output" = "$depth" ]
}

@test "json_scan: differs from SQLite only where the table tells why" {
	command -v sqlite3 >/dev/null || skip "sqlite3 is missing: Debian's package sqlite3"
	local text
	for text in "$BATS_FILE_TMPDIR"/texts/*; do
		echo "SELECT iif(json_valid(CAST(readfile('$text') AS TEXT)), 'accept', 'reject');"
	done | sqlite3 :memory: | agrees sqlite
}

@test "json_scan: differs from Python only where the table tells why" {
	command -v python3 >/dev/null || skip "python3 is missing: make deps"
	python3 - "$BATS_FILE_TMPDIR"/texts/* <<-'END' | agrees python
		import json, sys
		for name in sys.argv[1:]:
		    with open(name, "rb") as file:
		        text = file.read()
		    try:
		        json.loads(text.decode("utf-8"))
		        print("accept")
		    except (ValueError, RecursionError):
		        print("reject")
	END
}

@test "json_scan: differs from node only where the table tells why" {
	command -v node >/dev/null || skip "node is missing: make deps"
	node --input-type=module - "$BATS_FILE_TMPDIR"/texts/* <<-'END' | agrees node
		import fs from "node:fs";
		const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
		for (const name of process.argv.slice(2)) {
		    let verdict = "accept";
		    try {
		        JSON.parse(utf8.decode(fs.readFileSync(name)));
		    } catch {
		        verdict = "reject";
		    }
		    console.log(verdict);
		}
	END
}
