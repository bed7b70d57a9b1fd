#ifndef BIN_HOOKRECV_SECRET_H
#define BIN_HOOKRECV_SECRET_H

struct buf;
struct error;
struct provider;

/* A hook's secret as a person hands it over. */

/* From a file, or "-" for standard input, without the line break at its end; checked to be
 * one the provider can work with. */
int secret_read(struct buf *secret, const char *path, const struct provider *provider,
		struct error *err);

/* A new random one in the provider's form. */
void secret_make(struct buf *secret, const struct provider *provider);

#endif
