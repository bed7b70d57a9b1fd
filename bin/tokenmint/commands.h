#ifndef BIN_TOKENMINT_COMMANDS_H
#define BIN_TOKENMINT_COMMANDS_H

struct error;
struct options;

/* One function for each row of the table in main.c.  operands[0] is the first behind the
 * command's own words, and there are as many as the table allows. */
int cmd_vault_init(const struct options *options, const char *const *operands,
		   struct error *err);
int cmd_vault_put(const struct options *options, const char *const *operands,
		  struct error *err);
int cmd_vault_get(const struct options *options, const char *const *operands,
		  struct error *err);
int cmd_vault_list(const struct options *options, const char *const *operands,
		   struct error *err);
int cmd_vault_delete(const struct options *options, const char *const *operands,
		     struct error *err);
int cmd_vault_rekey(const struct options *options, const char *const *operands,
		    struct error *err);
int cmd_vault_export(const struct options *options, const char *const *operands,
		     struct error *err);
int cmd_vault_import(const struct options *options, const char *const *operands,
		     struct error *err);
int cmd_vault_test(const struct options *options, const char *const *operands,
		   struct error *err);
int cmd_app_add(const struct options *options, const char *const *operands,
		struct error *err);
int cmd_app_list(const struct options *options, const char *const *operands,
		 struct error *err);
int cmd_app_show(const struct options *options, const char *const *operands,
		 struct error *err);
int cmd_app_remove(const struct options *options, const char *const *operands,
		   struct error *err);
int cmd_jwt(const struct options *options, const char *const *operands,
	    struct error *err);
int cmd_jws_sign(const struct options *options, const char *const *operands,
		 struct error *err);
int cmd_jws_verify(const struct options *options, const char *const *operands,
		   struct error *err);
int cmd_doctor(const struct options *options, const char *const *operands,
	       struct error *err);
int cmd_get(const struct options *options, const char *const *operands,
	    struct error *err);
int cmd_credential(const struct options *options, const char *const *operands,
		   struct error *err);
int cmd_revoke(const struct options *options, const char *const *operands,
	       struct error *err);
int cmd_sync(const struct options *options, const char *const *operands,
	     struct error *err);
int cmd_refresh(const struct options *options, const char *const *operands,
		struct error *err);

#endif
