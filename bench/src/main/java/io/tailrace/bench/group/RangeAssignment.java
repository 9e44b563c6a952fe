package io.tailrace.bench.group;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.ConsumerProtocolAssignment.TopicPartition;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the leader of a classic group makes up: each member gets as many partitions of the one topic
 * as the others, that lie side by side. Written as the Java client's assignors do, a version and
 * then the message in it.
 */
record RangeAssignment(String topic, int partitions) {
  private static final short VERSION = 1;

  /** What a member says when it joins. */
  byte[] subscription() {
    return bytes(new ConsumerProtocolSubscription().topics(List.of(topic)));
  }

  /** Shares the partitions out, in the order of the members' ids. */
  List<SyncGroupRequestAssignment> of(List<JoinGroupResponseMember> members) {
    List<String> ids = members.stream().map(JoinGroupResponseMember::memberId).sorted().toList();
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      int[] share =
          IntStream.range(i * partitions / ids.size(), (i + 1) * partitions / ids.size()).toArray();
      ConsumerProtocolAssignment assignment =
          new ConsumerProtocolAssignment()
              .assignedPartitions(List.of(new TopicPartition().topic(topic).partitions(share)));
      assignments.add(
          new SyncGroupRequestAssignment().memberId(ids.get(i)).assignment(bytes(assignment)));
    }
    return assignments;
  }

  /** Those that a member got. */
  static int[] partitions(byte[] assignment) {
    ByteBuffer bytes = ByteBuffer.wrap(assignment);
    short version = bytes.getShort();
    ConsumerProtocolAssignment message = new ConsumerProtocolAssignment();
    message.read(new ProtocolReader(bytes.slice()), version);
    return message.assignedPartitions().getFirst().partitions();
  }

  private static byte[] bytes(Message message) {
    ProtocolWriter writer = new ProtocolWriter();
    writer.writeShort(VERSION);
    message.write(writer, VERSION);
    byte[] bytes = new byte[writer.size()];
    writer.buffer().get(bytes);
    return bytes;
  }
}
