include "hooktools";
on("deployment*") | to("x"; {})
