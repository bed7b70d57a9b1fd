#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/secret.h"
#include "bin/hookrecv/sign.h"
#include "lib/buf.h"
#include "lib/date.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/json_write.h"
#include "lib/uuid.h"

enum { BODY_LIMIT = 256 << 20 };

int cmd_sign(const struct options *options, const struct layout *layout,
	     struct error *err)
{
	auto_secret struct buf secret = BUF_EMPTY;
	auto_secret struct buf out = BUF_EMPTY;
	auto_buf struct buf body = BUF_EMPTY;
	struct sign_request request = { .provider = provider_find(options->provider) };
	char delivery[UUID_LEN];

	(void)layout;
	if (!request.provider)
		return error_set(err, ERROR_USAGE,
				 "-p wants a provider: hookrecv providers lists them");
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

int cmd_providers(const struct options *options, const struct layout *layout,
		  struct error *err)
{
	const struct provider *provider = NULL;
	auto_buf struct buf out = BUF_EMPTY;
	bool json = options->json || !isatty(STDOUT_FILENO);

	(void)layout;
	while ((provider = provider_next(provider))) {
		struct json_writer writer = JSON_WRITER(&out);

		if (!json) {
			buf_add_format(&out, "%-16s %s\n", provider->name,
				       provider->summary);
			continue;
		}
		json_write_object(&writer, NULL);
		json_write_string(&writer, "name", provider->name);
		json_write_string(&writer, "summary", provider->summary);
		json_write_object_end(&writer);
		buf_add_char(&out, '\n');
	}
	return print_out(&out, err);
}
