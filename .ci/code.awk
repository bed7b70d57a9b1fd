# C sources without comments, and without what strings and characters hold:
# "file:line:scope:code", where scope is f inside a function and . outside.

FNR == 1 {
	scope = "."
	comment = 0
}

{
	code = ""
	text = $0
	while (length(text)) {
		if (comment) {
			at = index(text, "*/")
			if (!at)
				break
			comment = 0
			text = substr(text, at + 2)
		} else if (match(text, /^"([^"\\]|\\.)*"/) || match(text, /^'([^'\\]|\\.)+'/)) {
			# The name of an included file is kept.
			code = code ($0 ~ /^#include/ ? substr(text, 1, RLENGTH) : "\"\"")
			text = substr(text, RLENGTH + 1)
		} else if (substr(text, 1, 2) == "/*") {
			comment = 1
			text = substr(text, 3)
		} else {
			code = code substr(text, 1, 1)
			text = substr(text, 2)
		}
	}
	if (code ~ /^{/)
		scope = "f"
	if (code ~ /[^ \t]/)
		print FILENAME ":" FNR ":" scope ":" code
	if (code ~ /^}/)
		scope = "."
}
