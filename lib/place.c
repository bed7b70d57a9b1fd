#include "lib/place.h"

#include <unistd.h>

#include "lib/error.h"
#include "lib/file.h"

int place_open(struct place *place, bool is_open, struct error *err)
{
	if (layout_read(&place->layout, err) < 0)
		return -1;
	return is_open ? 0 : vault_open_layout(&place->vault, &place->layout, err);
}

void place_close(struct place *place)
{
	vault_close(&place->vault);
	layout_free(&place->layout);
}

int place_read_secret(struct buf *text, size_t limit, struct error *err)
{
	if (file_read_fd(text, STDIN_FILENO, limit, err) < 0)
		return error_wrap(err, "standard input");
	if (text->len > 0 && text->data[text->len - 1] == '\n')
		buf_cut(text, text->len - 1);
	return 0;
}

int place_write(const struct buf *text, struct error *err)
{
	return file_write(STDOUT_FILENO, buf_str(text), text->len, "standard output",
			  err);
}
