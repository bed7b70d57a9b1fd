#include "lib/http_client.h"

#include "lib/cleanup.h"
#include "tests/lib/canned.h"

#define CLOSE "Connection: close\r\n\r\n"

struct trial {
	struct http_client client;
	struct http_client_response response;
	struct error err;
};

static int send_to(struct trial *trial, int port, const struct http_client_request *like)
{
	struct http_client_request request = *like;
	auto_free char *url = str_format("http://127.0.0.1:%d%s", port, like->url);

	request.url = url;
	if (!trial->client.handle)
		CHECK(http_client_open(&trial->client, &trial->err) == 0);
	return http_client_send(&trial->response, &trial->client, &request, &trial->err);
}

static void end(struct trial *trial)
{
	http_client_response_wipe(&trial->response);
	http_client_close(&trial->client);
}

static void one_request_one_response(void)
{
	static const char *const answers[] = {
		"HTTP/1.1 100 Continue\r\nX-One: early\r\n\r\n"
		"HTTP/1.1 201 Created\r\nX-One:  a b \r\nx-two:\r\nContent-Length: "
		"5\r\n" CLOSE "hello",
		NULL
	};
	static const char *const headers[] = { "X-Mine: 1", "Authorization: Bearer t",
					       NULL };
	struct trial trial = { 0 };
	auto_buf struct buf request = BUF_EMPTY;
	struct str_view value = { NULL, 0 };
	int port = canned_serve(answers);

	CHECK(send_to(&trial, port,
		      &(struct http_client_request){ .method = "POST",
						     .url = "/x?y=1",
						     .headers = headers,
						     .body = { "{}", 2 } }) == 0);
	CHECK(trial.response.status == 201);
	CHECK_STR(buf_str(&trial.response.body), "hello");
	CHECK(http_client_header(&value, &trial.response, "X-ONE"));
	CHECK(str_view_equal(value, "a b"));
	CHECK(http_client_header(&value, &trial.response, "x-two") && value.len == 0);
	CHECK(!http_client_header(&value, &trial.response, "x-three"));
	canned_request(&request, 0);
	CHECK(str_starts(buf_str(&request), "POST /x?y=1 HTTP/1.1\r\n"));
	CHECK(strstr(buf_str(&request), "\r\nUser-Agent: hooktools/") != NULL);
	CHECK(strstr(buf_str(&request), "curl") == NULL);
	CHECK(strstr(buf_str(&request), "\r\nX-Mine: 1\r\n") != NULL);
	CHECK(strstr(buf_str(&request), "Expect:") == NULL);
	CHECK(str_ends(buf_str(&request), "\r\n\r\n{}"));
	end(&trial);
}

static void post_without_a_body_says_so(void)
{
	static const char *const answers[] = { "HTTP/1.1 204 No Content\r\n" CLOSE,
					       NULL };
	struct trial trial = { 0 };
	auto_buf struct buf request = BUF_EMPTY;
	int port = canned_serve(answers);

	CHECK(send_to(&trial, port,
		      &(struct http_client_request){ .method = "POST", .url = "/" }) ==
	      0);
	CHECK(trial.response.status == 204 && trial.response.body.len == 0);
	canned_request(&request, 0);
	CHECK(strstr(buf_str(&request), "\r\nContent-Length: 0\r\n") != NULL);
	end(&trial);
}

static void redirect_within_the_origin_is_followed(void)
{
	static const char *const answers[] = {
		"HTTP/1.1 301 Moved\r\nLocation: /repositories/5\r\nContent-Length: "
		"4\r\n" CLOSE "away",
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" CLOSE "here", NULL
	};
	static const char *const headers[] = { "Authorization: Bearer t", NULL };
	struct trial trial = { 0 };
	auto_buf struct buf request = BUF_EMPTY;
	int port = canned_serve(answers);

	CHECK(send_to(&trial, port,
		      &(struct http_client_request){ .method = "PATCH",
						     .url = "/repos/a/b",
						     .headers = headers,
						     .body = { "{}", 2 } }) == 0);
	CHECK_STR(buf_str(&trial.response.body), "here");
	canned_request(&request, 1);
	CHECK(str_starts(buf_str(&request), "PATCH /repositories/5 HTTP/1.1\r\n"));
	CHECK(strstr(buf_str(&request), "Bearer t") != NULL);
	CHECK(str_ends(buf_str(&request), "\r\n\r\n{}"));
	end(&trial);
}

static void redirect_elsewhere_is_refused(void)
{
	static const char *const places[] = { "http://localhost:1/", "https://127.0.0.1/",
					      "http://127.0.0.1:1/x",
					      "file:///etc/passwd",
					      "http://u:p@127.0.0.1/" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		auto_free char *answer = str_format(
			"HTTP/1.1 302 Found\r\nLocation: %s\r\n" CLOSE, places[i]);
		const char *const answers[] = { answer, NULL };
		struct trial trial = { 0 };
		int port = canned_serve(answers);

		CHECK(send_to(&trial, port,
			      &(struct http_client_request){ .method = "GET",
							     .url = "/" }) < 0);
		CHECK(trial.err.kind == ERROR_DENIED || trial.err.kind == ERROR_CONFIG);
		end(&trial);
	}
}

static void endless_redirects_end(void)
{
	static const char again[] = "HTTP/1.1 302 Found\r\nLocation: /\r\n" CLOSE;
	static const char *const answers[] = { again, again, again, again, again, NULL };
	struct trial trial = { 0 };
	int port = canned_serve(answers);

	CHECK(send_to(&trial, port,
		      &(struct http_client_request){ .method = "GET", .url = "/" }) < 0);
	CHECK(trial.err.kind == ERROR_DATA);
	end(&trial);
}

static void clear_text_stays_on_this_machine(void)
{
	static const char *const urls[] = { "http://example.com/",
					    "http://127.0.0.1.example.com/",
					    "http://10.0.0.1/",
					    "http://127.evil/",
					    "ftp://127.0.0.1/",
					    "file:///etc/passwd",
					    "https://user:secret@example.com/",
					    "nonsense",
					    "" };
	struct trial trial = { 0 };

	CHECK(http_client_open(&trial.client, &trial.err) == 0);
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct http_client_request request = { .method = "GET", .url = urls[i] };

		CHECK(http_client_send(&trial.response, &trial.client, &request,
				       &trial.err) < 0);
		CHECK(trial.err.kind == ERROR_CONFIG);
	}
	end(&trial);
}

static void network_troubles_are_temporary(void)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n" CLOSE "short", "", NULL
	};
	struct trial trial = { 0 };
	struct http_client_request request = { .method = "GET", .url = "/" };
	int port = canned_serve(answers);

	CHECK(send_to(&trial, port, &request) < 0 && trial.err.kind == ERROR_TEMPORARY);
	CHECK(send_to(&trial, port, &request) < 0 && trial.err.kind == ERROR_TEMPORARY);
	CHECK(send_to(&trial, port, &request) < 0 && trial.err.kind == ERROR_TEMPORARY);
	CHECK(trial.response.status == 0 && trial.response.body.len == 0);
	end(&trial);
}

static void a_silent_server_times_out(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);
	auto_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct trial trial = { 0 };

	CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
	CHECK(listen(fd, 8) == 0);
	CHECK(getsockname(fd, (struct sockaddr *)&address, &len) == 0);
	CHECK(send_to(&trial, ntohs(address.sin_port),
		      &(struct http_client_request){
			      .method = "GET", .url = "/", .timeout_ms = 100 }) < 0);
	CHECK(trial.err.kind == ERROR_TEMPORARY);
	end(&trial);
}

static void too_long_is_a_data_error(void)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n" CLOSE "12345678901",
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n" CLOSE "1234567890", NULL
	};
	struct trial trial = { 0 };
	struct http_client_request request = { .method = "GET",
					       .url = "/",
					       .limit_bytes = 10 };
	int port = canned_serve(answers);

	CHECK(send_to(&trial, port, &request) < 0 && trial.err.kind == ERROR_DATA);
	CHECK(send_to(&trial, port, &request) == 0 && trial.response.body.len == 10);
	end(&trial);
}

static const struct check_case cases[] = {
	{ "one_request_one_response", one_request_one_response },
	{ "post_without_a_body_says_so", post_without_a_body_says_so },
	{ "redirect_within_the_origin_is_followed",
	  redirect_within_the_origin_is_followed },
	{ "redirect_elsewhere_is_refused", redirect_elsewhere_is_refused },
	{ "endless_redirects_end", endless_redirects_end },
	{ "clear_text_stays_on_this_machine", clear_text_stays_on_this_machine },
	{ "network_troubles_are_temporary", network_troubles_are_temporary },
	{ "a_silent_server_times_out", a_silent_server_times_out },
	{ "too_long_is_a_data_error", too_long_is_a_data_error },
};

CHECK_MAIN(cases)
