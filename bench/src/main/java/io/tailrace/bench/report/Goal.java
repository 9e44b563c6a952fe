package io.tailrace.bench.report;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one figure of one section must reach.
 *
 * @param id of the workload in the table of goals: W1, W2, …
 * @param factor of the control's figure, or of the figure's unit if there is no control
 * @param control another contender
 */
record Goal(
    String id,
    String section,
    Figure figure,
    Bound bound,
    double factor,
    @Nullable String control) {

  enum Bound {
    AT_LEAST("≥"),
    AT_MOST("≤"),
    BELOW("<");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }

    boolean holds(double value, double limit) {
      return switch (this) {
        case AT_LEAST -> value >= limit;
        case AT_MOST -> value <= limit;
        case BELOW -> value < limit;
      };
    }
  }

  /** Such as "records/s ≥ 5 × kafka". */
  String text() {
    String limit = control == null ? figure.format(factor) : multiple() + control;
    return figure.label() + " " + bound.sign + " " + limit;
  }

  private String multiple() {
    double inverse = 1 / factor;
    if (factor == 1) {
      return "";
    }
    if (factor < 1 && Math.abs(inverse - Math.rint(inverse)) < 1e-9) {
      return String.format(Locale.ROOT, "1/%.0f × ", inverse);
    }
    return BigDecimal.valueOf(factor).stripTrailingZeros().toPlainString() + " × ";
  }

  /** Empty if the run did not measure what this needs. */
  Optional<Verdict> judge(Results results) {
    return results.section(section).flatMap(this::judge);
  }

  private Optional<Verdict> judge(Section own) {
    Optional<Spread> reached = own.subject().flatMap(subject -> own.spread(subject, figure));
    Optional<Double> unit =
        control == null ? Optional.of(1.0) : own.spread(control, figure).map(Spread::median);
    return reached.flatMap(
        spread -> unit.map(multiplied -> new Verdict(this, spread.median(), multiplied)));
  }
}
