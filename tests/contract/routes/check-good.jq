include "hooktools";
on("check_run", "check_suite") | outcome("success") | to("x"; {})
