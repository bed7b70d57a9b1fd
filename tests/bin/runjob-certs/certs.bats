load ../../helper

# make_cert NAME: NAME.pem, with a key that nobody needs.
make_cert() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj "/O=acme/CN=$1" \
		-keyout "$1.key" -out "$1.pem" 2>/dev/null
}

# As openssl(1) says it.
fingerprint() {
	openssl x509 -in "$1.pem" -noout -fingerprint -sha256 | cut -d= -f2
}

hash_of() {
	fingerprint "$1" | tr -d : | tr '[:upper:]' '[:lower:]'
}

# field NAME JQ: of the list's line about it.
field() {
	runjob certs | jq -r "select(.sha256 == \"$(hash_of "$1")\") | $2"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	make_cert alice
	make_cert bob
}

# bats test_tags=F3_1,F3_2,F3_6,F3_18
@test "runjob certs: adds to the pool, and lists it with roles and jobs" {
	run -0 runjob certs
	[ -z "$output" ]
	cat alice.pem >>alice.key
	run -0 runjob certs add --role viewer alice.key
	[ "$output" = "$(openssl x509 -in alice.pem -outform DER | sha256sum | cut -d' ' -f1)" ]
	[ "$output" = "$(hash_of alice)" ]
	diff alice.pem "$HOOKTOOLS_CONF/pool/viewer/$output.pem"
	run -0 runjob certs add alice.pem --role viewer
	run -77 runjob certs add alice.pem --role admin
	cp bob.pem "$HOOKTOOLS_CONF/pool/any name"
	echo note >"$HOOKTOOLS_CONF/pool/README"
	runjob run --owner bob.pem -- true
	runjob run --owner "$(fingerprint bob)" -- true
	run -0 runjob certs list --json
	[ "$(jq -r '"\(.subject) \(.role) \(.state) \(.jobs) \(.owner == .sha256)"' <<<"$output")" = \
		$'CN=bob,O=acme plain good 2 true\nCN=alice,O=acme viewer good 0 true' ]
	[ "$(field bob .file)" = "$HOOKTOOLS_CONF/pool/any name" ]
	run -0 runjob certs --limit 1 --after "$(hash_of bob)"
	[ "$(jq -r .subject <<<"$output")" = "CN=alice,O=acme" ]
	run -1 runjob certs --after "${output//[!a-f]/}"
	[ "$(TERM=dumb script -qec 'runjob certs' /dev/null </dev/null | grep -c "  viewer     good     $(date -u +%Y)-.*    0  CN=alice")" -eq 1 ]
}

# bats test_tags=F3_3
@test "runjob certs: refuses what is no certificate, and names it" {
	run -65 --separate-stderr runjob certs hash alice.key
	[ "$stderr" = "runjob: 'alice.key': no certificate (PEM) in it" ]
	openssl req -new -key bob.key -subj /O=acme/CN=old -out old.csr
	openssl x509 -req -in old.csr -signkey bob.key -days -1 -out old.pem 2>/dev/null
	run -65 --separate-stderr runjob certs add old.pem
	[ "$stderr" = "runjob: certificate 'CN=old,O=acme' has expired" ]
	mkdir -p "$HOOKTOOLS_CONF/pool"
	cp old.pem "$HOOKTOOLS_CONF/pool/old"
	[ "$(field old .state)" = expired ]
	run -65 --separate-stderr runjob list --owner alice.key
	[[ $stderr == "runjob: --owner 'alice.key': "*"no certificate (PEM) in it" ]]
	run -71 --separate-stderr runjob certs hash missing
	[[ $stderr == *"'missing': No such file or directory" ]]
	run -1 --separate-stderr runjob certs remove alice.pem
	[ "$stderr" = "runjob: no certificate '$(hash_of alice)' in the pool" ]
	run -64 runjob certs add alice.pem --role god
	run -64 runjob certs add
	run -64 runjob certs hash --json alice.pem
	run -64 runjob certs burn alice.pem
	run -71 --separate-stderr runjob certs --pool alice.pem
	[[ $stderr == *"list 'alice.pem': Not a directory" ]]
}

@test "runjob certs renew: the owner keeps the jobs, with either certificate" {
	local id old new
	make_cert carol
	old=$(runjob certs add --role viewer alice.pem)
	id=$(runjob start --owner "$old" -- true)
	run -0 runjob wait --owner "$old" "$id"
	new=$(runjob certs renew "$old" bob.pem)
	[ "$new" = "$(hash_of bob)" ]
	[ "$(readlink "$HOOKTOOLS_STATE/jobs/$new")" = "$old" ]
	run -0 runjob show --owner bob.pem "$id"
	[ "$(jq -r .owner <<<"$output")" = "$old" ]
	runjob run --owner bob.pem -- true
	[ "$(field alice '"\(.role) \(.jobs)"') $(field bob '"\(.role) \(.jobs) " + .owner')" = "viewer 2 viewer 2 $old" ]
	run -0 runjob certs remove alice.pem
	run -0 runjob certs renew bob.pem carol.pem
	run -0 runjob list --owner carol.pem
	[ "${#lines[@]}" -eq 2 ]
	# Whoever has jobs keeps them.
	make_cert dave
	runjob certs add dave.pem
	runjob run --owner dave.pem -- true
	run -77 --separate-stderr runjob certs renew carol.pem dave.pem
	[[ $stderr == *"has jobs of its own" ]]
	run -1 runjob certs renew alice.pem dave.pem
}

@test "runjob certs revoke: once, in a file that people can read" {
	runjob certs add alice.pem
	run -0 runjob certs revoke alice.pem
	run -0 runjob certs revoke "$(fingerprint alice)"
	run -0 runjob certs revoke "$(fingerprint bob)"
	[ "$(field alice .state)" = revoked ]
	[ "$(grep -v '^#' "$HOOKTOOLS_CONF/revoked")" = "$(hash_of alice)"$'\n'"$(hash_of bob)" ]
	grep -q '^# .*Z CN=alice,O=acme$' "$HOOKTOOLS_CONF/revoked"
	cat alice.pem bob.pem >"$HOOKTOOLS_CONF/pool/both.pem"
	run -77 --separate-stderr runjob certs remove bob.pem
	[[ $stderr == *"both.pem' has other certificates, too; take it out of there by hand" ]]
}
