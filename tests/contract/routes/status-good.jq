include "hooktools";
on("status") | outcome("success") | to("x"; {})
