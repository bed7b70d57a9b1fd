#include "lib/vault_key.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/file.h"
#include "lib/hex.h"
#include "lib/str.h"

#define KEY_DIGITS ((size_t)2 * CRYPTO_KEY_LEN)

/* Ours: no bit but the owner's read and write.  Root's, when we are not root: root gave it to us
 * on purpose (systemd puts an access list on credentials, whose mask shows as group read). */
static int check_key_mode(const char *key_file, const struct stat *status,
			  struct error *err)
{
	mode_t looser = (mode_t)~0600 & 07777;

	if (status->st_uid == 0 && geteuid() != 0)
		looser = (mode_t)~0640 & 07777;
	else if (status->st_uid != geteuid())
		return error_set(err, ERROR_DENIED,
				 "master key '%s' belongs to another user", key_file);
	if (!S_ISREG(status->st_mode) || (status->st_mode & looser) != 0)
		return error_set(
			err, ERROR_DENIED,
			"master key '%s' has mode %04o: others could read it, want 0400",
			key_file, (unsigned)status->st_mode & 07777);
	return 0;
}

int vault_key_read(uint8_t key[static CRYPTO_KEY_LEN], const char *key_file,
		   struct error *err)
{
	auto_close int fd = open(key_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	auto_secret struct buf text = BUF_EMPTY;
	struct stat status = { 0 };

	if (fd < 0 && errno == ENOENT)
		return error_set(
			err, ERROR_CONFIG,
			"no master key at '%s': make one with tokenmint vault init",
			key_file);
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_errno(err, "open master key '%s'", key_file);
	if (check_key_mode(key_file, &status, err) < 0)
		return -1;
	if (file_read_fd(&text, fd, KEY_DIGITS + 1, err) < 0)
		return error_wrap(err, "read master key '%s'", key_file);
	if (text.len == KEY_DIGITS + 1 && text.data[KEY_DIGITS] == '\n')
		buf_cut(&text, KEY_DIGITS);
	if (!hex_decode(key, CRYPTO_KEY_LEN, buf_str(&text), text.len))
		return error_set(err, ERROR_CONFIG,
				 "master key '%s' is not %zu hexadecimal digits",
				 key_file, KEY_DIGITS);
	return 0;
}

static int make_parent(const char *path, struct error *err)
{
	auto_free char *parent = str_dup(path);
	char *slash = strrchr(parent, '/');

	if (!slash || slash == parent)
		return 0;
	*slash = '\0';
	return file_make_dirs(parent, 0700, err);
}

static int link_key(bool *made, const char *temporary, const char *key_file,
		    struct error *err)
{
	if (link(temporary, key_file) == 0)
		*made = true;
	else if (errno == EEXIST)
		*made = false;
	else
		return error_errno(err, "make master key '%s'", key_file);
	return 0;
}

/* The key is written under a name of its own, then linked to its place: of two processes that
 * make one at the same time one wins, and no reader sees half a key. */
int vault_key_make(bool *made, const char *key_file, struct error *err)
{
	uint8_t key[CRYPTO_KEY_LEN] = { 0 };
	auto_secret struct buf text = BUF_EMPTY;
	auto_free char *temporary = str_format("%s.%ld", key_file, (long)getpid());
	int status = 0;

	if (access(key_file, F_OK) == 0) {
		*made = false;
		status = vault_key_read(key, key_file, err);
		crypto_wipe(key, sizeof key);
		return status;
	}
	if (make_parent(key_file, err) < 0)
		return -1;
	crypto_random(key, sizeof key);
	hex_encode(buf_room(&text, KEY_DIGITS + 2), key, sizeof key);
	crypto_wipe(key, sizeof key);
	buf_grew(&text, KEY_DIGITS);
	buf_add_char(&text, '\n');
	if (file_replace(AT_FDCWD, temporary, text.data, text.len, 0400, err) < 0)
		return error_wrap(err, "make master key '%s'", key_file);
	status = link_key(made, temporary, key_file, err);
	(void)unlink(
		temporary); /* what stays behind is the key itself or one nobody uses */
	return status;
}
