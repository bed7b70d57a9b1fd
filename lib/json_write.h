#ifndef LIB_JSON_WRITE_H
#define LIB_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Writes compact JSON onto a buf; it owns commas, quotes and escapes.  For
 * programs that build JSON and do not want libjq.  key is NULL inside an array
 * and at the top.  Bytes that are no UTF-8 become U+FFFD.
 */
struct json_writer {
	struct buf *out;
	bool need_comma;
};

#define JSON_WRITER(buffer)                                                              \
	{                                                                                \
		(buffer), false                                                          \
	}

void json_write_object(struct json_writer *writer, const char *key); /* '{' */
void json_write_array(struct json_writer *writer, const char *key);  /* '[' */
void json_write_object_end(struct json_writer *writer);
void json_write_array_end(struct json_writer *writer);

/* text NULL writes null. */
void json_write_string(struct json_writer *writer, const char *key, const char *text);
void json_write_bytes(struct json_writer *writer, const char *key, const char *text,
		      size_t len);

/* A text that may have been cut to the room there was: a UTF-8 sequence that it begins at its end
 * is left out.  Nothing is null. */
void json_write_cut(struct json_writer *writer, const char *key, const char *text);

void json_write_u64(struct json_writer *writer, const char *key, uint64_t number);
void json_write_i64(struct json_writer *writer, const char *key, int64_t number);
void json_write_bool(struct json_writer *writer, const char *key, bool value);
void json_write_null(struct json_writer *writer, const char *key);

/* Text that is JSON already, as it is. */
void json_write_raw(struct json_writer *writer, const char *key, const char *text,
		    size_t len);

#endif
