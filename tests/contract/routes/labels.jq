include "hooktools";
labels("*") | to("x"; {})
