package io.tailrace.conformance;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A program: one consumer in a group, of whatever version of kafka-clients is on its class path. It
 * commits what it has printed, and tells on its standard output, a line each:
 *
 * <pre>
 *   owns 0,3         the partitions it has from now on
 *   record 3 17 k v  partition, offset, key and value of what it has read
 *   lost …           what it has read since it got its partitions may be read again by others
 *   closed           it has left the group
 * </pre>
 *
 * It leaves at SIGTERM. Arguments: bootstrap servers, group, topic, and settings as name=value.
 */
final class GroupMember implements ConsumerRebalanceListener {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<String, String> consumer;
  private final TreeSet<Integer> owned = new TreeSet<>();
  private volatile boolean leaving;

  private GroupMember(Map<String, Object> settings) {
    consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  public static void main(String[] args) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", args[0]);
    settings.put("group.id", args[1]);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "earliest");
    for (int i = 3; i < args.length; i++) {
      int equals = args[i].indexOf('=');
      settings.put(args[i].substring(0, equals), args[i].substring(equals + 1));
    }
    new GroupMember(settings).run(args[2]);
  }

  private void run(String topic) {
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> leave(main)));
    consumer.subscribe(List.of(topic), this);
    while (!leaving) {
      boolean some = false;
      for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
        System.out.printf(
            "record %d %d %s %s%n",
            record.partition(), record.offset(), record.key(), record.value());
        some = true;
      }
      if (some) {
        commit(false);
      }
    }
    consumer.close();
    say("closed");
  }

  /** At SIGTERM: the JVM waits for this to end. */
  private void leave(Thread main) {
    leaving = true;
    try {
      main.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  /**
   * @param last nobody will commit these records later
   */
  private void commit(boolean last) {
    System.out.flush();
    try {
      consumer.commitSync();
    } catch (RebalanceInProgressException e) {
      if (last) {
        say("lost " + e);
      }
    } catch (CommitFailedException | TimeoutException e) {
      say("lost " + e);
    }
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    partitions.forEach(it -> owned.add(it.partition()));
    sayOwned();
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    if (!partitions.isEmpty()) {
      commit(true);
    }
    partitions.forEach(it -> owned.remove(it.partition()));
    sayOwned();
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    say("lost " + partitions);
    partitions.forEach(it -> owned.remove(it.partition()));
    sayOwned();
  }

  private void sayOwned() {
    say("owns " + owned.stream().map(String::valueOf).collect(Collectors.joining(",")));
  }
}
