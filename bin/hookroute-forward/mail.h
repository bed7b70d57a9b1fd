#ifndef BIN_HOOKROUTE_FORWARD_MAIL_H
#define BIN_HOOKROUTE_FORWARD_MAIL_H

struct buf;
struct error;
struct options;
struct value;

/* Append the message: headers of our own making, the subject encoded where it is not plain,
 * the text in base 64.  Nothing in a value can become a header. */
void mail_write(struct buf *out, const struct options *options, const char *host,
		const struct value *value);

/* Hand it to sendmail(8), which finds the addresses in it. */
int mail_send(const struct options *options, const struct buf *message,
	      struct error *err);

#endif
