include "hooktools";
on("push") | changed("**/*.md", "docs/**") | to("x"; {})
