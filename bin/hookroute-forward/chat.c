#include "bin/hookroute-forward/chat.h"

#include <string.h>

#include "lib/buf.h"
#include "lib/json_write.h"
#include "lib/str.h"

enum { SLACK_MAX = 30000, DISCORD_MAX = 1900, TEAMS_MAX = 20000 };

/* Not within a character. */
static size_t cut_at(const char *text, size_t most)
{
	size_t len = strlen(text);

	if (len <= most)
		return len;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

static void add_cut(struct buf *out, const char *text, size_t most)
{
	size_t len = cut_at(text, most);

	buf_add(out, text, len);
	if (text[len])
		buf_add_str(out, " ...");
}

/* "<!channel>" is a call to all; these three characters are all that Slack wants escaped. */
static void add_escaped(struct buf *out, const char *text)
{
	size_t len = cut_at(text, SLACK_MAX);
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '&')
			buf_add_str(out, "&amp;");
		else if (text[i] == '<')
			buf_add_str(out, "&lt;");
		else if (text[i] == '>')
			buf_add_str(out, "&gt;");
		else
			buf_add_char(out, text[i]);
	}
	if (text[len])
		buf_add_str(out, " ...");
}

static void write_slack(struct json_writer *writer, const char *text)
{
	auto_buf struct buf escaped = BUF_EMPTY;

	add_escaped(&escaped, text);
	json_write_bytes(writer, "text", escaped.data, escaped.len);
}

static void write_discord(struct json_writer *writer, const char *text)
{
	auto_buf struct buf content = BUF_EMPTY;

	add_cut(&content, text, DISCORD_MAX);
	json_write_bytes(writer, "content", content.data, content.len);
	json_write_object(writer, "allowed_mentions");
	json_write_array(writer, "parse");
	json_write_array_end(writer);
	json_write_object_end(writer);
}

static void write_teams(struct json_writer *writer, const char *text)
{
	auto_buf struct buf content = BUF_EMPTY;

	add_cut(&content, text, TEAMS_MAX);
	json_write_string(writer, "type", "message");
	json_write_array(writer, "attachments");
	json_write_object(writer, NULL);
	json_write_string(writer, "contentType",
			  "application/vnd.microsoft.card.adaptive");
	json_write_object(writer, "content");
	json_write_string(writer, "type", "AdaptiveCard");
	json_write_string(writer, "version", "1.2");
	json_write_array(writer, "body");
	json_write_object(writer, NULL);
	json_write_string(writer, "type", "TextBlock");
	json_write_bytes(writer, "text", content.data, content.len);
	json_write_bool(writer, "wrap", true);
	json_write_object_end(writer);
	json_write_array_end(writer);
	json_write_object_end(writer);
	json_write_object_end(writer);
	json_write_array_end(writer);
}

void chat_write(struct buf *out, const char *style, const char *text)
{
	struct json_writer writer = JSON_WRITER(out);

	json_write_object(&writer, NULL);
	if (str_equal(style, "discord"))
		write_discord(&writer, text);
	else if (str_equal(style, "teams"))
		write_teams(&writer, text);
	else
		write_slack(&writer, text);
	json_write_object_end(&writer);
}
