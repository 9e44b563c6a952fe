package io.tailrace.coordinator.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.differential.KnownDifferences.Known;
import java.util.EnumSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tailrace's groups beside Apache Kafka's own: same requests, same answers, same records. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DifferentialTest {
  private static final int STEPS = 150;
  private static final long SEEDS = 60;
  private static final long CAMPAIGN_SEEDS = 5000;

  private final Logger log = Logger.getLogger("io.tailrace.coordinator");
  private final KnownDifferences known = new KnownDifferences();
  private final Set<Streams> missing = EnumSet.allOf(Streams.class);

  /** Members are put out of groups all the time here. */
  @BeforeAll
  void logLess() {
    log.setLevel(Level.WARNING);
  }

  @ParameterizedTest
  @EnumSource
  void answersAndRecordsAreKafkas(Streams streams) {
    run(streams, 0, SEEDS);
    missing.remove(streams);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("campaign")
  void answersAndRecordsAreKafkasAtLength(Streams streams) {
    run(streams, SEEDS, CAMPAIGN_SEEDS);
  }

  private void run(Streams streams, long from, long to) {
    for (long seed = from; seed < to; seed++) {
      streams.run(Differential.ofTailrace(seed, Streams.settings(seed), known), STEPS);
    }
  }

  @AfterAll
  void knownDifferencesAreStillThere() {
    log.setLevel(null);
    if (missing.isEmpty()) {
      assertThat(known.seen())
          .extracting(Known::what)
          .containsAll(
              KnownDifferences.LIST.stream()
                  .filter(each -> !each.rare())
                  .map(Known::what)
                  .toList());
    }
  }
}
