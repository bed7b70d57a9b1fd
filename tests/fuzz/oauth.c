#include "lib/oauth.h"

#include <string.h>

#include "lib/error.h"
#include "lib/github_user.h"
#include "lib/login.h"
#include "tests/fuzz/fuzz.h"

/* Answers of token and device endpoints. */
static void read_answers(struct str_view view)
{
	auto_oauth_answer struct oauth_answer answer = OAUTH_ANSWER_EMPTY;
	auto_oauth_device struct oauth_device device = OAUTH_DEVICE_EMPTY;
	struct error err = { 0 };

	if (oauth_read_token(&answer, view, 1, &err) == 0)
		FUZZ_PROMISE((answer.outcome == OAUTH_GIVEN) ==
			     (answer.token.access.len > 0));
	if (oauth_read_device(&device, view, &err) == 0)
		FUZZ_PROMISE(device.interval_s > 0 && !strpbrk(device.user_code, " \n"));
}

/* The query of a browser, and a page of repositories. */
static void read_others(struct str_view view)
{
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };
	size_t count = 0;

	if (oauth_read_callback(&out, view, "s", "https://i.example", &err) == 0)
		FUZZ_PROMISE(out.len > 0 && !memchr(out.data, 0, out.len));
	else
		FUZZ_PROMISE(out.len == 0 && err.message[0]);
	(void)github_user_read_page(&out, &count, view, &err);
}

/* What is kept of a login. */
static void read_record(struct str_view view)
{
	auto_login struct login login = LOGIN_EMPTY;
	auto_login struct login again = LOGIN_EMPTY;
	auto_buf struct buf out = BUF_EMPTY;
	struct error err = { 0 };

	if (login_read(&login, view, &err) < 0)
		return;
	login_write(&out, &login);
	FUZZ_PROMISE(login_read(&again, (struct str_view){ out.data, out.len }, &err) ==
		     0);
	FUZZ_PROMISE(strcmp(again.subject, login.subject) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	auto_free char *text = fuzz_copy(bytes, size);
	struct str_view view = { text, size };

	read_answers(view);
	read_others(view);
	read_record(view);
	return 0;
}
