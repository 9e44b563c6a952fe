package io.tailrace.server.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Clock;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.server.options.UsageException;
import io.tailrace.testkit.FakeBroker;
import io.tailrace.testkit.SimClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command against a broker that plays two groups: see {@link FakeGroups}. */
class GroupCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Clock clock = new SimClock(FakeGroups.NOW);
  private final AtomicInteger pauses = new AtomicInteger();
  private final List<Message> asked = new CopyOnWriteArrayList<>();
  private FakeBroker broker;

  @BeforeEach
  void start() throws IOException {
    broker = new FakeBroker(asked::add);
    FakeGroups.serve(broker);
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private int run(String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(List.of("--bootstrap", broker.bootstrap()));
    return runBare(all);
  }

  private int runBare(List<String> words) throws Exception {
    PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new GroupCommand(outStream, errStream, clock, ms -> pauses.incrementAndGet())
        .run(words, "help");
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void listShowsEveryGroupWithItsLag() throws Exception {
    assertThat(run("list")).isZero();
    assertThat(out())
        .isEqualTo(
            """
            GROUP  PROTOCOL  STATE   MEMBERS  LAG  OLDEST UNREAD
            new    consumer  Stable        2   10           10 s
            old    classic   Stable        1   20           20 s
            us     share     Stable        -    -              -
            """);
    assertThat(err()).isEmpty();
  }

  @Test
  void listAsJson() throws Exception {
    run("list", "--json");
    assertThat(out())
        .isEqualTo(
            """
            [{"group":"new","protocol":"consumer","state":"Stable","members":2,"lagRecords":10,"lagMs":10000},\
            {"group":"old","protocol":"classic","state":"Stable","members":1,"lagRecords":20,"lagMs":20000},\
            {"group":"us","protocol":"share","state":"Stable","members":null,"lagRecords":null,"lagMs":null}]
            """);
  }

  @Test
  void describeShowsPartitionsAndMembersOfAConsumerGroup() throws Exception {
    assertThat(run("describe", FakeGroups.CONSUMER)).isZero();
    assertThat(out())
        .isEqualTo(
            """
            group     new
            protocol  consumer
            state     Stable
            assignor  uniform
            members   2
            lag       10 records, oldest 10 s

            TOPIC  PARTITION  COMMITTED  END  LAG  OLDEST UNREAD  MEMBER  CLIENT  HOST
            t              0         20   30   10           10 s  m-1     app     /127.0.0.1
            t              1         30   30    0            0 s  m-1     app     /127.0.0.1
            -              -          -    -    -              -  m-2     app     /127.0.0.1
            """);
  }

  /** Offset 5 is no longer in the log, which begins at 10. */
  @Test
  void describeShowsAClassicGroupThatLagsFromTheLogsStart() throws Exception {
    assertThat(run("describe", FakeGroups.CLASSIC)).isZero();
    assertThat(out())
        .contains("protocol  classic", "assignor  range")
        .containsPattern("t +2 +5 +30 +20 +20 s +m-3 +legacy +/127.0.0.2\n")
        .containsPattern("t +3 +- +30 +- +- +m-3 ");
  }

  @Test
  void describeAsJson() throws Exception {
    run("describe", "--json", FakeGroups.CONSUMER);
    assertThat(out())
        .startsWith("{\"group\":\"new\",")
        .contains(
            "\"assignor\":\"uniform\"",
            "{\"topic\":\"t\",\"partition\":0,\"committedOffset\":20,\"endOffset\":30,"
                + "\"lagRecords\":10,\"lagMs\":10000,\"member\":{\"memberId\":\"m-1\","
                + "\"clientId\":\"app\",\"host\":\"/127.0.0.1\"}}",
            "\"idleMembers\":[{\"memberId\":\"m-2\",");
  }

  @Test
  void aPartitionIsFetchedFromOnlyIfSomethingIsUnreadAndOnlyOneSmallBatch() throws Exception {
    run("list");
    List<FetchRequest> fetches =
        asked.stream()
            .filter(FetchRequest.class::isInstance)
            .map(FetchRequest.class::cast)
            .toList();
    assertThat(fetches).hasSize(2).allSatisfy(it -> assertThat(it.maxBytes()).isEqualTo(1024));
  }

  @Test
  void noTopicIsMadeByAsking() throws Exception {
    run("list");
    assertThat(asked)
        .filteredOn(MetadataRequest.class::isInstance)
        .isNotEmpty()
        .allMatch(it -> !((MetadataRequest) it).allowAutoTopicCreation());
  }

  @Test
  void brokersWithoutTheNewProtocolAreAskedForClassicGroupsOnly() throws Exception {
    broker.off(ApiKey.CONSUMER_GROUP_DESCRIBE);
    assertThat(run("describe", FakeGroups.CLASSIC)).isZero();
    assertThat(out()).contains("classic");
  }

  @Test
  void anUnknownGroupIsNamed() throws Exception {
    assertThat(run("describe", "nobody")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "tailrace: there is no group nobody on %s; 'tailrace group list' shows all%n"
                .formatted(broker.bootstrap()));
    assertThat(out()).isEmpty();
  }

  @Test
  void whereNothingListensItSaysSo() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThat(runBare(List.of("list", "--bootstrap", "127.0.0.1:" + port))).isEqualTo(1);
    assertThat(err())
        .hasLineCount(1)
        .contains("nothing listens on 127.0.0.1:" + port)
        .contains("--bootstrap");
  }

  @Test
  void anUnknownHostIsNamed() throws Exception {
    assertThat(runBare(List.of("list", "--bootstrap", "no-such-host.invalid:1"))).isEqualTo(1);
    assertThat(err()).hasLineCount(1).contains("there is no host no-such-host.invalid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n\r\n", "\u0015\u0003\u0003\0\2\2F", ""})
  void whatIsNoBrokerIsSaidToBeNone(String speech) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> speak(other, speech));
      String address = "127.0.0.1:" + other.getLocalPort();
      assertThat(runBare(List.of("list", "--bootstrap", address))).isEqualTo(1);
      assertThat(err())
          .hasLineCount(1)
          .contains(address)
          .containsPattern("does not speak Kafka's protocol|closed the connection|was lost");
    }
  }

  private static void speak(ServerSocket server, String speech) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read(new byte[100]);
      socket.getOutputStream().write(speech.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      // the client has gone
    }
  }

  @ParameterizedTest
  @CsvSource({"OFFSET_FETCH, 7, 8", "LIST_GROUPS, 3, 4", "METADATA, 3, 4"})
  void aBrokerThatIsTooOldIsSaidToBe(ApiKey key, int served, int needed) throws Exception {
    broker.on(key, served, request -> null);
    assertThat(run("list")).isEqualTo(1);
    assertThat(err())
        .hasLineCount(1)
        .contains("too old", key + " up to version " + served + ", and " + needed + " is needed");
  }

  @Test
  void aBrokerWithoutGroupsIsSaidToHaveNone() throws Exception {
    broker.off(ApiKey.FIND_COORDINATOR);
    assertThat(run("describe", "g")).isEqualTo(1);
    assertThat(err()).contains("does not serve FIND_COORDINATOR");
  }

  @Test
  void aCoordinatorThatIsNotReadyIsAskedAgain() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    broker.on(
        ApiKey.FIND_COORDINATOR,
        6,
        request ->
            tries.incrementAndGet() <= 3
                ? FakeGroups.coordinator(broker, ErrorCode.COORDINATOR_NOT_AVAILABLE)
                : FakeGroups.coordinator(broker));
    assertThat(run("describe", FakeGroups.CLASSIC)).isZero();
    assertThat(pauses).hasValue(3);
  }

  @Test
  void aCoordinatorThatStaysAwayIsGivenUpAfterAFewSeconds() throws Exception {
    broker.on(
        ApiKey.FIND_COORDINATOR,
        6,
        request -> FakeGroups.coordinator(broker, ErrorCode.COORDINATOR_NOT_AVAILABLE));
    assertThat(run("describe", FakeGroups.CLASSIC)).isEqualTo(1);
    assertThat(pauses).hasValue(19);
    assertThat(err()).hasLineCount(1).contains("COORDINATOR_NOT_AVAILABLE");
  }

  @ParameterizedTest
  @CsvSource({
    "'', 'list, or describe GROUP'",
    "lsit, there is no group lsit",
    "list all, takes no names",
    "describe, the name of one group",
    "describe a b, the name of one group",
    "list --jsn, unknown option --jsn",
    "list --boot, did you mean --bootstrap?",
    "list --bootstrap, --bootstrap needs a value",
    "list --bootstrap 9092, 9092 is not HOST:PORT",
    "list --bootstrap a:99999, a:99999 is not HOST:PORT",
  })
  void aCommandLineNotUnderstoodIsExplained(String line, String message) {
    List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));
    assertThatThrownBy(() -> runBare(words))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  @Test
  void helpIsPrinted() throws Exception {
    assertThat(runBare(List.of("--help"))).isZero();
    assertThat(out()).startsWith("help");
  }
}
