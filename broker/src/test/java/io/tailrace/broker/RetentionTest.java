package io.tailrace.broker;

import static io.tailrace.broker.Wire.TIME;
import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.bytes;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Retention as clients see it. */
class RetentionTest {
  private static final Path FOLDER = Path.of("/data");
  private static final byte TOPIC = 2;
  private static final long EARLIEST = -2;
  private static final long LATEST = -1;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);

  private final SimClock clock = new SimClock(TIME);
  private final SimDisk disk = new SimDisk(clock::wallMs);
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker =
        TestBroker.start(
            new Environment(clock, disk, new SeededRandomness(1)),
            FOLDER,
            "log.retention.check.interval.ms",
            "10");
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private void alter(String topic, String name, String value) throws IOException {
    AlterableConfig config = new AlterableConfig().name(name).value(value);
    IncrementalAlterConfigsResponse response =
        client.call(
            new IncrementalAlterConfigsRequest()
                .resources(
                    List.of(
                        new AlterConfigsResource()
                            .resourceType(TOPIC)
                            .resourceName(topic)
                            .configs(List.of(config)))),
            1);
    assertThat(response.responses().getFirst().errorCode()).isZero();
  }

  private long offset(String topic, long which) throws IOException {
    return Wire.offset(client, topic, 0, which, 7).offset();
  }

  private void awaitStart(String topic, long offset) {
    await().until(() -> offset(topic, EARLIEST) == offset);
  }

  @Test
  void aChangedSettingTakesEffectAtTheNextCheck() throws IOException {
    broker.createTopic(client, "t", 1, "retention.ms", "-1");
    broker.createTopic(client, "compacted", 1, "cleanup.policy", "compact");
    broker.createTopic(client, "week", 1);
    for (String topic : List.of("t", "week")) {
      put(client, topic, 0, batch("a", "b"));
    }
    RecordBatchBuilder keyed = new RecordBatchBuilder().append(TIME, bytes("k"), bytes("v"));
    put(client, "compacted", 0, keyed.build());
    clock.jumpTo(TIME + 8 * DAY);
    awaitStart("week", 2);
    assertThat(offset("t", EARLIEST)).isZero();
    alter("t", "retention.ms", "3600000");
    awaitStart("t", 2);
    assertThat(offset("t", LATEST)).isEqualTo(2);
    assertThat(error(get(client, "t", 0, 1).errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    assertThat(get(client, "t", 0, 2).logStartOffset()).isEqualTo(2);
    assertThat(put(client, "t", 0, batch("old by its own time")).baseOffset()).isEqualTo(2);
    awaitStart("t", 3);
    assertThat(offset("compacted", EARLIEST)).isZero();
    alter("t", "retention.ms", "-1");
    assertThat(put(client, "t", 0, batch("kept")).baseOffset()).isEqualTo(3);
    assertThat(values(get(client, "t", 0, 3))).containsExactly("3:kept");
  }

  @Test
  void filesGoAfterTheirDelay() throws IOException {
    broker.createTopic(client, "t", 1, "retention.ms", "1", "file.delete.delay.ms", "0");
    put(client, "t", 0, batch("a"));
    clock.jumpTo(TIME + DAY);
    awaitStart("t", 1);
    await().until(() -> isGone(FOLDER.resolve("t-0"), ".deleted"));
    assertThat(offset("t", LATEST)).isEqualTo(1);
  }

  private boolean isGone(Path folder, String ending) throws IOException {
    return disk.list(folder).stream().noneMatch(it -> it.toString().endsWith(ending));
  }

  @Test
  void logsThatNobodyUsesAreNotOpenedFor() throws IOException {
    broker.createTopic(client, "idle", 1);
    put(client, "idle", 0, batch("a", "b", "c"));
    broker.close();
    start();
    clock.jumpTo(TIME + 30 * DAY);
    Path deleted = FOLDER.resolve("idle-0/00000000000000000000.log.deleted");
    await().until(() -> disk.exists(deleted));
    await().until(() -> disk.openFiles() <= 1);
    assertThat(offset("idle", EARLIEST)).isEqualTo(3);
    assertThat(put(client, "idle", 0, batch("d")).baseOffset()).isEqualTo(3);
  }
}
