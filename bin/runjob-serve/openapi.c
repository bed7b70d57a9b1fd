#include "bin/runjob-serve/request.h"
#include "bin/runjob-serve/service.h"
#include "lib/http_server.h"

void request_openapi(struct request *request)
{
	const struct buf *text = &request->service->openapi;

	http_answer(request->exchange, 200, "application/json", text->data, text->len);
}
