load ../../helper

setup() {
	command -v age >/dev/null || skip "age is missing: make deps"
	make_key
	age-keygen -o "$BATS_TEST_TMPDIR/safe.key" 2>/dev/null
	age-keygen -y "$BATS_TEST_TMPDIR/safe.key" >"$BATS_TEST_TMPDIR/safe.pub"
	printf 'a=b\n\0\n' >"$BATS_TEST_TMPDIR/odd"
	head -c 1048576 /dev/urandom >"$BATS_TEST_TMPDIR/big"
	tokenmint vault put global/odd <"$BATS_TEST_TMPDIR/odd"
	tokenmint vault put pipeline/p/big --file "$BATS_TEST_TMPDIR/big"
	printf x | tokenmint vault put user/ends --expires 1h
}

# A second vault, with another key.
elsewhere() {
	export HOOKTOOLS_STATE=$BATS_TEST_TMPDIR/other HOOKTOOLS_CONF=$BATS_TEST_TMPDIR/other.conf
	make_key
}

@test "tokenmint: what vault export wrote, vault import puts into another vault" {
	tokenmint vault export --recipients-file "$BATS_TEST_TMPDIR/safe.pub" >"$BATS_TEST_TMPDIR/all.age"
	[ "$(head -n 1 "$BATS_TEST_TMPDIR/all.age")" = age-encryption.org/v1 ]
	ends=$(tokenmint vault list user/ --json | jq .expires_at)
	elsewhere
	run -0 tokenmint vault import --identity "$BATS_TEST_TMPDIR/safe.key" --file "$BATS_TEST_TMPDIR/all.age"
	[ "$output" = '{"imported":3,"kept":0}' ]
	tokenmint vault get global/odd | cmp - "$BATS_TEST_TMPDIR/odd"
	tokenmint vault get pipeline/p/big | cmp - "$BATS_TEST_TMPDIR/big"
	[ "$(tokenmint vault list user/ --json | jq .expires_at)" = "$ends" ]
	run -0 tokenmint vault import --identity "$BATS_TEST_TMPDIR/safe.key" <"$BATS_TEST_TMPDIR/all.age"
	[ "$output" = '{"imported":0,"kept":3}' ]
	printf new | tokenmint vault put global/odd
	run -0 tokenmint vault import --identity "$BATS_TEST_TMPDIR/safe.key" <"$BATS_TEST_TMPDIR/all.age"
	[ "$output" = '{"imported":1,"kept":2}' ]
}

@test "tokenmint: vault export takes a prefix and several recipients, and age reads it" {
	ssh-keygen -q -t ed25519 -N '' -f "$BATS_TEST_TMPDIR/ssh" 2>/dev/null || skip "no ssh-keygen"
	tokenmint vault export global/ --recipient "$(cat "$BATS_TEST_TMPDIR/safe.pub")" \
		--recipient "$(cut -d' ' -f1,2 "$BATS_TEST_TMPDIR/ssh.pub")" >"$BATS_TEST_TMPDIR/some.age"
	run -0 age --decrypt --identity "$BATS_TEST_TMPDIR/ssh" "$BATS_TEST_TMPDIR/some.age"
	[ "$(jq -c '[.name, .data, .expires_at]' <<<"$output")" = "[\"global/odd\",\"$(base64 -w 0 "$BATS_TEST_TMPDIR/odd")\",null]" ]
}

@test "tokenmint: vault import refuses another key, a damaged file and other lines" {
	tokenmint vault export --recipients-file "$BATS_TEST_TMPDIR/safe.pub" >"$BATS_TEST_TMPDIR/all.age"
	age-keygen -o "$BATS_TEST_TMPDIR/other.key" 2>/dev/null
	run -77 --separate-stderr tokenmint vault import --identity "$BATS_TEST_TMPDIR/other.key" <"$BATS_TEST_TMPDIR/all.age"
	[ "$output" = '{"imported":0,"kept":0}' ]
	elsewhere
	head -c 1000000 "$BATS_TEST_TMPDIR/all.age" >"$BATS_TEST_TMPDIR/cut.age"
	run -77 --separate-stderr tokenmint vault import --identity "$BATS_TEST_TMPDIR/safe.key" <"$BATS_TEST_TMPDIR/cut.age"
	run -0 tokenmint vault list
	[ "$output" = global/odd ] || [ -z "$output" ]
	for line in '{"name":"../x","data":"eA=="}' '{"name":"global/x","data":"eA"}' '[]' '{"name":"global/x","data":"eA==","expires_at":"soon"}'; do
		echo "$line" | age --encrypt --recipients-file "$BATS_TEST_TMPDIR/safe.pub" >"$BATS_TEST_TMPDIR/bad.age"
		run -65 --separate-stderr tokenmint vault import --identity "$BATS_TEST_TMPDIR/safe.key" <"$BATS_TEST_TMPDIR/bad.age"
		[[ $stderr == *"line 1 is none of tokenmint vault export"* ]]
	done
}

@test "tokenmint: vault export says what is missing" {
	run -64 --separate-stderr tokenmint vault export
	[[ $stderr == *"for whom?"* ]]
	run -64 --separate-stderr tokenmint vault import </dev/null
	run -77 --separate-stderr tokenmint vault export --recipient nobody
	[[ $stderr == *"age(1) failed"* ]]
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$(command -v tokenmint)" "$BATS_TEST_TMPDIR/bin/"
	run -78 --separate-stderr env PATH="$BATS_TEST_TMPDIR/bin" tokenmint vault export --recipient age1x
	[[ $stderr == *"age(1)"*"is not installed: apt install age"* ]]
}
