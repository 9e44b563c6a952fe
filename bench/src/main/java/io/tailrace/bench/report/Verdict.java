package io.tailrace.bench.report;

import java.util.Locale;

/**
 * A goal, and what was reached.
 *
 * @param reached median of the figure
 * @param unit what the goal's factor multiplies, in the same unit
 */
record Verdict(Goal goal, double reached, double unit) {

  boolean met() {
    return goal.bound().holds(reached, limit());
  }

  /** In the figure's unit. */
  double limit() {
    return goal.factor() * unit;
  }

  /** What was reached, as a multiple of the control's figure if there is one. */
  String ratio() {
    return goal.control() == null
        ? goal.figure().format(reached)
        : String.format(Locale.ROOT, "%.2f", reached / unit);
  }

  /** Such as "met" or "missed by 20 %". */
  String outcome() {
    double by = Math.abs(reached - limit()) / limit() * 100;
    return met() ? "met" : String.format(Locale.ROOT, "missed by %.0f %%", Math.max(1, by));
  }
}
