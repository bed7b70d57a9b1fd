#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/error.h"
#include "lib/process.h"
#include "lib/process_input.h"

static int put_on_stdin(struct str_view input, struct error *err)
{
	auto_close int fd = -1;

	if (process_input(&fd, input, err) < 0)
		return -1;
	return dup2(fd, STDIN_FILENO) < 0 ? error_errno(err, "pass on standard input")
					  : 0;
}

int process_become(const char *const *argv, struct str_view input, struct error *err)
{
	if (input.data && put_on_stdin(input, err) < 0)
		return -1;
	(void)execvp(argv[0], (char *const *)(void *)argv);
	(void)error_errno(err, "execute '%s'", argv[0]);
	err->kind = ERROR_CONFIG;
	return -1;
}
