/** What a run gave, judged by the project's goals, as a table, as JSON and as a page with plots. */
@NullMarked
package io.tailrace.bench.report;

import org.jspecify.annotations.NullMarked;
