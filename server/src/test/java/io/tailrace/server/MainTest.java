package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a user meets it: exit codes, what is printed, and where. */
class MainTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path folder;

  /** What happens while the broker runs. */
  private interface Running {
    void act() throws InterruptedException;
  }

  @Test
  void startsSaysWhereAndStopsWhenAsked() throws Exception {
    assertThat(start("--listen", "127.0.0.1:0")).isZero();
    assertThat(out())
        .contains("Tailrace ")
        .containsPattern("address +127\\.0\\.0\\.1:[1-9][0-9]+")
        .contains("data      " + folder.resolve("data"))
        .contains("Ctrl-C")
        .containsPattern("kcat -P -b 127\\.0\\.0\\.1:[1-9]")
        .containsPattern("--bootstrap-server 127\\.0\\.0\\.1:[1-9]")
        .endsWith("Stopped." + System.lineSeparator());
    assertThat(err()).isEmpty();
  }

  @Test
  void whatIsOpenToOthersIsWarnedAbout() throws Exception {
    assertThat(start("--listen", "0.0.0.0:0", "--advertise", "localhost:0")).isZero();
    assertThat(err()).contains("WARN").contains("no security").hasLineCount(1);
  }

  @Test
  void warningsCanBeSilenced() throws Exception {
    assertThat(start("--listen", ":0", "--advertise", "localhost:0", "--log-level=error")).isZero();
    assertThat(err()).isEmpty();
  }

  @Test
  void aPortInUseIsNamedWithAWayToFindItsHolder() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(start("--listen", "127.0.0.1:" + port)).isEqualTo(1);
      assertThat(err())
          .hasLineCount(1)
          .startsWith("tailrace: ")
          .contains("port " + port + " is in use")
          .contains("ss -ltnp")
          .contains("--listen");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsRefused() throws Exception {
    assertThat(start("--listen", "192.0.2.1:9092")).isEqualTo(1);
    assertThat(err()).hasLineCount(2).contains("192.0.2.1:9092").contains("no such address");
  }

  @Test
  void aDataFolderInUseIsNamedWithItsHolder() throws Exception {
    List<Integer> codes = new ArrayList<>();
    Main first =
        main(() -> {
          Main second = main(() -> {});
          codes.add(second.run(List.of("start", "--listen", "127.0.0.1:0", "--data", data())));
        });
    codes.add(first.run(List.of("start", "--listen", "127.0.0.1:0", "--data", data())));
    assertThat(codes).containsExactly(1, 0);
    assertThat(err()).hasLineCount(1).contains(data()).contains("in use").contains("--data");
  }

  @Test
  void aDataFolderThatIsAFileIsNamed() throws Exception {
    Files.writeString(folder.resolve("data"), "not a folder");
    assertThat(start("--listen", "127.0.0.1:0")).isEqualTo(1);
    assertThat(err()).hasLineCount(1).contains(data()).contains("is a file").contains("--data");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "garbage", "version=0\nbroker.id=1", "version=1\nnode.id=x", "version=1"})
  void metaPropertiesThatCannotBeUnderstoodAreNamedAndKept(String text) throws Exception {
    Path meta = Files.createDirectories(folder.resolve("data")).resolve("meta.properties");
    Files.writeString(meta, text);
    assertThat(start("--listen", "127.0.0.1:0")).isEqualTo(1);
    assertThat(err()).hasLineCount(1).contains(meta.toString());
    assertThat(meta).hasContent(text);
  }

  @Test
  void theDataFolderOfAnotherNodeIsRefused() throws Exception {
    assertThat(start("--listen", "127.0.0.1:0", "-o", "node.id=5")).isZero();
    assertThat(start("--listen", "127.0.0.1:0", "-o", "node.id=6")).isEqualTo(1);
    assertThat(err()).hasLineCount(1).contains("meta.properties", "5", "6");
  }

  @Test
  void everySettingAtFaultGetsALineAndNoStackTrace() throws Exception {
    assertThat(start("-o", "num.partitions=0", "-o", "node.id=x")).isEqualTo(1);
    assertThat(err()).hasLineCount(2).contains("num.partitions=0").contains("node.id=x");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void debugShowsTheStackTrace() throws Exception {
    assertThat(start("-o", "num.partitions=0", "--debug")).isEqualTo(1);
    assertThat(err()).contains("\tat io.tailrace.server.");
  }

  @ParameterizedTest
  @CsvSource({
    "start --lis,did you mean --listen?",
    "start --nothing,unknown option --nothing",
    "start 9092,unknown option 9092",
    "start --listen,--listen needs a value",
    "start --debug=yes,--debug takes no value",
    "start --log-level loud,'write error, warning, info, debug or trace'",
    "strat,unknown command strat",
    "group lst,there is no group lst",
  })
  void aCommandLineNotUnderstoodIsCode2(String line, String message) throws Exception {
    assertThat(main(() -> {}).run(List.of(line.split(" ")))).isEqualTo(2);
    assertThat(err()).hasLineCount(1).contains(message).contains("tailrace help");
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"help", "--help", "-h", "start --help", "group --help", "''"})
  void helpNamesEveryOption(String line) throws Exception {
    List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));
    assertThat(main(() -> {}).run(words)).isZero();
    assertThat(out())
        .contains("--listen", "--advertise", "--data", "--config", "-o", "--log-level", "--debug")
        .contains("describe GROUP", "--bootstrap", "--json");
  }

  @Test
  void versionIsOneLine() throws Exception {
    assertThat(main(() -> {}).run(List.of("version"))).isZero();
    assertThat(out()).startsWith("Tailrace ").hasLineCount(1);
  }

  private int start(String... options) throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("start", "--data", data()));
    words.addAll(List.of(options));
    return main(() -> {}).run(words);
  }

  private Main main(Running running) {
    return new Main(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        Map.of(),
        new StartCommand.Stop() {
          @Override
          public void install(String bootstrapServers) {}

          @Override
          public void ended() {}

          @Override
          public void await() throws InterruptedException {
            running.act();
          }
        });
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
