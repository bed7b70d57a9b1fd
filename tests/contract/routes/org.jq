include "hooktools";
org("Codertocat", "octo-*") | to("x"; {})
