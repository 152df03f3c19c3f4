/* report.c - the results of `weir test`: for people, as JSON, as JUnit XML.
 *
 * Lives here: the three forms. Not here: what is compared (cmd_test.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "report.h"

#include <inttypes.h>

#include <weir/value.h>

#include "whole.h"

struct report {
	enum report_form form;
	struct weir_arena *arena;
	struct report_case *cases;
	size_t count, cap, failed;
};

struct report *report_create(enum report_form form)
{
	struct report *report = weir_alloc(sizeof *report);

	report->form = form;
	report->arena = weir_arena_create();
	return report;
}

void report_destroy(struct report *report)
{
	if (!report)
		return;
	weir_arena_destroy(report->arena);
	weir_free(report->cases);
	weir_free(report);
}

static const char *copy(struct weir_arena *arena, const char *text)
{
	return text ? weir_arena_strdup(arena, text) : NULL;
}

void report_add(struct report *report, const struct report_case *result)
{
	struct report_case *kept;

	if (report->count == report->cap) {
		report->cap = report->cap ? report->cap * 2 : 16;
		report->cases = weir_realloc(report->cases, report->cap * sizeof *report->cases);
	}
	kept = &report->cases[report->count++];
	*kept = *result;
	kept->folder = copy(report->arena, result->folder);
	kept->rule = copy(report->arena, result->rule);
	kept->variant = copy(report->arena, result->variant);
	kept->text = copy(report->arena, result->text);
	report->failed += !result->passed;
}

size_t report_count(const struct report *report)
{
	return report->count;
}

static void name(const struct report_case *result, struct weir_buf *text)
{
	weir_buf_printf(text, "%s/%s%s%s", result->folder, result->rule,
	                result->variant ? "." : "", result->variant ? result->variant : "");
}

static void as_text(const struct report *report, struct weir_buf *out)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct report_case *result = &report->cases[i];

		weir_buf_puts(out, result->passed ? "ok      " : "FAILED  ");
		name(result, out);
		weir_buf_putc(out, '\n');
		weir_buf_puts(out, result->text);
	}
	weir_buf_printf(out, "%zu passed, %zu failed\n", report->count - report->failed,
	                report->failed);
}

static void as_json(const struct report *report, struct weir_buf *out)
{
	weir_buf_printf(out, "{\"passed\":%zu,\"failed\":%zu,\"cases\":[",
	                report->count - report->failed, report->failed);
	for (size_t i = 0; i < report->count; i++) {
		const struct report_case *result = &report->cases[i];

		weir_buf_puts(out, i ? ",\n {\"folder\":" : "\n {\"folder\":");
		weir_json_quote(weir_bytes(result->folder), out);
		weir_buf_puts(out, ",\"rule\":");
		weir_json_quote(weir_bytes(result->rule), out);
		weir_buf_puts(out, ",\"variant\":");
		if (result->variant)
			weir_json_quote(weir_bytes(result->variant), out);
		else
			weir_buf_puts(out, "null");
		weir_buf_printf(out, ",\"passed\":%s,\"took_us\":%" PRId64 ",\"text\":",
		                result->passed ? "true" : "false", result->took_us);
		weir_json_quote(weir_bytes(result->text), out);
		weir_buf_putc(out, '}');
	}
	weir_buf_puts(out, "]}\n");
}

/* XML 1.0 has no way to write most control characters. */
static void xml(const char *text, struct weir_buf *out)
{
	for (const char *p = text; *p; p++) {
		switch (*p) {
		case '<': weir_buf_puts(out, "&lt;"); break;
		case '>': weir_buf_puts(out, "&gt;"); break;
		case '&': weir_buf_puts(out, "&amp;"); break;
		case '"': weir_buf_puts(out, "&quot;"); break;
		default:
			if ((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t')
				weir_buf_putc(out, *p);
			else
				weir_buf_putc(out, '?');
		}
	}
}

static void as_junit(const struct report *report, struct weir_buf *out)
{
	weir_buf_printf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	                "<testsuite name=\"weir test\" tests=\"%zu\" failures=\"%zu\">\n",
	                report->count, report->failed);
	for (size_t i = 0; i < report->count; i++) {
		const struct report_case *result = &report->cases[i];
		struct weir_buf full = { 0 };

		name(result, &full);
		weir_buf_puts(out, "  <testcase classname=\"");
		xml(result->folder, out);
		weir_buf_puts(out, "\" name=\"");
		xml(weir_buf_text(&full), out);
		weir_buf_printf(out, "\" time=\"%.6f\"", (double)result->took_us / 1e6);
		if (result->passed) {
			weir_buf_puts(out, "/>\n");
		} else {
			weir_buf_puts(out, "><failure message=\"the records differ\">");
			xml(result->text, out);
			weir_buf_puts(out, "</failure></testcase>\n");
		}
		weir_buf_finish(&full);
	}
	weir_buf_puts(out, "</testsuite>\n");
}

bool report_finish(const struct report *report, FILE *to, const char *junit_file)
{
	struct weir_buf out = { 0 };
	struct weir_error err;
	bool fine = report->failed == 0;

	if (report->form == REPORT_JSON)
		as_json(report, &out);
	else
		as_text(report, &out);
	fwrite(out.data, 1, out.len, to);
	if (junit_file) {
		out.len = 0;
		as_junit(report, &out);
		if (!whole_replace(junit_file, (struct weir_bytes){ out.data, out.len }, &err)) {
			fprintf(stderr, "weir test: %s\n", err.text);
			fine = false;
		}
	}
	weir_buf_finish(&out);
	return fine;
}
