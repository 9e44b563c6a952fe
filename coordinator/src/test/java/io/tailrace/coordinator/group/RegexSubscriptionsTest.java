package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RegexSubscriptionsTest {
  private final ConsumerTestBed bed = new ConsumerTestBed();

  private static ConsumerGroupHeartbeatRequest joinRegex(String memberId, String regex) {
    return join(memberId).subscribedTopicNames(null).subscribedTopicRegex(regex);
  }

  @Test
  void topicsThatMatchAreSharedOutOnceTheyAreLookedUp() {
    bed.topics = bed.topics.with("foo-1", 2).with("foo-2", 1).with("bar", 5);
    assertThat(bed.send(joinRegex("m", "foo.*")).memberEpoch()).isEqualTo(1);
    assertThat(bed.group().epoch()).isEqualTo(1);
    bed.pass(0);
    assertThat(bed.group().subscriptions().resolved("foo.*").topics())
        .containsExactly("foo-1", "foo-2");
    var response = bed.send(joinRegex("m", "foo.*"));
    assertThat(response.memberEpoch()).isEqualTo(2);
    assertThat(assignment(response).keySet())
        .isEqualTo(Set.of(bed.topics.id("foo-1"), bed.topics.id("foo-2")));
    assertThat(bed.stateOfReplay()).isEqualTo(bed.state());
  }

  @Test
  void wholeNamesMatchAndInternalTopicsToo() {
    bed.topics = bed.topics.with("foo", 1).with("foo2", 1).with("__consumer_offsets", 50);
    bed.send(joinRegex("m", "foo|__.*"));
    bed.pass(0);
    assertThat(bed.group().subscriptions().topicNames())
        .containsExactly("__consumer_offsets", "foo");
  }

  @Test
  void newTopicsAreFoundButNotMoreOftenThanEveryTenSeconds() {
    bed.topics = bed.topics.with("foo-1", 1);
    bed.send(joinRegex("m", "foo.*"));
    bed.pass(0);
    bed.send(joinRegex("m", "foo.*"));
    bed.topics(bed.topics.with("foo-2", 1), "foo-2");
    bed.pass(5_000);
    bed.send(beat("m", 2));
    bed.pass(0);
    assertThat(bed.group().epoch()).isEqualTo(2);
    bed.pass(5_001);
    bed.send(beat("m", 2));
    bed.pass(0);
    assertThat(bed.group().epoch()).isEqualTo(3);
    assertThat(bed.send(beat("m", 2)).memberEpoch()).isEqualTo(3);
    bed.pass(5_000);
    bed.takeRecords();
    bed.send(beat("m", 3));
    bed.pass(20_000);
    bed.send(beat("m", 3));
    bed.pass(0);
    assertThat(bed.takeRecords()).as("nothing is looked up without need").isEmpty();
  }

  @Test
  void expressionsAreLookedUpAgainAtIntervals() {
    bed.topics = bed.topics.with("foo", 1);
    bed.groupConfigs.put(ConsumerSettings.SESSION_TIMEOUT, "60000");
    bed.send(joinRegex("m", "foo.*"));
    bed.pass(0);
    bed.send(joinRegex("m", "foo.*"));
    bed.takeRecords();
    for (int i = 0; i < 12; i++) {
      bed.pass(50_000);
      bed.send(beat("m", 2));
      bed.pass(0);
    }
    assertThat(bed.takeRecords()).isEmpty();
    bed.pass(1);
    bed.send(beat("m", 2));
    bed.pass(0);
    assertThat(bed.takeRecords()).as("the expression, with a new time").hasSize(1);
  }

  @Test
  void anExpressionThatNobodyUsesAnyMoreGoes() {
    bed.topics = bed.topics.with("foo", 1).with("bar", 1);
    bed.send(joinRegex("m", "foo.*"));
    bed.send(joinRegex("n", "foo.*"));
    bed.pass(0);
    bed.send(joinRegex("m", ""));
    assertThat(bed.group().subscriptions().resolvedRegexes()).containsExactly("foo.*");
    assertThat(bed.group().metadataHash()).isNotZero();
    bed.send(beat("n", -1));
    assertThat(bed.group().subscriptions().resolvedRegexes()).isEmpty();
    assertThat(bed.group().metadataHash()).isZero();
    bed.pass(11_000);
    bed.send(joinRegex("m", "bar.*"));
    bed.pass(0);
    assertThat(bed.group().metadataHash()).isNotZero();
    bed.send(joinRegex("m", ""));
    assertThat(bed.group().metadataHash()).isZero();
    assertThat(bed.stateOfReplay()).isEqualTo(bed.state());
  }

  @Test
  void namesAndAnExpressionAddUp() {
    bed.topics = bed.topics.with("foo", 1).with("bar", 1);
    bed.send(join("m", "bar").subscribedTopicRegex("foo.*"));
    bed.pass(0);
    var response = bed.send(join("m", "bar").subscribedTopicRegex("foo.*"));
    assertThat(assignment(response)).hasSize(2);
    response = bed.send(beat("m", response.memberEpoch()).subscribedTopicNames(List.of()));
    assertThat(assignment(response).keySet()).containsExactly(bed.topics.id("foo"));
  }

  @Test
  void anInvalidExpressionIsRefusedWithItsReason() {
    assertThatThrownBy(() -> bed.send(joinRegex("m", "[")))
        .isInstanceOfSatisfying(
            CoordinatorException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REGULAR_EXPRESSION))
        .hasMessage(
            "SubscribedTopicRegex `[` is not a valid regular expression: missing closing ].");
    assertThat(bed.find(ConsumerTestBed.GROUP)).isNull();
  }

  @Test
  @Timeout(20)
  void noExpressionBlowsUp() {
    String name = "a".repeat(249);
    for (String regex :
        List.of(
            "(a+)+$",
            "(a+)+!",
            "(a|aa)+b",
            "(a*)*(a*)*(a*)*c",
            "(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^a]",
            "a?".repeat(249) + "a".repeat(249),
            "(x|".repeat(500) + "a" + ")".repeat(500),
            "(a|b)*".repeat(2000))) {
      bed.topics = bed.topics.with(name, 1);
      bed.pass(11_000);
      bed.send(joinRegex("m", regex));
      bed.pass(0);
      assertThat(bed.group().subscriptions().resolved(regex)).isNotNull();
    }
  }

  @Test
  @Timeout(20)
  void repetitionsThatWouldTakeAllMemoryAreRefused() {
    for (String regex :
        List.of(
            "((a{1000}){1000}){1000}",
            "(((a{100}){100}){100}){100}",
            "(\\Q)\\Ea{1000}){1000}",
            "([])]a{1000}){1000}",
            "((a{1000})*){1000}",
            "(a{2}){1,1000}(((b|c){1000}){1000})",
            "(".repeat(15_000) + ")".repeat(15_000))) {
      assertThatThrownBy(() -> bed.send(joinRegex("m", regex)))
          .isInstanceOf(CoordinatorException.class)
          .hasMessageContaining("its repetitions, written out, are too large");
    }
  }

  @Test
  void anExpressionHasToFitIntoTheKeyOfARecord() {
    String longest = "a".repeat(32_767);
    bed.send(joinRegex("m", longest));
    assertThatThrownBy(() -> bed.send(joinRegex("n", longest + "b")))
        .isInstanceOf(CoordinatorException.class)
        .hasMessageContaining("it is longer than 32767 bytes");
  }

  @Test
  void ordinaryRepetitionsAreNot() {
    for (String regex :
        List.of(
            "a{1000}", "[a-z]{1,249}", "(foo|bar-[0-9]{3}){1,20}", "x{,5}", "{", "\\x{10FFFF}")) {
      assertThat(RegexSize.isTooLarge(regex)).as(regex).isFalse();
    }
    assertThat(RegexSize.isTooLarge("topic-name|".repeat(10_000))).isFalse();
  }

  /** What is let through compiles to a program of no more than some times its size. */
  @Test
  void randomPatternsThatAreLetThroughStaySmall() {
    Random random = new Random(1);
    String[] parts = {
      "a", "(", ")", "(?:", "[b-d]", "[]x]", "[^)]", "|", "*", "+?", "{30}", "{2,40}", "{7,}",
      "\\Q(\\E", "\\)", "\\pL", "."
    };
    int compiled = 0;
    for (int i = 0; i < 30_000; i++) {
      StringBuilder regex = new StringBuilder();
      for (int part = random.nextInt(16); part >= 0; part--) {
        regex.append(parts[random.nextInt(parts.length)]);
      }
      if (!RegexSize.isTooLarge(regex.toString())) {
        try {
          int size = Pattern.compile(regex.toString()).programSize();
          assertThat(size).as(regex.toString()).isLessThan(4 * RegexSize.MAX_ADDED);
          compiled++;
        } catch (PatternSyntaxException e) {
          // Most of them.
        }
      }
    }
    assertThat(compiled).isGreaterThan(1_000);
  }
}
