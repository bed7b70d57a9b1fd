#include <stdio.h>

#include "bin/tokenmint/commands.h"
#include "bin/tokenmint/io.h"
#include "bin/tokenmint/obtain.h"
#include "bin/tokenmint/options.h"
#include "lib/date.h"
#include "lib/json_write.h"

static void write_json(struct buf *out, const struct vault_secret *token,
		       const struct installation *installation)
{
	struct json_writer writer = JSON_WRITER(out);
	char date[DATE_LEN] = "";

	(void)buf_room(out, token->bytes.len + 512); /* one allocation holds the token */
	date_format(date, token->expires_ms);
	json_write_object(&writer, NULL);
	json_write_bytes(&writer, "token", token->bytes.data, token->bytes.len);
	json_write_string(&writer, "expires_at", date);
	json_write_u64(&writer, "installation_id", installation->id);
	json_write_string(&writer, "owner", installation->owner);
	json_write_string(&writer, "app", installation->app);
	json_write_object_end(&writer);
}

int cmd_get(const struct options *options, const char *const *operands, struct error *err)
{
	auto_obtained struct obtained obtained = OBTAINED_NONE;
	auto_secret struct buf out = BUF_EMPTY;

	if (obtain_token(&obtained, options, operands[0], err) < 0)
		return -1;
	if (options->json)
		write_json(&out, &obtained.token, &obtained.installation);
	else
		buf_add(&out, obtained.token.bytes.data, obtained.token.bytes.len);
	buf_add_char(&out, '\n');
	return io_write(&out, err);
}
