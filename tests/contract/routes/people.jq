include "hooktools";
on("organization", "member*", "team*") | to("x"; {})
