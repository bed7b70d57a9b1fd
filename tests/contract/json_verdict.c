#include <stdio.h>

#include "lib/json_scan.h"

/* Prints what json_scan says of each file, a line each: accept or reject. */
static const char *verdict_of(FILE *file)
{
	char bytes[4096];
	struct json_scan scan;
	size_t len;

	json_scan_start(&scan);
	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0) {
		if (!json_scan_feed(&scan, bytes, len))
			return "reject";
	}
	return json_scan_finish(&scan) ? "accept" : "reject";
}

int main(int argc, char *argv[])
{
	int i;

	for (i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "re");

		if (!file)
			return 71;
		puts(verdict_of(file));
		fclose(file);
	}
	return 0;
}
