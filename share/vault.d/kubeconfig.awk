# A kubeconfig as kubectl(1) and its kin write it, YAML in blocks, for the store "kubernetes": what
# the current context needs comes out, "name<TAB>value" a line.  What this does not read, an anchor or a
# block of text for a value that is wanted, is an error and no guess.

function fail(what) {
	print FILENAME ":" FNR ": " what >"/dev/stderr"
	failed = 1
	exit 65
}

# The text of a scalar, without its quotes and comment.
function scalar(text,    out, quote, i, c) {
	quote = substr(text, 1, 1)
	if (quote != "'" && quote != "\"") {
		sub(/[ \t]+#.*$/, "", text)
		sub(/[ \t]+$/, "", text)
		return text
	}
	out = ""
	for (i = 2; (c = substr(text, i, 1)) != quote || (quote == "'" && substr(text, i + 1, 1) == quote); i++) {
		if (c == "")
			fail("a quote does not end")
		if (c == quote)
			i++
		if (c == "\\" && quote == "\"") {
			c = substr(text, ++i, 1)
			if (c !~ /["\\\/]/)
				fail("an escape that is not read here")
		}
		out = out c
	}
	if (substr(text, i + 1) !~ /^[ \t]*(#.*)?$/)
		fail("something behind a quote")
	return out
}

# What stands twice, or goes on in the next line, is not read here.
function keep(path, text) {
	if (path in value)
		odd[path] = 1
	value[path] = text
}

# Leave what is not above this indent; items of lists only when they begin there, too.
function leave(indent, also_items) {
	while (depth > 0 && (at[depth] > indent || (at[depth] == indent && (also_items || is_item[depth]))))
		depth--
}

function enter(indent, path, item) {
	depth++
	at[depth] = indent
	where[depth] = path
	is_item[depth] = item
}

function top() {
	return depth ? where[depth] : ""
}

{
	sub(/\r$/, "")
	if ($0 ~ /^[ ]*(#.*)?$/ || $0 ~ /^(---|\.\.\.)[ \t]*$/ || $0 ~ /^%/)
		next
	if ($0 ~ /^ *\t/)
		fail("a tab at the beginning")
	match($0, /^ */)
	indent = RLENGTH
	text = substr($0, indent + 1)
	if (inside_text && indent > text_indent)
		next
	inside_text = 0
	while (text ~ /^-([ ]|$)/) {
		leave(indent, 0)
		path = top()
		count[path]++
		enter(indent, path "." count[path], 1)
		sub(/^-/, "", text)
		match(text, /^ */)
		indent += 1 + RLENGTH
		text = substr(text, RLENGTH + 1)
	}
	if (text == "")
		next
	if (!match(text, /^("[^"]*"|'[^']*'|[^ \t:"'#{}\[\],&*!|>%@`][^:#]*):([ \t]|$)/)) {
		keep(top(), scalar(text))
		next
	}
	key = substr(text, 1, RLENGTH)
	rest = substr(text, RLENGTH + 1)
	sub(/:[ \t]?$/, "", key)
	sub(/^[ \t]+/, "", rest)
	leave(indent, 1)
	path = top() (top() == "" ? "" : ".") scalar(key)
	enter(indent, path, 0)
	if (rest ~ /^[|>]/) {
		inside_text = 1
		text_indent = indent
		odd[path] = 1
	} else if (rest ~ /^[&*!{\[]/) {
		odd[path] = 1
		if (rest ~ /^[{] *[}]/)
			empty[path] = 1
	} else if (rest != "" && rest !~ /^#/) {
		keep(path, scalar(rest))
	}
}

# The number of the entry of a list with this name.
function find(list, name,    i) {
	if (name == "")
		fail("the context names none of " list)
	for (i = 1; i <= count[list]; i++)
		if (value[list "." i ".name"] == name)
			return list "." i
	fail("no entry '" name "' in " list)
}

function show(name, path) {
	if (path in odd)
		fail(path " is not read here: write it as plain text")
	if (path in value)
		print name "\t" value[path]
}

END {
	if (failed)
		exit 65
	if (value["current-context"] == "" || "current-context" in odd)
		fail("no current-context")
	context = find("contexts", value["current-context"]) ".context"
	cluster = find("clusters", value[context ".cluster"]) ".cluster"
	user = find("users", value[context ".user"]) ".user"
	if (context in odd || cluster in odd)
		fail("the context or its cluster is not written in blocks")
	if (user in odd && !(user in empty))
		fail("the user is not written in blocks")
	show("namespace", context ".namespace")
	show("server", cluster ".server")
	show("ca-data", cluster ".certificate-authority-data")
	show("ca", cluster ".certificate-authority")
	show("insecure", cluster ".insecure-skip-tls-verify")
	show("server-name", cluster ".tls-server-name")
	show("proxy", cluster ".proxy-url")
	show("token", user ".token")
	show("token-file", user ".tokenFile")
	show("cert-data", user ".client-certificate-data")
	show("cert", user ".client-certificate")
	show("key-data", user ".client-key-data")
	show("key", user ".client-key")
	show("username", user ".username")
	for (path in value)
		if (index(path, user ".exec") == 1 || index(path, user ".auth-provider") == 1)
			plugin = 1
	if (plugin || (user ".exec") in odd || (user ".auth-provider") in odd)
		print "plugin\tyes"
}
