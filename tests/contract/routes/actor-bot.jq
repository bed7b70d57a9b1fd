include "hooktools";
actor("*[bot]") | to("x"; {})
