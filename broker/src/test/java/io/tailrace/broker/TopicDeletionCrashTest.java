package io.tailrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.Listener;
import io.tailrace.broker.partition.Partition;
import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogException;
import io.tailrace.log.LogRecoveringException;
import io.tailrace.log.LogSlice;
import io.tailrace.log.PartitionLog;
import io.tailrace.metadata.Controller;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A topic is deleted, and made again at once under the same name; the process or the machine dies
 * at every single call to the disk. The next start finds the old topic whole, or none of it.
 */
class TopicDeletionCrashTest {
  private static final Path FOLDER = Path.of("/data");
  private static final int PARTITIONS = 2;

  private final CapturedLog log = new CapturedLog();
  private SimDisk disk;

  @AfterEach
  void endCapture() {
    log.close();
  }

  /** What was answered before the disk failed. */
  private static final class Answers {
    UUID first = new UUID(0, 0);
    boolean deleted;
    UUID second = new UUID(0, 0);
    boolean appended;
  }

  private enum Death {
    PROCESS,
    POWER
  }

  @ParameterizedTest
  @EnumSource(Death.class)
  void atEveryCallToTheDisk(Death death) throws Exception {
    boolean reached = true;
    for (long k = 1; reached; k++) {
      disk = new SimDisk();
      Answers answers = new Answers();
      BrokerStorage storage = open();
      answers.first = create(storage);
      append(storage, "old");
      storage.close();
      storage = open();
      long last = disk.calls() + k;
      disk.setFaults((number, operation, path) -> number < last ? null : DiskFault.IO_ERROR);
      deleteAndCreate(storage, answers);
      reached = disk.calls() >= last;
      disk.setFaults((number, operation, path) -> DiskFault.IO_ERROR);
      storage.close();
      if (death == Death.POWER) {
        disk.crash(k);
      } else {
        disk.kill();
      }
      check(answers, death, death + " at call " + k);
    }
  }

  private BrokerStorage open() {
    BrokerConfig config = BrokerConfig.parse(Map.of("log.dirs", FOLDER.toString()));
    BrokerStorage storage =
        BrokerStorage.open(
            config, new Environment(Clock.system(), disk, new SeededRandomness(disk.calls())));
    storage.register(List.of(new Listener("PLAINTEXT", "localhost", 9092)));
    return storage;
  }

  private static UUID create(BrokerStorage storage) {
    CreateTopicsResponse response =
        controller(storage)
            .createTopics(TestBroker.newTopic("t", PARTITIONS, "flush.messages", "1"), (short) 7)
            .join();
    var topic = response.topics().getFirst();
    return topic.errorCode() == ErrorCode.NONE.code() ? topic.topicId() : new UUID(0, 0);
  }

  private static Controller controller(BrokerStorage storage) {
    return storage.services().controller();
  }

  private static boolean append(BrokerStorage storage, String value) {
    try {
      for (int i = 0; i < PARTITIONS; i++) {
        Partition partition = storage.services().partitions().partition("t", i);
        ByteBuffer records = Wire.batch(value);
        AppendBatch batch = new AppendBatch().set(records, 0, records.limit());
        partition.append(new AppendBatch[] {batch}, 1, Wire.TIME);
        partition.log().flush();
      }
      return true;
    } catch (LogException e) {
      return false;
    }
  }

  private static void deleteAndCreate(BrokerStorage storage, Answers answers) {
    DeleteTopicsRequest request =
        new DeleteTopicsRequest().timeoutMs(1000).topics(List.of(new DeleteTopicState().name("t")));
    answers.deleted =
        controller(storage)
                .deleteTopics(request, (short) 6)
                .join()
                .responses()
                .getFirst()
                .errorCode()
            == ErrorCode.NONE.code();
    if (answers.deleted) {
      answers.second = create(storage);
      answers.appended = answers.second.getMostSignificantBits() != 0 && append(storage, "new");
    }
  }

  private void check(Answers answers, Death death, String what) throws Exception {
    BrokerStorage storage = open();
    try {
      var topic = storage.services().partitions().topic("t");
      boolean isOld = topic != null && topic.id().equals(answers.first);
      assertThat(isOld && answers.deleted).as(what + ": deleted, and back").isFalse();
      if (answers.second.getMostSignificantBits() != 0) {
        assertThat(topic).as(what).isNotNull();
        assertThat(topic.id()).as(what).isEqualTo(answers.second);
      }
      for (int i = 0; i < PARTITIONS && topic != null; i++) {
        String content = content(recovered(topic.partition(i)));
        if (isOld) {
          assertThat(content).as(what).isEqualTo("old");
        } else if (answers.appended) {
          assertThat(content).as(what).isEqualTo("new");
        } else {
          assertThat(content).as(what).isIn("", "new");
        }
      }
      if (topic == null) {
        assertThat(create(storage).getMostSignificantBits()).as(what).isNotZero();
      }
      assertThat(disk.list(FOLDER)).as(what).noneMatch(it -> it.toString().endsWith("-stray"));
      assertThat(append(storage, "last")).as(what).isTrue();
    } finally {
      storage.close();
    }
  }

  private static PartitionLog recovered(Partition partition) {
    return await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .ignoreExceptionsInstanceOf(LogRecoveringException.class)
        .until(partition::log, log -> true);
  }

  private static String content(PartitionLog log) throws Exception {
    StringBuilder content = new StringBuilder();
    LogSlice slice = log.read(log.logStartOffset(), 10_000, true, log.logEndOffset());
    try {
      ByteBuffer buffer = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(buffer);
      buffer.flip();
      for (String value : List.of("old", "new")) {
        boolean found = new String(buffer.array(), StandardCharsets.ISO_8859_1).contains(value);
        content.append(found ? value : "");
      }
    } finally {
      slice.release();
    }
    return content.toString();
  }
}
