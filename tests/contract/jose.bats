load ../helper
load helper

# `tokenmint jws` against npm's jose, Debian's jose and Debian's jwt: each signs for the other,
# with every algorithm that both know.

algorithms="HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA"

setup_file() {
	fetch_senders
}

setup() {
	keys=$BATS_TEST_TMPDIR
	printf 'a\0b\n\377\r\n' >"$keys/payload"
}

need_program() {
	command -v "$1" >/dev/null || skip "$1 is missing: make deps"
}

# make_keys: a pair for each algorithm, by node.
make_keys() {
	need_program node
	NODE_NO_WARNINGS=1 node "$top/tests/contract/npm/jose.mjs" keys "$keys"
}

# ours ALG PAYLOAD: signed by us as ALG.ours
ours() {
	tokenmint jws sign --jwk "$keys/$1.private.jwk" --alg "$1" --file "$2" >"$keys/$1.ours"
}

# verifies ALG TOKEN PAYLOAD: we take it with the public key, with --alg, and from a set; with
# another algorithm, a part changed or missing we do not.
verifies() {
	local token head body signature other=ES256 changed
	[ "$1" != ES256 ] || other=ES384
	tokenmint jws verify --jwk "$keys/$1.public.jwk" --file "$2" >"$keys/verified"
	cmp "$keys/verified" "$3"
	jq -cs '{keys: .}' "$keys"/*.public.jwk >"$keys/set"
	tokenmint jws verify --jwks "$keys/set" --alg "$1" --file "$2" >"$keys/verified"
	cmp "$keys/verified" "$3"
	run -1 tokenmint jws verify --jwks "$keys/set" --alg "$other" --file "$2"
	token=$(cat "$2")
	IFS=. read -r head body signature <<<"$token"
	for changed in "$head.${body}AAAA.$signature" "$head.$body.AAAA$signature" "$head.$body.${signature}AAAA" \
		"$head.$body.${signature:0:-4}" "$head.$body." "$head.$body" ".$body.$signature" "$token.$signature" \
		"$(printf '{"alg":"none"}' | base64 | tr -d =).$body." "$head.$body.$(tr 'A-Za-z' 'B-ZAb-za' <<<"$signature")"; do
		run -1 --separate-stderr tokenmint jws verify --jwk "$keys/$1.public.jwk" <<<"$changed"
		[ -z "$output" ]
		[[ $stderr == *"not verified: "* ]]
	done
}

@test "contract: npm's jose takes what we sign with any algorithm, and nothing that was changed" {
	need_senders
	make_keys
	for alg in $algorithms; do
		ours "$alg" "$keys/payload"
	done
	run -0 sender jose judge "$keys"
	[ "$output" = "judge: 13" ]
}

@test "contract: we take what npm's jose signs with any algorithm, and nothing that was changed" {
	need_senders
	make_keys
	run -0 sender jose sign "$keys"
	[ "$output" = "sign: 13" ]
	for alg in $algorithms; do
		verifies "$alg" "$keys/$alg.theirs" "$keys/payload"
	done
}

@test "contract: Debian's jose and we take each other's signatures and keys" {
	need_program jose
	for alg in $algorithms; do
		[ "$alg" != EdDSA ] || continue # it does not know it
		jose jwk gen -i "{\"alg\":\"$alg\"}" -o "$keys/$alg.private.jwk"
		jose jwk pub -i "$keys/$alg.private.jwk" -o "$keys/$alg.public.jwk"
		[[ $alg != HS* ]] || cp "$keys/$alg.private.jwk" "$keys/$alg.public.jwk"
		jose jws sig -I "$keys/payload" -k "$keys/$alg.private.jwk" -c -o "$keys/theirs"
		verifies "$alg" "$keys/theirs" "$keys/payload"
		ours "$alg" "$keys/payload"
		printf %s "$(cat "$keys/$alg.ours")" >"$keys/token"
		jose jws ver -i "$keys/token" -k "$keys/$alg.public.jwk" -O "$keys/out"
		cmp "$keys/payload" "$keys/out"
		sed -i 's/\../.A/' "$keys/token"
		run -1 jose jws ver -i "$keys/token" -k "$keys/$alg.public.jwk"
	done
}

@test "contract: Debian's jwt and we take each other's tokens" {
	need_program jwt
	make_keys
	printf '{"exp":%d,"sub":"\\u00e9"}' $(($(date +%s) + 600)) >"$keys/claims"
	for alg in $algorithms; do
		jwt -alg "$alg" -key "$keys/$alg.private.pem" -sign "$keys/claims" >"$keys/theirs"
		tokenmint jws verify --jwk "$keys/$alg.public.jwk" --file "$keys/theirs" >"$keys/payload"
		[ "$(jq -r .sub "$keys/payload")" = é ]
		verifies "$alg" "$keys/theirs" "$keys/payload"
		ours "$alg" "$keys/claims"
		run -0 jwt -alg "$alg" -key "$keys/$alg.public.pem" -compact -verify "$keys/$alg.ours"
		[ "$(jq -r .sub <<<"$output")" = é ]
		sed 's/\..\(.*\)\./.f\1./' "$keys/$alg.ours" >"$keys/changed"
		run -1 jwt -alg "$alg" -key "$keys/$alg.public.pem" -compact -verify "$keys/changed"
	done
}

@test "contract: a PSS signature by openssl has the salt of its digest, or none of us takes it" {
	make_keys
	printf '{"alg":"PS256"}' | base64 | tr -d '=\n' >"$keys/text"
	printf .e30 >>"$keys/text"
	for salt in 32 0 20 31 33 digest max auto sha1; do
		length=(-sigopt "rsa_pss_saltlen:$salt")
		[ "$salt" != sha1 ] || length=(-sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha1)
		openssl dgst -sha256 -sign "$keys/PS256.private.pem" -sigopt rsa_padding_mode:pss "${length[@]}" \
			-out "$keys/signature" "$keys/text"
		printf '%s.%s' "$(cat "$keys/text")" "$(base64 -w0 "$keys/signature" | tr '+/' '-_' | tr -d =)" >"$keys/token"
		want=1
		[[ ! $salt =~ ^(32|digest)$ ]] || want=0
		run "-$want" tokenmint jws verify --jwk "$keys/PS256.public.jwk" --file "$keys/token"
	done
}
