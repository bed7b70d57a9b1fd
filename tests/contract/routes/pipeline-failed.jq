include "hooktools";
on("pipeline") | action("completed") | outcome("failure", "timed_out") | to("x"; {})
