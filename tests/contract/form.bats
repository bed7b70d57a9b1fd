load ../helper
load ../bin/hookrecv/helper
# shellcheck disable=SC2154 # $hook and the like are the helper's

# Forms that others encode, each in its own way, carry the same payload.

setup() {
	body=$BATS_TEST_TMPDIR/payload
	# Every character of ASCII that may stand in JSON, and others of each length in UTF-8.
	{
		printf '{"ascii":"'
		printf '%b' "$(printf '\\x%x' {32..33} {35..91} {93..127})"
		printf '","more":"\\"\\\\\\/\\u0000 é €😀\u2028","plus":"a+b c%%20d&e=f;g","n":1.5e+3}'
	} >"$body"
	jq -e . "$body" >"$BATS_TEST_TMPDIR/valid"
	add_hook github
	start_hookrecv
}

teardown() {
	stop_servers
}

# carries NAME: the form on stdin.
carries() {
	cat >"$BATS_TEST_TMPDIR/form"
	sign "$BATS_TEST_TMPDIR/form" "$1"
	post "$BATS_TEST_TMPDIR/form" application/x-www-form-urlencoded
	[ "$status" -eq 202 ]
	run -0 cmp "$body" <(payload | tr -d '\n')
	rm "$HOOKTOOLS_STATE"/spool/new/*
}

# bats test_tags=F0_4
@test "contract: forms by Python" {
	command -v python3 >/dev/null || skip "python3 is missing: make deps"
	for quote in quote quote_plus; do
		python3 -c "import sys, urllib.parse as u
text = open(sys.argv[1], 'rb').read()
print(end=u.urlencode({'a': '&=', 'payload': text, 'z': 'payload='}, quote_via=u.$quote))" "$body" | carries "$quote"
	done
}

# bats test_tags=F0_4
@test "contract: forms by node" {
	command -v node >/dev/null || skip "node is missing: make deps"
	for code in "new URLSearchParams({ a: '&=', payload })" "'payload=' + encodeURIComponent(payload)" \
		"'payload=' + [...Buffer.from(payload)].map((b) => '%' + b.toString(16).padStart(2, '0')).join('')"; do
		node -e "const payload = require('fs').readFileSync(process.argv[1], 'utf8');
			process.stdout.write(String($code))" "$body" | carries "$code"
	done
}

# bats test_tags=F0_4
@test "contract: forms by curl and jq" {
	jq -Rsj '"payload=" + @uri' "$body" | carries jq
	# curl encodes and sends in one: nobody can sign it.
	add_hook none
	run -0 curl -sS -m 20 -o "$BATS_TEST_TMPDIR/got" -w '%{http_code}' -d 'a=1' --data-urlencode "payload@$body" \
		"$server_url/hook/$hook"
	[ "$output" = 202 ]
	run -0 cmp "$body" <(payload | tr -d '\n')
}
