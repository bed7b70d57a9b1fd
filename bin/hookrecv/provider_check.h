#ifndef BIN_HOOKRECV_PROVIDER_CHECK_H
#define BIN_HOOKRECV_PROVIDER_CHECK_H

struct error;
struct provider;

/* Can what a file describes be verified?  ERROR_CONFIG tells what does not fit. */
int provider_check(const struct provider *provider, struct error *err);

#endif
