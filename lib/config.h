#ifndef LIB_CONFIG_H
#define LIB_CONFIG_H

struct error;
struct layout;

/*
 * Settings: the environment beats <conf>/hooktools.conf, see hooktools.conf(5).  The
 * file has NAME=value lines, and serves as a systemd EnvironmentFile= too.  The known
 * names are one table in config.c; any other name in the file is an error.
 */
enum { CONFIG_SETTINGS = 64 };

struct config {
	char *values[CONFIG_SETTINGS]; /* in the order of the table; NULL is unset */
};

#define CONFIG_EMPTY                                                                     \
	{                                                                                \
		{                                                                        \
			NULL                                                             \
		}                                                                        \
	}
#define auto_config __attribute__((cleanup(config_free)))

/* Read the file (it may be missing) and the environment.  ERROR_CONFIG names the line. */
int config_load(struct config *config, const struct layout *layout, struct error *err);

/* The value, or NULL when it is unset or empty; config's own.  An unknown name is a bug. */
const char *config_get(const struct config *config, const char *name);

void config_free(struct config *config);

#endif
