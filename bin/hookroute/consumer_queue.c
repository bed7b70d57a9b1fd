#include "bin/hookroute/consumer_queue.h"

void consumer_queue_push(struct consumer_queue *queue, struct consumer_value *value)
{
	value->next = NULL;
	if (queue->last)
		queue->last->next = value;
	else
		queue->first = value;
	queue->last = value;
	queue->count++;
}

struct consumer_value *consumer_queue_pop(struct consumer_queue *queue)
{
	struct consumer_value *value = queue->first;

	queue->first = value->next;
	if (!queue->first)
		queue->last = NULL;
	queue->count--;
	return value;
}

void consumer_queue_prepend(struct consumer_queue *queue, struct consumer_queue *front)
{
	if (!front->first)
		return;
	front->last->next = queue->first;
	queue->first = front->first;
	if (!queue->last)
		queue->last = front->last;
	queue->count += front->count;
	*front = (struct consumer_queue){ NULL, NULL, 0 };
}

void consumer_queue_settle(struct consumer_queue *queue, size_t few,
			   const struct reply *reply)
{
	struct consumer_queue all = *queue;

	*queue = (struct consumer_queue){ NULL, NULL, 0 };
	for (; few && all.first; few--)
		consumer_queue_push(queue, consumer_queue_pop(&all));
	while (all.first) {
		struct consumer_value *value = consumer_queue_pop(&all);

		value->settled(value, reply);
	}
}
