package io.tailrace.conformance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The lines between modules (DESIGN.md §2), and what only {@code env} may do. Looked at is the code
 * of the embeddable part, env to broker, and of server; bench and the generator of the protocol are
 * programs of their own, not on this class path, and exempt.
 */
@AnalyzeClasses(
    packages = "io.tailrace",
    importOptions = {
      ImportOption.DoNotIncludeTests.class,
      ArchitectureTest.NoGeneratedMessages.class
    })
class ArchitectureTest {
  private static final String ENV = "io.tailrace.env..";
  private static final String PROTOCOL = "io.tailrace.protocol..";
  private static final String RECORD = "io.tailrace.record..";
  private static final String LOG = "io.tailrace.log..";
  private static final String METADATA = "io.tailrace.metadata..";
  private static final String COORDINATOR = "io.tailrace.coordinator..";
  private static final String BROKER = "io.tailrace.broker..";
  private static final String SERVER = "io.tailrace.server..";
  private static final String TESTKIT = "io.tailrace.testkit..";

  /** More than a thousand classes out of one template, which depend on nothing but protocol. */
  static final class NoGeneratedMessages implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("/io/tailrace/protocol/message/");
    }
  }

  @ArchTest
  static final ArchRule envIsTheFloor =
      knowsNothingOf(
          ENV,
          "env is what everything stands on: take what it needs as an argument instead",
          PROTOCOL,
          RECORD,
          LOG,
          METADATA,
          COORDINATOR,
          BROKER,
          SERVER);

  @ArchTest
  static final ArchRule protocolIsOnlyBytes =
      knowsNothingOf(
          PROTOCOL,
          "protocol does no I/O and keeps no state: implement Records or Message in the module"
              + " that knows more",
          ENV,
          RECORD,
          LOG,
          METADATA,
          COORDINATOR,
          BROKER,
          SERVER);

  @ArchTest
  static final ArchRule recordIsOnlyBytes =
      knowsNothingOf(
          RECORD,
          "record is the layout of batches: it is handed a buffer",
          ENV,
          PROTOCOL,
          LOG,
          METADATA,
          COORDINATOR,
          BROKER,
          SERVER);

  @ArchTest
  static final ArchRule logKnowsNoTopicsAndNoSockets =
      knowsNothingOf(
          LOG,
          "log throws LogException and returns LogSlice; broker makes error codes and responses"
              + " of them",
          PROTOCOL,
          METADATA,
          COORDINATOR,
          BROKER,
          SERVER);

  @ArchTest
  static final ArchRule metadataKnowsNoConnections =
      knowsNothingOf(
          METADATA,
          "metadata takes a request value and returns a response; what it needs of the broker"
              + " comes in through an interface of its own",
          COORDINATOR,
          BROKER,
          SERVER);

  @ArchTest
  static final ArchRule coordinatorsAreStateMachines =
      knowsNothingOf(
          COORDINATOR,
          "coordinators take a request value and return records and a response: time, ids, topics"
              + " and the log come in through interfaces of their own",
          ENV,
          RECORD,
          LOG,
          METADATA,
          BROKER,
          SERVER);

  @ArchTest
  static final ArchRule brokerKnowsNoProgram =
      knowsNothingOf(BROKER, "people embed broker: what needs a process belongs in server", SERVER);

  @ArchTest
  static final ArchRule netMovesBytes =
      knowsNothingOf(
          "io.tailrace.broker.net..",
          "net moves frames: it hands them to a RequestProcessor and gets a ResponseEncoder",
          "io.tailrace.broker.api..",
          "io.tailrace.broker.partition..",
          "io.tailrace.broker.config..",
          METADATA,
          LOG,
          RECORD);

  @ArchTest
  static final ArchRule handlersKnowNoConnections =
      knowsNothingOf(
          "io.tailrace.broker.api..",
          "handlers answer an ApiRequest, whatever it came through",
          "io.tailrace.broker.net..");

  @ArchTest
  static final ArchRule configIsAlone =
      knowsNothingOf(
          "io.tailrace.broker.config..",
          "config is read by everybody: it can't ask anybody",
          "io.tailrace.broker",
          "io.tailrace.broker.api..",
          "io.tailrace.broker.net..",
          "io.tailrace.broker.partition..",
          METADATA,
          LOG);

  @ArchTest
  static final ArchRule noCyclesInTheBroker =
      slices()
          .matching("io.tailrace.broker.(*)..")
          .should()
          .beFreeOfCycles()
          .because("a cycle makes two packages one: move what both need into a third");

  @ArchTest
  static final ArchRule nothingShipsWithTestCode =
      noClasses()
          .that()
          .resideOutsideOfPackage(TESTKIT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(TESTKIT)
          .because("testkit is for tests: what ships has its real counterpart in env");

  @ArchTest
  static final ArchRule noKafkaAndNoNetty =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "kafka..", "io.netty..", "org.slf4j..")
          .because(
              "people embed Tailrace beside any version of these: use io.tailrace.protocol,"
                  + " io.tailrace.broker.net, System.Logger (DESIGN.md §11)");

  @ArchTest
  static final ArchRule onlyEnvReadsClocks =
      belowServer()
          .should()
          .accessTargetWhere(
              member("java.lang.System", "nanoTime", "currentTimeMillis")
                  .or(member("java.time.Instant", "now"))
                  .or(member("java.time.Clock", "system", "systemUTC", "systemDefaultZone"))
                  .or(member("java.time.LocalDate", "now"))
                  .or(member("java.time.LocalDateTime", "now"))
                  .or(member("java.time.ZonedDateTime", "now"))
                  .or(member("java.util.Date", "<init>")))
          .because("tests run under a clock of their own: take nowNs or wallMs, or an env.Clock");

  @ArchTest
  static final ArchRule onlyEnvOpensFiles =
      belowServer()
          .should()
          .dependOnClassesThat(
              named(
                  "java.nio.file.Files",
                  "java.io.File",
                  "java.io.FileInputStream",
                  "java.io.FileOutputStream",
                  "java.io.FileReader",
                  "java.io.FileWriter",
                  "java.io.RandomAccessFile",
                  "java.nio.channels.AsynchronousFileChannel"))
          .orShould()
          .accessTargetWhere(member("java.nio.channels.FileChannel", "open", "map"))
          .because("tests break the disk at every call: use env.Disk and env.DiskFile");

  @ArchTest
  static final ArchRule onlyEnvStartsThreads =
      belowServer()
          .should()
          .dependOnClassesThat(
              named(
                  "java.util.concurrent.Executors",
                  "java.util.concurrent.ForkJoinPool",
                  "java.util.concurrent.ThreadPoolExecutor",
                  "java.util.concurrent.ScheduledThreadPoolExecutor",
                  "java.util.Timer"))
          .orShould()
          .accessTargetWhere(
              member("java.lang.Thread", "<init>", "start", "sleep")
                  .or(member("java.lang.Thread", "ofVirtual", "ofPlatform", "startVirtualThread"))
                  .or(ofCommonPool()))
          .because("who starts a thread must end it: use env.Threads, and wait with a deadline");

  @ArchTest
  static final ArchRule onlyEnvIsRandom =
      belowServer()
          .should()
          .dependOnClassesThat(
              named(
                  "java.util.Random",
                  "java.util.SplittableRandom",
                  "java.util.concurrent.ThreadLocalRandom",
                  "java.security.SecureRandom"))
          .orShould()
          .accessTargetWhere(
              member("java.util.UUID", "randomUUID").or(member("java.lang.Math", "random")))
          .because("a failed run is repeated from its seed: use env.Randomness");

  @ArchTest
  static final ArchRule noExitBelowServer =
      noClasses()
          .that()
          .resideInAnyPackage(ENV, PROTOCOL, RECORD, LOG, METADATA, BROKER)
          .should()
          .accessTargetWhere(
              member("java.lang.System", "exit").or(member("java.lang.Runtime", "exit", "halt")))
          .because("an embedded broker must not end its host: throw, or close the broker");

  private static GivenClassesConjunction belowServer() {
    return noClasses().that().resideInAnyPackage(PROTOCOL, RECORD, LOG, METADATA, BROKER);
  }

  private static ArchRule knowsNothingOf(String module, String instead, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(module)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(others)
        .because(instead);
  }

  /** Calls of, and references to, the methods of a class; {@code <init>} is its constructor. */
  private static DescribedPredicate<JavaAccess<?>> member(String owner, String... names) {
    Set<String> wanted = Set.of(names);
    return describe(
        owner + "." + wanted,
        access ->
            access.getTarget().getOwner().getName().equals(owner)
                && wanted.contains(access.getTarget().getName()));
  }

  /** CompletableFuture's xxxAsync without an executor: they run on the JVM's common pool. */
  private static DescribedPredicate<JavaAccess<?>> ofCommonPool() {
    return describe(
        "CompletableFuture's Async methods without an executor",
        access ->
            access.getTarget().getOwner().getName().equals(CompletableFuture.class.getName())
                && access.getTarget().getName().endsWith("Async")
                && access.getTarget() instanceof CodeUnitAccessTarget target
                && target.getRawParameterTypes().stream()
                    .noneMatch(type -> type.isEquivalentTo(Executor.class)));
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> wanted = Set.of(names);
    return describe("are one of " + wanted, type -> wanted.contains(type.getName()));
  }
}
