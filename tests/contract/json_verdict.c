#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/hex.h"
#include "lib/json_scan.h"

/*
 * json_verdict TABLE FOLDER: what json_scan says of each text of tests/fixtures/json/verdicts,
 * a line each, accept or reject; FOLDER gets the texts, a file each in their order.  Ends with
 * 1 at a text where the verdict or what becomes of the bytes depends on where it is cut in two.
 */
enum { LINE_MAX_LEN = 8192, SPLITS_MAX = 2000 };

static bool scan_pieces(struct buf *text, size_t first, size_t step)
{
	struct json_scan scan;
	size_t at = 0;
	size_t len = first;

	json_scan_start(&scan);
	while (at < text->len) {
		if (len > text->len - at)
			len = text->len - at;
		if (!json_scan_feed(&scan, text->data + at, len))
			return false;
		at += len;
		len = step;
	}
	return json_scan_finish(&scan);
}

static bool is_same(const struct buf *text, const struct buf *whole, bool verdict,
		    size_t first, size_t step)
{
	auto_buf struct buf copy = BUF_EMPTY;

	buf_add(&copy, text->data, text->len);
	if (scan_pieces(&copy, first, step) != verdict)
		return false;
	return !verdict || memcmp(copy.data, whole->data, whole->len) == 0;
}

/* In one piece, byte by byte, and cut in two at every byte. */
static bool judge(bool *verdict, const struct buf *text)
{
	auto_buf struct buf whole = BUF_EMPTY;
	size_t cut;

	buf_add(&whole, buf_str(text), text->len);
	*verdict = scan_pieces(&whole, text->len, 1);
	if (!text->len)
		return true;
	for (cut = 1; cut < text->len && cut < SPLITS_MAX; cut++) {
		if (!is_same(text, &whole, *verdict, cut, text->len))
			return false;
	}
	return is_same(text, &whole, *verdict, 1, 1);
}

/* "<3xab>" at text: append it; its length, 0 when it is something else. */
static size_t add_repeated(struct buf *out, const char *text)
{
	char *end = NULL;
	unsigned long times = strtoul(text + 1, &end, 10);
	size_t len = *end == 'x' ? strcspn(end + 1, ">") : 0;

	if (!times || !len)
		return 0;
	while (times--)
		buf_add(out, end + 1, len);
	return (size_t)(end + 1 - text) + len + 1;
}

static void decode(struct buf *out, const char *text)
{
	uint8_t byte = 0;
	size_t len;

	if (strcmp(text, "<>") == 0)
		return;
	while (*text) {
		if (*text == '<' && strlen(text) > 3 && text[3] == '>' &&
		    hex_decode(&byte, 1, text + 1, 2)) {
			buf_add_char(out, (char)byte);
			text += 4;
		} else if (*text == '<' && (len = add_repeated(out, text)) > 0) {
			text += len;
		} else {
			buf_add_char(out, *text++);
		}
	}
}

static int write_text(const char *folder, unsigned number, const struct buf *text)
{
	char path[512];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%04u", folder, number);
	file = fopen(path, "we");
	if (!file)
		return -1;
	fwrite(buf_str(text), 1, text->len, file);
	return fclose(file);
}

/* A row is VERDICT<tab>DIFFERENCE<tab>TEXT. */
static int take_row(const char *row, const char *folder, unsigned number)
{
	auto_buf struct buf text = BUF_EMPTY;
	const char *tab = strchr(row, '\t');
	bool verdict = false;

	tab = tab ? strchr(tab + 1, '\t') : NULL;
	if (!tab)
		return -1;
	decode(&text, tab + 1);
	if (!judge(&verdict, &text) || write_text(folder, number, &text) != 0)
		return -1;
	puts(verdict ? "accept" : "reject");
	return 0;
}

int main(int argc, char *argv[])
{
	FILE *table = argc == 3 ? fopen(argv[1], "re") : NULL;
	char row[LINE_MAX_LEN];
	unsigned number = 0;

	if (!table)
		return 64;
	while (fgets(row, sizeof(row), table)) {
		row[strcspn(row, "\n")] = '\0';
		if (*row != '#' && take_row(row, argv[2], ++number) < 0) {
			fprintf(stderr, "bad row, or bad cut: %s\n", row);
			return 1;
		}
	}
	fclose(table);
	return 0;
}
