load ../../helper

# The keys of RFC 7515 A.3 and RFC 8037 A.1, and a secret.
setup() {
	cd "$BATS_TEST_TMPDIR" || return
	cat >private.jwk <<-'END'
		{"kty":"EC","crv":"P-256","kid":"one","use":"sig",
		 "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
		 "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
		 "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
	END
	jq -c 'del(.d)' private.jwk >public.jwk
	echo '{"kty":"OKP","crv":"Ed25519","kid":"two","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}' >ed.jwk
	echo '{"kty":"oct","alg":"HS256","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}' >secret.jwk
	jq -cs '{keys: .}' ed.jwk public.jwk >set.jwks
}

# not_verified RULE ARGUMENT...: with standard input
not_verified() {
	local rule=$1
	shift
	run -1 --separate-stderr tokenmint jws verify "$@"
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == "tokenmint: not verified: $rule" ]] || {
		echo "$stderr"
		return 1
	}
}

@test "tokenmint: jws signs and verifies bytes of any kind" {
	head -c 3000 /dev/urandom >binary
	printf 'a\nb\n\n\0\n' >lines
	: >empty
	for file in binary lines empty; do
		run -0 --separate-stderr tokenmint jws sign --jwk private.jwk --alg ES256 --file $file
		[ -z "$stderr" ]
		[[ $output =~ ^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{86}$ ]]
		tokenmint jws sign --jwk private.jwk --alg ES256 <$file >token
		tokenmint jws verify --jwk public.jwk <token >out
		cmp $file out
		tokenmint jws verify -s set.jwks -g ES256 -g EdDSA -f token >out
		cmp $file out
		printf %s "$(cat token)" | tokenmint jws verify --jwk private.jwk >out
		cmp $file out
	done
}

@test "tokenmint: a kid goes into the header, and the key's alg is the default" {
	tokenmint jws sign --jwk private.jwk --alg ES256 </dev/null >token
	[ "$(cut -d. -f1 token | tr '_-' '/+' | base64 -d 2>/dev/null)" = '{"alg":"ES256","kid":"one"}' ]
	tokenmint jws sign --jwk secret.jwk </dev/null >token
	[ "$(cut -d. -f1 token | tr '_-' '/+' | base64 -d 2>/dev/null)" = '{"alg":"HS256"}' ]
	tokenmint jws verify --jwk secret.jwk <token
}

@test "tokenmint: the key may be standard input when the rest is not" {
	echo hello >text
	tokenmint jws sign --jwk - --alg ES256 --file text <private.jwk >token
	run -0 --separate-stderr tokenmint jws verify --jwk - --file token <public.jwk
	[ "$output" = hello ]
	run -0 --separate-stderr tokenmint jws verify --jwks - --file token <set.jwks
	[ "$output" = hello ]
	for line in 'sign --jwk -' 'sign --jwk - --file -' 'verify --jwk -' 'verify --jwks - --file -'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr tokenmint jws $line <private.jwk
		[[ $stderr == *"cannot both come from standard input"* ]]
	done
}

@test "tokenmint: what is wrong with a signature is one line and status 1" {
	echo hello | tokenmint jws sign --jwk private.jwk --alg ES256 >token
	sed 's/\../.X/' token >changed
	not_verified 'the signature is wrong' --jwk public.jwk <changed
	not_verified 'the alg ES256 is not allowed here' --jwk public.jwk -g EdDSA <token
	not_verified 'no key fits ES256: the key is of another kind' --jwk secret.jwk <token
	not_verified "no key has the kid 'one'" --jwk ed.jwk <token
	not_verified 'the token has not three parts but 1' --jwk public.jwk </dev/null
	not_verified 'the token has not three parts but 1' --jwk public.jwk <private.jwk
	not_verified 'the token has more than 1048576 bytes' --jwk public.jwk < <(head -c 1048577 /dev/zero)
	not_verified 'standard input: more than 1048577 bytes' --jwk public.jwk < <(head -c 2000000 /dev/zero)
	not_verified 'the signature is no strict base64url' --jwk public.jwk < <(cat token && echo)
	not_verified 'the signature is no strict base64url' --jwk public.jwk < <(tr '\n' '\r' <token)
	not_verified "the alg 'none' is unknown" --jwk public.jwk <<<'eyJhbGciOiJub25lIn0.e30.'
	jq '.use = "enc"' public.jwk >enc.jwk
	not_verified "no key fits ES256: the key's use or key_ops does not allow it" --jwk enc.jwk <token
	jq '.alg = "ES384"' public.jwk >es384.jwk
	not_verified "no key fits ES256: the key's alg is another" --jwk es384.jwk <token
}

@test "tokenmint: a kid must be in the set, a single key without one takes any" {
	echo hello | tokenmint jws sign --jwk private.jwk --alg ES256 >token
	jq -c 'del(.kid)' public.jwk >bare.jwk
	jq -cs '{keys: .}' bare.jwk ed.jwk >bare.jwks
	run -0 tokenmint jws verify --jwk bare.jwk <token
	[ "$output" = hello ]
	not_verified "no key has the kid 'one'" --jwks bare.jwks <token
}

@test "tokenmint: a key file that cannot be used is status 78 and named, its bytes are not" {
	echo hello | tokenmint jws sign --jwk private.jwk --alg ES256 >token
	jq '.y = .x' public.jwk >off.jwk
	jq '.k = "c2VjcmV0"' secret.jwk >short.jwk
	echo '{"keys":[]}' >none.jwks
	jq -s '{keys: .}' off.jwk short.jwk >bad.jwks
	for line in '--jwk off.jwk' '--jwk short.jwk' '--jwk set.jwks' '--jwk token' '--jwk missing' \
		'--jwks none.jwks' '--jwks bad.jwks' '--jwks public.jwk' '--jwk /dev/zero'; do
		# shellcheck disable=SC2086
		run -78 --separate-stderr tokenmint jws verify $line <token
		[ -z "$output" ]
		[[ $stderr == "tokenmint: key file '${line#* }': "* ]]
		[[ $stderr != *c2VjcmV0* ]]
	done
	for line in '--jwk public.jwk --alg ES256' '--jwk private.jwk --alg ES384' '--jwk private.jwk --alg HS256' \
		'--jwk secret.jwk --alg HS384' '--jwk off.jwk --alg ES256'; do
		# shellcheck disable=SC2086
		run -78 --separate-stderr tokenmint jws sign $line <token
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
}

@test "tokenmint: jws refuses a wrong command line" {
	for line in 'sign' 'sign --jwk private.jwk' 'sign --jwk private.jwk --alg none' \
		'sign --jwk private.jwk --alg es256' 'sign --jwk private.jwk -g ES256 -g ES256' \
		'sign --jwk private.jwk -g ES256 x' 'sign --jwks set.jwks -g ES256' 'verify' 'verify x' \
		'verify --jwk public.jwk --jwks set.jwks' 'verify --jwk public.jwk --alg NONE' 'jws' 'other'; do
		# shellcheck disable=SC2086
		run -64 --separate-stderr tokenmint jws $line </dev/null
		[ -z "$output" ]
		[ -n "$stderr" ]
	done
	run -65 --separate-stderr tokenmint jws sign --jwk private.jwk -g ES256 < <(head -c 1000000 /dev/zero)
	[ -z "$output" ]
}

@test "tokenmint: the page's example, from one machine to another" {
	echo '{"version":1}' >release.json
	cp set.jwks public.jwks
	page=$(mandoc -T utf8 -O width=500 "$top/man/tokenmint.1" | sed 's/.\x08//g')
	sign=$(grep -o 'tokenmint jws sign --jwk private.jwk .*' <<<"$page")
	verify=$(grep -o 'tokenmint jws verify --jwks public.jwks .*' <<<"$page")
	run -0 --separate-stderr bash -c "$sign && $verify"
	[ "$output" = '{"version":1}' ]
}

@test "tokenmint: a set of 100 large keys is 16 tries for a signature that names none" {
	modulus=$(head -c 1024 /dev/zero | tr '\0' '\377' | base64 -w0 | tr '+/' '-_' | tr -d =)
	jq -cn --arg n "$modulus" '{keys: [range(100) | {kty: "RSA", n: $n, e: "_____w"}]}' >large.jwks
	signature=$(head -c 1024 /dev/zero | base64 -w0 | tr -d =)
	not_verified 'more than 16 keys fit: a kid must name one' --jwks large.jwks <<<"eyJhbGciOiJSUzI1NiJ9.e30.$signature"
}
