#include "bin/hookrecv/commands.h"

#include <unistd.h>

#include "bin/hookrecv/options.h"
#include "bin/hookrecv/print.h"
#include "bin/hookrecv/providers.h"
#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/json_write.h"
#include "lib/log.h"
#include "lib/str.h"

static void print_provider(struct buf *out, const struct provider *provider, bool json)
{
	struct json_writer writer = JSON_WRITER(out);

	if (!json) {
		buf_add_format(out, "%-16s %s\n", provider->name, provider->summary);
		return;
	}
	json_write_object(&writer, NULL);
	json_write_string(&writer, "name", provider->name);
	json_write_string(&writer, "summary", provider->summary);
	json_write_object_end(&writer);
	buf_add_char(out, '\n');
}

/* A file that cannot be used is told, and does not hide the others. */
static unsigned print_described(struct buf *out, struct providers *providers,
				const struct buf *names, bool json)
{
	const char *rest = buf_str(names);
	unsigned bad = 0;

	while (rest && *rest) {
		struct str_view line = str_split(&rest, '\n');
		auto_free char *name = str_format("%.*s", (int)line.len, line.data);
		const struct provider *provider = NULL;
		struct error err = { 0 };

		if (provider_find(name)) {
			log_warning("'%s/%s.json' has the name of a provider that is "
				    "built in, ignoring",
				    providers->dir, name);
		} else if (providers_find(&provider, providers, name, &err) < 0) {
			log_error("%s", err.message);
			bad++;
		} else {
			print_provider(out, provider, json);
		}
	}
	return bad;
}

int cmd_providers(const struct options *options, const struct layout *layout,
		  struct error *err)
{
	auto_providers struct providers providers = PROVIDERS_NONE;
	const struct provider *provider = NULL;
	auto_buf struct buf names = BUF_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	bool json = options->json || !isatty(STDOUT_FILENO);
	unsigned bad;

	providers_open(&providers, layout);
	if (providers_list(&names, &providers, err) < 0)
		return -1;
	while ((provider = provider_next(provider)))
		print_provider(&out, provider, json);
	bad = print_described(&out, &providers, &names, json);
	if (print_out(&out, err) < 0)
		return -1;
	if (bad)
		return error_set(err, ERROR_CONFIG, "%u descriptions cannot be used",
				 bad);
	return 0;
}
