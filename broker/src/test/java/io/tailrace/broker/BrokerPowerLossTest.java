package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The power fails under a whole broker whose topics ask for {@code flush.messages=1}: whatever the
 * disk has kept, the next start finds each topic as was answered, and each record that was
 * acknowledged.
 */
class BrokerPowerLossTest {
  private static final Path DATA = Path.of("/data");
  private static final int STEPS = 60;
  private static final int ONE_CHANGE_IN = 6;
  private static final Set<String> CHANGES =
      Set.of("open", "write", "truncate", "sync", "rename", "delete", "syncDirectory");

  private final SimDisk disk = new SimDisk();
  private final List<Image> images = new ArrayList<>();
  private final Map<String, UUID> topics = new HashMap<>();
  private final Map<String, List<String>> acknowledged = new HashMap<>();
  private final Set<UUID> deleted = new HashSet<>();
  private volatile Answered answered = new Answered(Map.of(), Map.of(), Set.of());

  /** What clients have been told: topics with their records, and what topics are no more. */
  private record Answered(
      Map<String, UUID> topics, Map<String, List<String>> records, Set<UUID> deleted) {}

  private record Image(SimDisk disk, Answered answered, String when) {}

  @Test
  void whatWasAnsweredIsThere() throws IOException {
    run(new Random().nextLong(), 60);
  }

  @Test
  @Tag("campaign")
  void whatWasAnsweredIsThereInALongCampaign() throws IOException {
    run(Long.getLong("tailrace.campaign.seed", 1_000_000), 3_000);
  }

  private static void run(long firstSeed, int images) throws IOException {
    int checked = 0;
    for (long seed = firstSeed; checked < images; seed++) {
      BrokerPowerLossTest run = new BrokerPowerLossTest();
      try {
        run.live(new SplittableRandom(seed));
        for (Image image : run.images) {
          check(image);
        }
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
      checked += run.images.size();
    }
  }

  private static TestBroker start(SimDisk on, long seed) {
    return TestBroker.start(new Environment(Clock.system(), on, new SeededRandomness(seed)), DATA);
  }

  private void live(SplittableRandom random) throws IOException {
    SplittableRandom fates = random.split();
    disk.setFaults((number, operation, path) -> beforeCall(fates, operation, path));
    try (TestBroker broker = start(disk, random.nextLong())) {
      WireClient client = broker.connect();
      for (int i = 0; i < STEPS; i++) {
        step(broker, client, random, i);
      }
    }
  }

  /** On a thread of the broker, under the disk's lock. */
  private @Nullable DiskFault beforeCall(SplittableRandom fates, String operation, Path path) {
    if (CHANGES.contains(operation) && fates.nextInt(ONE_CHANGE_IN) == 0) {
      SimDisk.Names names = fates.nextBoolean() ? SimDisk.Names.JOURNALLED : SimDisk.Names.ANY;
      Answered now = answered;
      String when = "before %s of %s, %s".formatted(operation, path, names);
      images.add(new Image(disk.afterPowerLoss(fates.nextLong(), names), now, when));
    }
    return null;
  }

  private void step(TestBroker broker, WireClient client, SplittableRandom random, int number)
      throws IOException {
    String topic = "t" + random.nextInt(4);
    UUID id = topics.get(topic);
    if (id == null) {
      topics.put(topic, broker.createTopic(client, topic, 1, "flush.messages", "1"));
      acknowledged.put(topic, new ArrayList<>());
    } else if (random.nextInt(10) == 0) {
      topics.remove(topic);
      acknowledged.remove(topic);
      publish();
      client.call(new DeleteTopicsRequest().timeoutMs(10_000).topicNames(List.of(topic)), 5);
      deleted.add(id);
    } else {
      String value = "v" + number;
      long offset = put(client, topic, 0, batch(value)).baseOffset();
      acknowledged.get(topic).add(offset + ":" + value);
    }
    publish();
  }

  private void publish() {
    Map<String, List<String>> records = new HashMap<>();
    acknowledged.forEach((topic, values) -> records.put(topic, List.copyOf(values)));
    answered = new Answered(Map.copyOf(topics), records, Set.copyOf(deleted));
  }

  private static void check(Image image) throws IOException {
    try (TestBroker broker = start(image.disk(), 1)) {
      WireClient client = broker.connect();
      Map<String, UUID> found = new HashMap<>();
      MetadataResponse metadata = client.call(new MetadataRequest().topics(null), 12);
      metadata.topics().forEach(topic -> found.put(topic.name(), topic.topicId()));
      assertThat(found).containsAllEntriesOf(image.answered().topics());
      Set<UUID> back = new HashSet<>(found.values());
      back.retainAll(image.answered().deleted());
      assertThat(back).as("topics that had been deleted").isEmpty();
      for (Map.Entry<String, List<String>> topic : image.answered().records().entrySet()) {
        await()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .until(() -> get(client, topic.getKey(), 0, 0).errorCode() == 0);
        List<String> records = values(get(client, topic.getKey(), 0, 0));
        int known = topic.getValue().size();
        assertThat(records).as("records of %s", topic.getKey()).hasSizeBetween(known, known + 1);
        assertThat(records.subList(0, known)).isEqualTo(topic.getValue());
      }
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("power lost " + image.when(), e);
    }
  }
}
