/* runtime_metrics.c - the counters of a running pipeline as Prometheus text.
 *
 * Lives here: the exposition format. Not here: the JSON snapshot (runtime_status.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>

#include "lane.h"
#include "registry.h"
#include "runtime_own.h"

static void put_label_value(struct weir_buf *text, const char *value)
{
	for (; *value; value++) {
		if (*value == '\\' || *value == '"')
			weir_buf_putc(text, '\\');
		if (*value == '\n')
			weir_buf_puts(text, "\\n");
		else
			weir_buf_putc(text, *value);
	}
}

static void put_label(struct weir_buf *text, const char *name, const char *value)
{
	if (text->data[text->len - 1] != '{')
		weir_buf_putc(text, ',');
	weir_buf_printf(text, "%s=\"", name);
	put_label_value(text, value);
	weir_buf_putc(text, '"');
}

static void put_head(struct weir_buf *text, const char *name, const char *type, const char *doc)
{
	weir_buf_printf(text, "# HELP %s %s\n# TYPE %s %s\n", name, doc, name, type);
}

/* ---- events ------------------------------------------------------------------------- */

static void put_fate(struct weir_buf *text, const struct ledger_row *row, const char *fate,
                     int64_t events)
{
	weir_buf_puts(text, "weir_events_total{");
	put_label(text, "source", row->source);
	put_label(text, "sink", row->sink);
	put_label(text, "fate", fate);
	weir_buf_printf(text, "} %" PRId64 "\n", events);
}

static void put_row(struct weir_buf *text, struct ledger_row *row)
{
	struct tally tally;
	int64_t in;

	ledger_look(row, &tally, &in);
	put_fate(text, row, "in", in);
	put_fate(text, row, "delivered", tally.delivered);
	/* A counter only grows: those that left again are still in it, and counted beside it. */
	put_fate(text, row, "dead", tally.dead + tally.released);
	put_fate(text, row, "released", tally.released);
	put_fate(text, row, "dropped", tally.dropped);
	put_fate(text, row, "repeated", tally.repeated);
	tally_finish(&tally);
}

/* ---- instances ------------------------------------------------------------------------ */

static void put_instance(struct weir_buf *text, const char *metric, const struct weir_ctx *ctx,
                         int64_t value)
{
	weir_buf_printf(text, "%s{", metric);
	put_label(text, kind_name(ctx->node->kind), ctx->name);
	weir_buf_printf(text, "} %" PRId64 "\n", value);
}

/* All instances of one plugin stand together, as the format wants it. */
static bool is_first_of_plugin(const struct graph *graph, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (graph->instances[i]->plugin == graph->instances[index]->plugin)
			return false;
	}
	return true;
}

static void put_plugin(struct weir_buf *text, const struct graph *graph, size_t first)
{
	const struct weir_plugin *plugin = graph->instances[first]->plugin;

	for (size_t m = 0; m < graph->instances[first]->metric_count; m++) {
		const struct weir_metric *row = &plugin->metrics[m];
		char *name = weir_format("weir_%s_%s_%s", kind_name(plugin->kind), plugin->name,
		                         row->name);

		put_head(text, name, row->type == WEIR_COUNTER ? "counter" : "gauge", row->doc);
		for (size_t i = first; i < graph->node_count; i++) {
			if (graph->instances[i]->plugin == plugin)
				put_instance(text, name, graph->instances[i],
				             instance_metric(graph->instances[i], m));
		}
		weir_free(name);
	}
}

static void put_troubles(struct weir_buf *text, const struct graph *graph)
{
	put_head(text, "weir_trouble", "gauge",
	         "Whether something keeps the instance from going on.");
	for (size_t i = 0; i < graph->node_count; i++) {
		struct weir_error why;
		int64_t for_ms, next_ms;

		put_instance(text, "weir_trouble", graph->instances[i],
		             trouble_look(&graph->instances[i]->trouble, &why, &for_ms, &next_ms));
	}
}

/* ---- audits ---------------------------------------------------------------------------- */

static const struct lane_record *audit_of(const struct weir_ctx *ctx)
{
	const struct lane *lane = ctx->driver ? ctx->driver->lanes[WEIR_AUDIT] : NULL;

	return lane ? &lane->record : NULL;
}

static void put_audits(struct weir_buf *text, const struct graph *graph)
{
	put_head(text, "weir_audit_found_total", "counter",
	         "Events that an audit found where the live lane had delivered them.");
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct lane_record *audit = audit_of(graph->instances[i]);

		if (audit)
			put_instance(text, "weir_audit_found_total", graph->instances[i],
			             audit->before.repeated + audit->counts.repeated);
	}
	put_head(text, "weir_audit_missing_total", "counter",
	         "Events that the live lane had not brought, and an audit delivered.");
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct lane_record *audit = audit_of(graph->instances[i]);

		if (audit)
			put_instance(text, "weir_audit_missing_total", graph->instances[i],
			             audit->before.fresh + audit->counts.fresh);
	}
}

static int64_t uncommitted(const struct runtime *runtime)
{
	int64_t bytes = 0;

	for (const struct component *c = runtime->components; c; c = c->next)
		bytes += c->uncommitted_bytes + c->fresh_bytes;
	return bytes;
}

void runtime_prometheus(struct runtime *runtime, struct weir_buf *text)
{
	put_head(text, "weir_events_total", "counter", "Events by what became of them.");
	for (struct ledger_row *row = NULL; (row = ledger_next(&runtime->ledger, row)) != NULL;)
		put_row(text, row);
	put_head(text, "weir_in_flight_bytes", "gauge", "Memory of pages in flight.");
	weir_buf_printf(text, "weir_in_flight_bytes %" PRId64 "\n",
	                budget_used(&runtime->host.budget));
	put_head(text, "weir_uncommitted_bytes", "gauge",
	         "Bytes read from sources and not committed yet.");
	weir_buf_printf(text, "weir_uncommitted_bytes %" PRId64 "\n", uncommitted(runtime));
	put_head(text, "weir_dead_letters", "gauge", "Dead letters that are kept.");
	weir_buf_printf(text, "weir_dead_letters %" PRId64 "\n", runtime->dead_bound.size.letters);
	put_head(text, "weir_dead_letter_bytes", "gauge", "Bytes of their events.");
	weir_buf_printf(text, "weir_dead_letter_bytes %" PRId64 "\n",
	                runtime->dead_bound.size.bytes);
	put_troubles(text, runtime->graph);
	put_audits(text, runtime->graph);
	for (size_t i = 0; i < runtime->graph->node_count; i++) {
		if (is_first_of_plugin(runtime->graph, i))
			put_plugin(text, runtime->graph, i);
	}
}
