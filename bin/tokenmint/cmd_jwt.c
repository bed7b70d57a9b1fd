#include "bin/tokenmint/app.h"
#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/mint.h"
#include "bin/tokenmint/options.h"
#include "bin/tokenmint/signer.h"
#include "lib/date.h"
#include "lib/error.h"

int cmd_jwt(const struct options *options, const char *const *operands, struct error *err)
{
	auto_mint struct mint mint = MINT_NONE;
	auto_app struct app app = APP_EMPTY;
	auto_secret struct buf token = BUF_EMPTY;
	const char *name = operands[0] ? operands[0] : options->app;

	if (mint_open(&mint, err) < 0 || app_choose(&app, &mint.vault, name, err) < 0 ||
	    signer_sign(&token, &app, &mint.layout, date_now_ms(), err) < 0)
		return -1;
	buf_add_char(&token, '\n');
	return io_write(&token, err);
}
