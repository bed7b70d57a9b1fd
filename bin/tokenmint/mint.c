#include "bin/tokenmint/mint.h"

#include "lib/error.h"

int mint_open(struct mint *mint, struct error *err)
{
	if (layout_read(&mint->layout, err) < 0)
		return -1;
	return vault_open_layout(&mint->vault, &mint->layout, err);
}

void mint_close(struct mint *mint)
{
	api_close(&mint->api);
	vault_close(&mint->vault);
	layout_free(&mint->layout);
}
