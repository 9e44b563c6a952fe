package io.tailrace.server.group;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Groups as tables for people. */
final class GroupText {
  private static final String NONE = "-";
  private static final int LARGEST_SHOWN = 120;

  private GroupText() {}

  static String list(List<GroupReport> groups) {
    TextTable table =
        new TextTable()
            .words("GROUP")
            .words("PROTOCOL")
            .words("STATE")
            .numbers("MEMBERS")
            .numbers("LAG")
            .numbers("OLDEST UNREAD");
    for (GroupReport group : groups) {
      GroupState state = group.state();
      table.row(
          state.group(),
          state.protocol(),
          state.state(),
          TextTable.number(state.memberCount()),
          TextTable.number(group.records()),
          age(group.ms()));
    }
    return groups.isEmpty() ? "There are no groups.\n" : table.text();
  }

  static String describe(GroupReport group) {
    TextTable table =
        new TextTable()
            .words("TOPIC")
            .numbers("PARTITION")
            .numbers("COMMITTED")
            .numbers("END")
            .numbers("LAG")
            .numbers("OLDEST UNREAD")
            .words("MEMBER")
            .words("CLIENT")
            .words("HOST");
    for (PartitionLag lag : group.partitions()) {
      GroupMember member = lag.member();
      table.row(
          lag.partition().topic(),
          TextTable.number(lag.partition().partition()),
          TextTable.number(lag.committed()),
          TextTable.number(lag.end()),
          TextTable.number(lag.records()),
          age(lag.ms()),
          member == null ? NONE : member.memberId(),
          member == null ? NONE : member.clientId(),
          member == null ? NONE : member.host());
    }
    for (GroupMember member : group.idleMembers()) {
      table.row(
          NONE, NONE, NONE, NONE, NONE, NONE, member.memberId(), member.clientId(), member.host());
    }
    return heading(group) + table.text();
  }

  private static String heading(GroupReport group) {
    GroupState state = group.state();
    TextTable heading = new TextTable().words("group").words(state.group());
    heading.row("protocol", state.protocol());
    heading.row("state", state.state());
    heading.row("assignor", state.assignor().isEmpty() ? NONE : state.assignor());
    heading.row("members", TextTable.number(state.memberCount()));
    heading.row("lag", TextTable.number(group.records()) + " records, oldest " + age(group.ms()));
    return heading.text() + "\n";
  }

  /** For example {@code 850 ms}, {@code 3 s}, {@code 2 min}: whole units, rounded down. */
  static String age(long ms) {
    if (ms < 0) {
      return NONE;
    }
    if (ms == 0) {
      return "0 s";
    }
    if (ms < 1000) {
      return ms + " ms";
    }
    long seconds = TimeUnit.MILLISECONDS.toSeconds(ms);
    if (seconds < LARGEST_SHOWN) {
      return seconds + " s";
    }
    long minutes = TimeUnit.SECONDS.toMinutes(seconds);
    if (minutes < LARGEST_SHOWN) {
      return minutes + " min";
    }
    long hours = TimeUnit.MINUTES.toHours(minutes);
    return hours < 48 ? hours + " h" : TimeUnit.HOURS.toDays(hours) + " d";
  }
}
