include "hooktools";
repo("Codertocat/*") | to("x"; {})
