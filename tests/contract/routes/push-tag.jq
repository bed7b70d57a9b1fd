include "hooktools";
on("tag") | to("x"; {})
