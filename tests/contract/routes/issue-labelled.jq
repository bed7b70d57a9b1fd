include "hooktools";
on("issue") | action("labeled") | labels("bug") | to("x"; {})
