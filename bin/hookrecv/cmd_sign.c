#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "bin/hookrecv/secret.h"
#include "bin/hookrecv/sign.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/uuid.h"

enum { BODY_LIMIT = 256 << 20 };

int cmd_sign(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_secret struct buf secret = BUF_EMPTY;
	auto_secret struct buf out = BUF_EMPTY;
	auto_buf struct buf body = BUF_EMPTY;
	auto_providers struct providers providers = PROVIDERS_NONE;
	struct sign_request request = { 0 };
	char delivery[UUID_LEN];

	if (!options->provider)
		return error_set(err, ERROR_USAGE,
				 "-p wants a provider: hookrecv providers lists them");
	providers_open(&providers, layout);
	if (providers_find(&request.provider, &providers, options->provider, err) < 0)
		return -1;
	if (!options->secret_file && !request.provider->open)
		return error_set(err, ERROR_USAGE, "--secret-file is missing");
	if (options->secret_file && secret_read(&secret, options->secret_file, err) < 0)
		return -1;
	if (file_read_fd(&body, STDIN_FILENO, BODY_LIMIT, err) < 0)
		return error_wrap(err, "read the body from standard input");
	uuid_random(delivery);
	request.secret = (struct str_view){ buf_str(&secret), secret.len };
	request.body = (struct str_view){ buf_str(&body), body.len };
	request.event = options->event ? options->event : "push";
	request.delivery = options->delivery ? options->delivery : delivery;
	request.now_ms = date_now_ms();
	if (sign_write(&out, &request, err) < 0)
		return -1;
	return print_out(&out, err);
}
