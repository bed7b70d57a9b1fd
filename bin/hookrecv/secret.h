#ifndef BIN_HOOKRECV_SECRET_H
#define BIN_HOOKRECV_SECRET_H

struct buf;
struct error;
struct provider;

/* A hook's secret as a person hands it over. */

/* From a file, or "-" for standard input, without the line break at its end. */
int secret_read(struct buf *secret, const char *path, struct error *err);

/* A new random one in the provider's form.  ERROR_USAGE where it is a public key. */
int secret_make(struct buf *secret, const struct provider *provider, struct error *err);

/* The one in the file, the provider's own public key, or a new one; checked to be one the
 * provider can work with. */
int secret_find(struct buf *secret, const struct provider *provider, const char *file,
		struct error *err);

#endif
