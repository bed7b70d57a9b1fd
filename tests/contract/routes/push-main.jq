include "hooktools";
on("push") | branch("main", "master") | to("x"; {})
