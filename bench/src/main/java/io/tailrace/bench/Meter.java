package io.tailrace.bench;

import io.tailrace.bench.load.Tally;
import io.tailrace.bench.report.Figure;
import java.util.Map;

/** Looks at the broker's process while a load runs. */
interface Meter {
  /** The connections are made; nothing has been sent on them. */
  void prepare() throws InterruptedException;

  /** From now on it counts. */
  void begin();

  /** Until now it counted. */
  void end() throws InterruptedException;

  /** What was seen between begin and end, in which the clients had those answers. */
  Map<Figure, Double> figures(Tally tally);
}
