/* results.c - the results of `weir test`: for people, as JSON, as JUnit XML.
 *
 * Lives here: the three forms. Not here: what is compared (cmd_test.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "results.h"

#include <inttypes.h>

#include <weir/value.h>

#include "whole.h"

struct results {
	enum results_form form;
	struct weir_arena *arena;
	struct coverage **coverages;
	size_t coverage_count;
	struct results_case *cases;
	size_t count, cap, failed;
};

struct results *results_create(enum results_form form)
{
	struct results *results = weir_alloc(sizeof *results);

	results->form = form;
	results->arena = weir_arena_create();
	return results;
}

void results_destroy(struct results *results)
{
	if (!results)
		return;
	for (size_t i = 0; i < results->coverage_count; i++)
		coverage_destroy(results->coverages[i]);
	weir_free(results->coverages);
	weir_arena_destroy(results->arena);
	weir_free(results->cases);
	weir_free(results);
}

static const char *copy(struct weir_arena *arena, const char *text)
{
	return text ? weir_arena_strdup(arena, text) : NULL;
}

void results_add(struct results *results, const struct results_case *result)
{
	struct results_case *kept;

	if (results->count == results->cap) {
		results->cap = results->cap ? results->cap * 2 : 16;
		results->cases = weir_realloc(results->cases, results->cap * sizeof *results->cases);
	}
	kept = &results->cases[results->count++];
	*kept = *result;
	kept->folder = copy(results->arena, result->folder);
	kept->rule = copy(results->arena, result->rule);
	kept->variant = copy(results->arena, result->variant);
	kept->text = copy(results->arena, result->text);
	results->failed += !result->passed;
}

void results_cover(struct results *results, struct coverage *coverage)
{
	results->coverages = weir_realloc(results->coverages, (results->coverage_count + 1) *
	                                                      sizeof *results->coverages);
	results->coverages[results->coverage_count++] = coverage;
}

bool results_covered(const struct results *results, int percent)
{
	bool enough = true;

	for (size_t i = 0; i < results->coverage_count; i++) {
		int rows = coverage_percent(results->coverages[i]);

		if (rows >= percent)
			continue;
		fprintf(stderr, "weir test: %s: %d %% of the rows wrote a value, --min asks for %d %%\n",
		        coverage_folder(results->coverages[i]), rows, percent);
		enough = false;
	}
	return enough;
}

size_t results_count(const struct results *results)
{
	return results->count;
}

static void name(const struct results_case *result, struct weir_buf *text)
{
	weir_buf_printf(text, "%s/%s%s%s", result->folder, result->rule,
	                result->variant ? "." : "", result->variant ? result->variant : "");
}

static void as_text(const struct results *results, struct weir_buf *out)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct results_case *result = &results->cases[i];

		weir_buf_puts(out, result->passed ? "ok      " : "FAILED  ");
		name(result, out);
		weir_buf_putc(out, '\n');
		weir_buf_puts(out, result->text);
	}
	weir_buf_printf(out, "%zu passed, %zu failed\n", results->count - results->failed,
	                results->failed);
	for (size_t i = 0; i < results->coverage_count; i++) {
		weir_buf_putc(out, '\n');
		coverage_text(results->coverages[i], out);
	}
}

static void as_json(const struct results *results, struct weir_buf *out)
{
	weir_buf_printf(out, "{\"passed\":%zu,\"failed\":%zu,\"cases\":[",
	                results->count - results->failed, results->failed);
	for (size_t i = 0; i < results->count; i++) {
		const struct results_case *result = &results->cases[i];

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
	weir_buf_putc(out, ']');
	for (size_t i = 0; i < results->coverage_count; i++) {
		weir_buf_puts(out, i ? ",\n  " : ",\n \"coverage\":[\n  ");
		coverage_json(results->coverages[i], out);
	}
	weir_buf_puts(out, results->coverage_count ? "]}\n" : "}\n");
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

static void junit_figure(void *arg, const char *name, const char *value)
{
	struct weir_buf *out = arg;

	weir_buf_puts(out, "    <property name=\"");
	xml(name, out);
	weir_buf_puts(out, "\" value=\"");
	xml(value, out);
	weir_buf_puts(out, "\"/>\n");
}

/* Figures before the cases, where the format has them, and the whole behind them. */
static void junit_figures(const struct results *results, struct weir_buf *out)
{
	if (!results->coverage_count)
		return;
	weir_buf_puts(out, "  <properties>\n");
	for (size_t i = 0; i < results->coverage_count; i++)
		coverage_figures(results->coverages[i], junit_figure, out);
	weir_buf_puts(out, "  </properties>\n");
}

static void junit_coverage(const struct results *results, struct weir_buf *out)
{
	if (!results->coverage_count)
		return;
	weir_buf_puts(out, "  <system-out>");
	for (size_t i = 0; i < results->coverage_count; i++) {
		struct weir_buf text = { 0 };

		coverage_text(results->coverages[i], &text);
		xml(weir_buf_text(&text), out);
		weir_buf_finish(&text);
	}
	weir_buf_puts(out, "</system-out>\n");
}

static void as_junit(const struct results *results, struct weir_buf *out)
{
	weir_buf_printf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	                "<testsuite name=\"weir test\" tests=\"%zu\" failures=\"%zu\">\n",
	                results->count, results->failed);
	junit_figures(results, out);
	for (size_t i = 0; i < results->count; i++) {
		const struct results_case *result = &results->cases[i];
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
	junit_coverage(results, out);
	weir_buf_puts(out, "</testsuite>\n");
}

bool results_finish(const struct results *results, struct weir_buf *text, const char *junit_file)
{
	struct weir_buf junit = { 0 };
	struct weir_error err;
	bool fine = results->failed == 0;

	if (results->form == RESULTS_JSON)
		as_json(results, text);
	else
		as_text(results, text);
	if (junit_file) {
		as_junit(results, &junit);
		if (!whole_replace(junit_file, (struct weir_bytes){ junit.data, junit.len }, &err)) {
			fprintf(stderr, "weir test: %s\n", err.text);
			fine = false;
		}
	}
	weir_buf_finish(&junit);
	return fine;
}
