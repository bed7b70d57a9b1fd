#include <stdio.h>

#include "lib/json_scan.h"

/* Feeds standard input to json_scan in pieces as hookrecv gets them; 0 if it is JSON. */
int main(void)
{
	static char piece[16384];
	struct json_scan scan;
	size_t len;

	json_scan_start(&scan);
	while ((len = fread(piece, 1, sizeof(piece), stdin)) > 0) {
		if (!json_scan_feed(&scan, piece, len))
			return 65;
	}
	return json_scan_finish(&scan) ? 0 : 65;
}
