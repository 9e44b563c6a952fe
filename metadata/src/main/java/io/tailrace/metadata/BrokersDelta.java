package io.tailrace.metadata;

import io.tailrace.metadata.BrokerImage.Endpoint;
import io.tailrace.metadata.BrokerImage.LevelRange;
import io.tailrace.protocol.message.BrokerRegistrationChangeRecord;
import io.tailrace.protocol.message.RegisterBrokerRecord;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Records applied to the registered brokers; see {@link ClusterDelta}. */
final class BrokersDelta {
  private final TreeMap<Integer, BrokerImage> brokers;

  BrokersDelta(SortedMap<Integer, BrokerImage> base) {
    this.brokers = new TreeMap<>(base);
  }

  void register(RegisterBrokerRecord record) {
    List<Endpoint> endpoints =
        record.endPoints().stream()
            .map(it -> new Endpoint(it.name(), it.host(), it.port(), it.securityProtocol()))
            .toList();
    Map<String, LevelRange> features =
        record.features().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    it -> it.name(),
                    it -> new LevelRange(it.minSupportedVersion(), it.maxSupportedVersion()),
                    (_, last) -> last));
    brokers.put(
        record.brokerId(),
        new BrokerImage(
            record.brokerId(),
            record.brokerEpoch(),
            record.incarnationId(),
            endpoints,
            features,
            record.rack(),
            record.fenced(),
            record.inControlledShutdown(),
            List.copyOf(record.logDirs())));
  }

  void change(BrokerRegistrationChangeRecord record) {
    BrokerImage broker = broker(record.brokerId(), record.brokerEpoch());
    boolean fenced =
        switch (record.fenced()) {
          case -1 -> false;
          case 0 -> broker.fenced();
          case 1 -> true;
          default -> throw unknownValue("fenced", record.fenced());
        };
    boolean inShutdown =
        switch (record.inControlledShutdown()) {
          case 0 -> broker.inControlledShutdown();
          case 1 -> true;
          default -> throw unknownValue("inControlledShutdown", record.inControlledShutdown());
        };
    // KIP-858: no directories in the record means that they did not change.
    boolean sameDirectories = record.logDirs().isEmpty();
    brokers.put(
        broker.id(),
        broker.with(
            fenced,
            inShutdown,
            sameDirectories ? broker.logDirectories() : List.copyOf(record.logDirs())));
  }

  void setFenced(int id, long epoch, boolean fenced) {
    BrokerImage broker = broker(id, epoch);
    brokers.put(id, broker.with(fenced, broker.inControlledShutdown(), broker.logDirectories()));
  }

  void remove(int id, long epoch) {
    broker(id, epoch);
    brokers.remove(id);
  }

  private BrokerImage broker(int id, long epoch) {
    BrokerImage broker = brokers.get(id);
    if (broker == null || broker.epoch() != epoch) {
      throw new MetadataRecordException(
          "no broker %d is registered with epoch %d".formatted(id, epoch));
    }
    return broker;
  }

  private static MetadataRecordException unknownValue(String field, byte value) {
    return new MetadataRecordException(
        "field %s of a BrokerRegistrationChangeRecord holds %d".formatted(field, value));
  }

  SortedMap<Integer, BrokerImage> build() {
    return brokers;
  }
}
