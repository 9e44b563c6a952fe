package io.tailrace.server.group;

import io.tailrace.server.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Groups as JSON for programs: the same as {@link GroupText}, times in ms, null for unknown. */
final class GroupJson {
  private GroupJson() {}

  static String list(List<GroupReport> groups) {
    return Json.text(groups.stream().map(GroupJson::summary).toList()) + "\n";
  }

  static String describe(GroupReport group) {
    Map<String, @Nullable Object> all = summary(group);
    all.put("assignor", group.state().assignor());
    all.put("partitions", group.partitions().stream().map(GroupJson::partition).toList());
    all.put("idleMembers", group.idleMembers().stream().map(GroupJson::member).toList());
    return Json.text(all) + "\n";
  }

  private static Map<String, @Nullable Object> summary(GroupReport group) {
    GroupState state = group.state();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("group", state.group());
    fields.put("protocol", state.protocol());
    fields.put("state", state.state());
    fields.put("members", known(state.memberCount()));
    fields.put("lagRecords", known(group.records()));
    fields.put("lagMs", known(group.ms()));
    return fields;
  }

  private static Map<String, @Nullable Object> partition(PartitionLag lag) {
    GroupMember member = lag.member();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("topic", lag.partition().topic());
    fields.put("partition", lag.partition().partition());
    fields.put("committedOffset", known(lag.committed()));
    fields.put("endOffset", known(lag.end()));
    fields.put("lagRecords", known(lag.records()));
    fields.put("lagMs", known(lag.ms()));
    fields.put("member", member == null ? null : member(member));
    return fields;
  }

  private static Map<String, @Nullable Object> member(GroupMember member) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("memberId", member.memberId());
    fields.put("clientId", member.clientId());
    fields.put("host", member.host());
    return fields;
  }

  private static @Nullable Long known(long value) {
    return value < 0 ? null : value;
  }
}
