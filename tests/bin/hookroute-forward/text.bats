load ../../helper
load helper

teardown() {
	stop_servers
}

# sendmail [STATUS]: keeps its arguments and the message, and ends so.
sendmail() {
	cat >"$BATS_TEST_TMPDIR/sendmail" <<-EOT
		#!/bin/bash
		printf '%s\n' "\$@" >"$BATS_TEST_TMPDIR/arguments"
		cat >"$BATS_TEST_TMPDIR/message"
		[ "${1:-0}" -eq 0 ] || echo "not today" >&2
		exit ${1:-0}
	EOT
	chmod +x "$BATS_TEST_TMPDIR/sendmail"
}

mail() {
	reply mail --to root@example.org --sendmail "$BATS_TEST_TMPDIR/sendmail" "$@"
}

head_of() {
	sed '/^$/q' "$BATS_TEST_TMPDIR/message"
}

text_of() {
	sed '1,/^$/d' "$BATS_TEST_TMPDIR/message" | base64 -d
}

# chat STYLE TEXT
chat() {
	jq -cn --arg text "$2" '{id: "1", $text}' >"$BATS_TEST_TMPDIR/value"
	reply chat --url global/chat.url --style "$1" <"$BATS_TEST_TMPDIR/value"
	[ "$output" = '{"ok":true}' ]
}

@test "hookroute-forward chat: each style gets what it wants, and nobody is called" {
	receiver
	secret global/chat.url "$server_url/services/T0/B0/token"
	chat slack 'build & test <!channel> "é"'
	body 1 | jq -e '. == {text: "build &amp; test &lt;!channel&gt; \"é\""}'
	grep -q '^POST /services/T0/B0/token ' "$dir/request.1"
	chat discord '@everyone look'
	body 2 | jq -e '. == {content: "@everyone look", allowed_mentions: {parse: []}}'
	chat teams 'a <b>'
	body 3 | jq -e '.attachments[0] | .contentType == "application/vnd.microsoft.card.adaptive"
		and .content.body[0] == {type: "TextBlock", text: "a <b>", wrap: true}'
}

@test "hookroute-forward chat: a long text is cut between characters" {
	receiver
	secret global/chat.url "$server_url/"
	chat discord "$(printf 'é%.0s' {1..1500})"
	body 1 | jq -e '.content | length < 2000 and endswith("é ...")'
}

@test "hookroute-forward chat: a value without text is refused" {
	receiver
	secret global/chat.url "$server_url/"
	reply chat --url global/chat.url <<<'{"id":"1"}'
	is permanent
	[[ $output == *'the value has no text'* ]]
	reply chat --url global/chat.url <<<'{"id":"1","text":7}'
	is permanent
}

@test "hookroute-forward chat: notify() reaches it" {
	receiver
	secret global/chat.url "$server_url/"
	echo 'include "hooktools"; on("push") | notify("pushed to \(repo)")' >"$HOOKTOOLS_CONF/routes.d/a.jq"
	echo '{}' | hookroute put --event push --name acme/site
	run -0 hookroute drain
	[ "$(body 1)" = '{"text":"pushed to acme/site"}' ]
}

@test "hookroute-forward mail: a message as it should be" {
	sendmail
	mail --from hooks@example.org <<<'{"id":"019a4c3e-1f00-7000-8000-000000000001","text":"the build failed\nsee the log\n.\n"}'
	[ "$output" = '{"ok":true}' ]
	[ "$(cat "$BATS_TEST_TMPDIR/arguments")" = $'-t\n-i' ]
	diff <(head_of) - <<-EOT
		From: hooks@example.org
		To: root@example.org
		Message-ID: <019a4c3e-1f00-7000-8000-000000000001@$(hostname)>
		Subject: the build failed
		Auto-Submitted: auto-generated
		MIME-Version: 1.0
		Content-Type: text/plain; charset=utf-8
		Content-Transfer-Encoding: base64

	EOT
	[ "$(text_of)" = $'the build failed\nsee the log\n.' ]
}

@test "hookroute-forward mail: nothing in a value becomes a header" {
	local bad
	sendmail
	for bad in 'x\nBcc: evil@example.org' 'x\r\nBcc: evil@example.org' 'x\r\n\r\nBcc: evil@example.org' \
		'x\u000bBcc: e@e' '\u2028Bcc: e@e' 'x\u0085Bcc: e@e' '\nBcc: evil@example.org' \
		'=?UTF-8?Q?x=0ABcc:_e@e?='; do
		mail <<<"{\"id\":\"1\",\"subject\":\"$bad\",\"text\":\"$bad\",\"to\":\"evil@example.org\",\"Bcc\":\"evil@example.org\"}"
		[ "$output" = '{"ok":true}' ]
		run ! grep -aqi '^bcc' "$BATS_TEST_TMPDIR/message"
		run ! grep -aq $'\r' "$BATS_TEST_TMPDIR/message"
		[ "$(head_of | grep -c ^)" -eq 8 ]
		LC_ALL=C run ! grep -aq '[^ -~]' "$BATS_TEST_TMPDIR/message"
		grep -qx 'To: root@example.org' "$BATS_TEST_TMPDIR/message"
	done
}

@test "hookroute-forward mail: a subject beyond ASCII is encoded, in pieces of whole characters" {
	sendmail
	mail <<<"{\"id\":\"1\",\"text\":\"$(printf 'größe €%.0s' {1..12})\"}"
	head_of | awk '/^Subject:/ { on = 1; print; next } on && /^ / { print; next } { on = 0 }' >"$BATS_TEST_TMPDIR/subject"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/subject")" -ge 2 ]
	[ "$(awk 'length > 76' "$BATS_TEST_TMPDIR/subject" | wc -l)" -eq 0 ]
	grep -oE '=\?UTF-8\?B\?[^?]*' "$BATS_TEST_TMPDIR/subject" | sed 's/.*?//' | while read -r word; do
		base64 -d <<<"$word" | iconv -f UTF-8 -t UTF-8
	done >"$BATS_TEST_TMPDIR/decoded"
	[[ "$(printf 'größe €%.0s' {1..20})" == "$(cat "$BATS_TEST_TMPDIR/decoded")"* ]]
}

@test "hookroute-forward mail: what sendmail's status says" {
	local row
	for row in 75=temporary 71=temporary 64=temporary 78=temporary 65=permanent 67=permanent 68=permanent; do
		sendmail "${row%=*}"
		mail <<<"$value"
		is "${row#*=}"
		[[ $output == *'mail: run '*': not today'* ]]
	done
	rm "$BATS_TEST_TMPDIR/sendmail"
	mail <<<"$value"
	is temporary
}

# bats test_tags=F2_50
@test "hookroute-forward: chat and mail keep hookpipe(7)" {
	receiver
	secret global/chat.url "$server_url/"
	echo "$value" >"$BATS_TEST_TMPDIR/values"
	run -0 --separate-stderr hookroute consumer-test --values "$BATS_TEST_TMPDIR/values" -- \
		hookroute-forward chat --url global/chat.url -
	sendmail
	run -0 --separate-stderr hookroute consumer-test --values "$BATS_TEST_TMPDIR/values" -- \
		hookroute-forward mail --to root --sendmail "$BATS_TEST_TMPDIR/sendmail" -
}
