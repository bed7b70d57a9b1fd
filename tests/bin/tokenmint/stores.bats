load ../../helper

setup_file() {
	local dir=$BATS_FILE_TMPDIR
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca \
		-keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
	certify server '/CN=127.0.0.1' 'subjectAltName=IP:127.0.0.1'
	certify client '/CN=hooktools' 'extendedKeyUsage=clientAuth'
}

# certify NAME SUBJECT EXTENSION: signed by the authority of this file.
certify() {
	local dir=$BATS_FILE_TMPDIR
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$2" \
		-keyout "$dir/$1.key" -out "$dir/$1.csr" 2>/dev/null
	openssl x509 -req -in "$dir/$1.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
		-extfile <(echo "$3") -out "$dir/$1.pem" 2>/dev/null
}

teardown() {
	stop_servers
}

# A cluster of one fake API server; this process is in it, by its service account.
start_cluster() {
	cluster=$BATS_TEST_TMPDIR/cluster
	mkdir -p "$cluster" "$BATS_TEST_TMPDIR/account"
	cp "$BATS_FILE_TMPDIR"/server.{pem,key} "$cluster/"
	echo token.one >"$cluster/tokens"
	[ "${1:-}" != certificates ] || cp "$BATS_FILE_TMPDIR/ca.pem" "$cluster/client-ca.pem"
	start_server "$BATS_TEST_TMPDIR/cluster.log" python3 "$top/tests/fake/kubernetes.py" "$cluster"
	printf ci >"$BATS_TEST_TMPDIR/account/namespace"
	printf token.one >"$BATS_TEST_TMPDIR/account/token"
	cp "$BATS_FILE_TMPDIR/ca.pem" "$BATS_TEST_TMPDIR/account/ca.crt"
	export HOOKTOOLS_KUBERNETES_ACCOUNT=$BATS_TEST_TMPDIR/account
	export KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT=${server_url##*:}
	unset KUBECONFIG
}

use_store() {
	echo "HOOKTOOLS_VAULT_STORES=$1" >"$HOOKTOOLS_CONF/hooktools.conf"
	make_key
}

# A store in one line of shell, which keeps files in a folder.
make_store() {
	mkdir -p "$HOOKTOOLS_CONF/vault.d" "$BATS_TEST_TMPDIR/kept"
	cat >"$HOOKTOOLS_CONF/vault.d/plain" <<-END
		#!/bin/sh
		f=$BATS_TEST_TMPDIR/kept/\$(echo "\$2" | tr / %)
		case \$1 in
		get) [ -f "\$f" ] || exit 1; cat "\$f" ;;
		put) cat >"\$f.\$\$.tmp"; grep -q '^\$' "\$f.\$\$.tmp" && mv "\$f.\$\$.tmp" "\$f" || { rm "\$f.\$\$.tmp"; exit 65; } ;;
		list) cd "\${f%/*}" && for f in *; do echo "\$f" | tr % / | grep "^\$2"; done; true ;;
		delete) [ -f "\$f" ] || exit 1; rm "\$f" ;;
		*) exit 64 ;;
		esac
	END
	chmod +x "$HOOKTOOLS_CONF/vault.d/plain"
}

# bats test_tags=F2_48,F4_29
@test "vault test: a store that keeps the contract passes, one that does not is told where" {
	make_store
	run -0 --separate-stderr tokenmint vault test plain:a/path
	[ "$(grep -c '^ok' <<<"$output")" -eq 12 ]
	[ -z "$(ls "$BATS_TEST_TMPDIR/kept")" ]
	sed -i 's/mv .*;;/tr -d "\\\\000" <"$f.$$.tmp" >"$f"; rm "$f.$$.tmp" ;;/' "$HOOKTOOLS_CONF/vault.d/plain"
	run -1 --separate-stderr tokenmint vault test plain --json
	[[ $(jq -r 'select(.ok | not).check' <<<"$output" | sort | xargs) == "big bytes"* ]]
	run -78 --separate-stderr tokenmint vault test nothing
	[[ $stderr == *"no store 'nothing'"* ]]
}

# bats test_tags=F2_48
@test "tokenmint: a store keeps what a prefix names, below a path of its own" {
	make_store
	use_store 'user/=plain:team/one pipeline/p/=plain'
	for name in user/fred global/x pipeline/p/x pipeline/q/x; do
		printf '%s' "$name" | tokenmint vault put "$name" --expires 1h
	done
	[ "$(ls "$BATS_TEST_TMPDIR/kept")" = $'pipeline%p%x\nteam%one%user%fred' ]
	run -0 tokenmint vault list
	[ "$output" = $'global/x\npipeline/p/x\npipeline/q/x\nuser/fred' ]
	run -0 tokenmint vault get user/fred
	[ "$output" = user/fred ]
	run -0 tokenmint vault list user/ --json
	[ "$(jq -c '[.name, .bytes, (.expires_at | length)]' <<<"$output")" = '["user/fred",9,24]' ]
	run -0 tokenmint vault delete user/fred
	run -1 --separate-stderr tokenmint vault get user/fred
	run -1 --separate-stderr tokenmint vault delete user/fred
	run -0 tokenmint vault rekey
	run -0 tokenmint vault get pipeline/p/x
}

@test "tokenmint: rules hold for what a store keeps, too" {
	make_store
	use_store 'global/=plain'
	printf 1 | tokenmint vault put global/b.key
	run -77 --separate-stderr tokenmint vault get global/b.key --for namespace/a
	run -0 tokenmint vault get global/b.key --for namespace/b
}

@test "tokenmint: a store that fails says so, and is no absent secret" {
	make_store
	use_store 'global/=plain'
	printf '#!/bin/sh\necho "out of order" >&2\nexit 75\n' >"$HOOKTOOLS_CONF/vault.d/plain"
	run -75 --separate-stderr tokenmint vault get global/x
	[[ $stderr == *"secret 'global/x'"*"out of order"* ]]
	run -75 --separate-stderr tokenmint vault put global/x </dev/null
	run -75 --separate-stderr tokenmint vault list
	echo HOOKTOOLS_VAULT_STORES=global/=missing >"$HOOKTOOLS_CONF/hooktools.conf"
	run -78 --separate-stderr tokenmint vault get global/x
}

# bats test_tags=F1_13,F2_48
@test "vault.d/kubernetes: keeps the contract" {
	start_cluster
	run -0 --separate-stderr tokenmint vault test kubernetes:team
	[ "$(grep -c '^ok' <<<"$output")" -eq 12 ]
	[ "$(jq length "$cluster/secrets.json")" -eq 0 ]
	run ! grep -qE ' (400|401|415|422)$' "$cluster/requests"
}

# bats test_tags=F1_3,F1_5,F1_7,F1_13
@test "vault.d/kubernetes: one Secret for each installation, patched in place" {
	start_cluster
	use_store 'installation/=kubernetes'
	printf first | tokenmint vault put installation/42 --expires 1h
	printf other | tokenmint vault put installation/43
	printf second | tokenmint vault put installation/42 --expires 1h
	run -0 jq -r '.["installation.42"] | .data.token, .metadata.labels["app.kubernetes.io/managed-by"], .type,
		.metadata.annotations["hooktools/name"]' "$cluster/secrets.json"
	[ "$output" = "$(printf second | base64)
hooktools
Opaque
installation/42" ]
	[[ $(jq -r '.["installation.42"].metadata.annotations["hooktools/expiresAt"]' "$cluster/secrets.json") =~ ^20..-..-..T..:..:..\....Z$ ]]
	[ "$(jq -r '.["installation.43"].metadata.annotations["hooktools/expiresAt"]' "$cluster/secrets.json")" = null ]
	[ "$(grep -c '^POST' "$cluster/requests")" -eq 2 ]
	run -0 tokenmint vault get installation/42
	[ "$output" = second ]
	for n in 1 2 3 4 5; do printf x | tokenmint vault put installation/42."$n"; done
	run -0 tokenmint vault list installation/42.
	[ "${#lines[@]}" -eq 5 ]
	run -0 tokenmint vault delete installation/42
	run -1 --separate-stderr tokenmint vault get installation/42
	[ "$(jq 'has("installation.42")' "$cluster/secrets.json")" = false ]
}

@test "vault.d/kubernetes: takes the service account's token as it is now, and says what is refused" {
	start_cluster
	use_store 'global/=kubernetes'
	echo token.two >"$cluster/tokens"
	run -77 --separate-stderr tokenmint vault put global/x </dev/null
	[[ $stderr == *"status 401 Unauthorized"* ]]
	printf token.two >"$BATS_TEST_TMPDIR/account/token"
	run -0 tokenmint vault put global/x </dev/null
	HOOKTOOLS_KUBERNETES_NAMESPACE=other run -77 --separate-stderr tokenmint vault get global/x
	[[ $stderr == *'forbidden in the namespace "other"'* ]]
	head -c 1048577 /dev/zero >"$BATS_TEST_TMPDIR/large"
	run -65 --separate-stderr tokenmint vault put global/x --file "$BATS_TEST_TMPDIR/large"
	[[ $stderr == *"Too long"* ]]
	echo 503 >"$cluster/fail"
	run -0 tokenmint vault get global/x
	KUBERNETES_SERVICE_PORT=1 run -75 --separate-stderr tokenmint vault get global/x
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x -keyout /dev/null \
		-out "$BATS_TEST_TMPDIR/account/ca.crt" 2>/dev/null
	run -75 --separate-stderr tokenmint vault get global/x
}

# kubeconfig USER: one as kubectl writes it.
kubeconfig() {
	cat <<-END
		apiVersion: v1
		clusters:
		- cluster:
		    certificate-authority-data: $(base64 -w 0 "$BATS_FILE_TMPDIR/ca.pem")
		    server: https://127.0.0.1:$KUBERNETES_SERVICE_PORT
		  name: test
		contexts:
		- context:
		    cluster: test
		    namespace: ci
		    user: somebody
		  name: here
		current-context: here
		kind: Config
		preferences: {}
		users:
		- name: nobody
		  user: {}
		- name: somebody
		  user:
		    $1
	END
}

# bats test_tags=F2_48
@test "vault.d/kubernetes: reads a kubeconfig, YAML or JSON, with a token or a certificate" {
	start_cluster certificates
	use_store 'global/=kubernetes'
	export KUBECONFIG=$BATS_TEST_TMPDIR/kubeconfig
	kubeconfig 'token: token.one' >"$KUBECONFIG"
	printf 'by token' | tokenmint vault put global/x
	cp "$BATS_FILE_TMPDIR"/client.{pem,key} "$BATS_TEST_TMPDIR/"
	kubeconfig 'client-certificate: client.pem
    client-key: "client.key"' >"$KUBECONFIG"
	run -0 tokenmint vault get global/x
	[ "$output" = 'by token' ]
	kubeconfig "client-certificate-data: $(base64 -w 0 "$BATS_FILE_TMPDIR/client.pem")
    client-key-data: '$(base64 -w 0 "$BATS_FILE_TMPDIR/client.key")'" >"$KUBECONFIG"
	run -0 tokenmint vault get global/x
	jq -n --arg ca "$(base64 -w 0 "$BATS_FILE_TMPDIR/ca.pem")" --arg port "$KUBERNETES_SERVICE_PORT" '
		{"current-context": "c", contexts: [{name: "c", context: {cluster: "k", user: "u", namespace: "ci"}}],
		 clusters: [{name: "k", cluster: {server: "https://127.0.0.1:\($port)", "certificate-authority-data": $ca}}],
		 users: [{name: "u", user: {token: "token.one"}}]}' >"$KUBECONFIG"
	run -0 tokenmint vault get global/x
}

# bats test_tags=F2_48
@test "vault.d/kubernetes: kubectl writes the kubeconfig, and reads what we stored" {
	command -v kubectl >/dev/null || skip "kubectl is missing: .ci/deps ci"
	start_cluster
	use_store 'installation/=kubernetes'
	export KUBECONFIG=$BATS_TEST_TMPDIR/kubeconfig
	kubectl config set-cluster 'a cluster' --embed-certs --certificate-authority="$BATS_FILE_TMPDIR/ca.pem" \
		--server="https://127.0.0.1:$KUBERNETES_SERVICE_PORT" >/dev/null
	kubectl config set-credentials 'system:admin/x' --token=token.one >/dev/null
	kubectl config set-credentials other --token=wrong >/dev/null
	kubectl config set-context c --cluster='a cluster' --user='system:admin/x' --namespace=ci >/dev/null
	kubectl config use-context c >/dev/null
	printf 'for kubectl' | tokenmint vault put installation/42
	run -0 kubectl get --raw /api/v1/namespaces/ci/secrets/installation.42
	[ "$(jq -r .data.token <<<"$output" | base64 -d)" = 'for kubectl' ]
}

# bats test_tags=F2_48
@test "vault.d/kubernetes: what kubectl creates we read, and each changes what the other made" {
	command -v kubectl >/dev/null || skip "kubectl is missing: .ci/deps ci"
	start_cluster
	use_store 'installation/=kubernetes'
	export KUBECONFIG=$BATS_TEST_TMPDIR/kubeconfig
	kubeconfig 'token: token.one' >"$KUBECONFIG"
	cat >"$BATS_TEST_TMPDIR/manifest" <<-END
		apiVersion: v1
		kind: Secret
		metadata:
		  name: installation.42
		  labels: {app.kubernetes.io/managed-by: hooktools, team: web}
		  annotations: {hooktools/name: installation/42, hooktools/storedAt: "2026-11-21T12:00:00.000Z"}
		data: {token: $(printf 'by kubectl' | base64)}
	END
	kubectl create --validate=false -f "$BATS_TEST_TMPDIR/manifest"
	run -0 tokenmint vault get installation/42
	[ "$output" = 'by kubectl' ]
	kubectl patch secret installation.42 --type merge -p "{\"data\":{\"token\":\"$(printf patched | base64)\"}}"
	run -0 tokenmint vault get installation/42
	[ "$output" = patched ]
	printf ours | tokenmint vault put installation/42 --expires 1h
	kubectl get secret installation.42 -o json >"$BATS_TEST_TMPDIR/got"
	jq -e '.metadata.labels.team == "web" and .metadata.annotations["hooktools/expiresAt"] and
		(.data | keys == ["token"]) and (.data.token | @base64d) == "ours"' "$BATS_TEST_TMPDIR/got"
	kubectl annotate secret installation.42 'seen=yes'
	run -0 tokenmint vault list installation/
	[ "$output" = installation/42 ]
	run -1 --separate-stderr kubectl create --validate=false -f "$BATS_TEST_TMPDIR/manifest"
	[[ $stderr == *'already exists'* ]]
	kubectl delete secret installation.42
	run -1 tokenmint vault get installation/42
}

@test "vault.d/kubernetes: a kubeconfig that it cannot do right is refused" {
	start_cluster
	use_store 'global/=kubernetes'
	export KUBECONFIG=$BATS_TEST_TMPDIR/kubeconfig
	kubeconfig 'exec: {command: gke}' >"$KUBECONFIG"
	run -78 --separate-stderr tokenmint vault get global/x
	[[ $stderr == *"no plugin"* ]]
	kubeconfig 'token: token.one' | sed 's/^    server:/    insecure-skip-tls-verify: true\n&/' >"$KUBECONFIG"
	run -78 --separate-stderr tokenmint vault get global/x
	[[ $stderr == *"not verified"* ]]
	kubeconfig 'token: token.one' | sed 's/^current-context: .*/current-context: away/' >"$KUBECONFIG"
	run -78 --separate-stderr tokenmint vault get global/x
	kubeconfig 'token: token.one' | sed 's/https:/http:/' >"$KUBECONFIG"
	run -78 --separate-stderr tokenmint vault get global/x
	[[ $stderr == *"no https:// address"* ]]
	kubeconfig 'token: "a\"
header = \"X: y"' >"$KUBECONFIG"
	run -78 --separate-stderr tokenmint vault get global/x
	KUBECONFIG=/nonexistent run -78 --separate-stderr tokenmint vault get global/x
}

@test "vault.d/kubernetes: a Secret of somebody else is no secret of ours" {
	start_cluster
	use_store 'global/=kubernetes'
	curl -sf --cacert "$BATS_FILE_TMPDIR/ca.pem" -H 'Authorization: Bearer token.one' -H 'Content-Type: application/json' \
		-d '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"global.x"},"data":{"value":"eA=="}}' \
		"https://127.0.0.1:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/ci/secrets" >/dev/null
	run -77 --separate-stderr tokenmint vault get global/x
	run -0 tokenmint vault list global/
	[ -z "$output" ]
}

# bats test_tags=F2_48
@test "vault.d/pass: keeps the contract, and takes what a person put there" {
	command -v pass >/dev/null || skip "pass is missing: make deps"
	export GNUPGHOME=$BATS_TEST_TMPDIR/gnupg PASSWORD_STORE_DIR=$BATS_TEST_TMPDIR/store
	mkdir -m 0700 "$GNUPGHOME"
	run -78 --separate-stderr tokenmint vault test pass
	[[ $stderr == *"pass init"* ]]
	gpg --batch --quiet --passphrase '' --quick-gen-key test@example.org future-default default never 2>/dev/null
	pass init test@example.org >/dev/null
	run -0 --separate-stderr tokenmint vault test pass:teams/hooks
	[ "$(grep -c '^ok' <<<"$output")" -eq 12 ]
	[ "$(ls -A "$PASSWORD_STORE_DIR")" = .gpg-id ]
	use_store 'user/=pass'
	printf 'by hand\n' | pass insert -m user/fred >/dev/null
	run -0 tokenmint vault get user/fred
	[ "$output" = 'by hand' ]
	gpgconf --kill all
}

# bats test_tags=F2_48
@test "vault.d/systemd-creds: keeps the contract, and a changed time is refused" {
	echo x | systemd-creds encrypt --name=x - - >/dev/null 2>&1 || skip "systemd-creds cannot seal here"
	run -0 --separate-stderr tokenmint vault test systemd-creds
	[ "$(grep -c '^ok' <<<"$output")" -eq 12 ]
	use_store 'user/=systemd-creds'
	printf x | tokenmint vault put user/fred --expires 1h
	run -0 tokenmint vault get user/fred
	run ! grep -q '^x' "$HOOKTOOLS_STATE/credentials/user%fred"
	sed -i '1s/.*/expires 0/' "$HOOKTOOLS_STATE/credentials/user%fred"
	run -77 --separate-stderr tokenmint vault get user/fred
}
