package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a tree of empty modules, with a JDK and a Maven that only say so. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir private Path temp;
  private Path root;
  private Path jdk;

  /** Exit code and all that was printed. */
  private record Result(int code, String text) {}

  @BeforeEach
  void makeTree() throws Exception {
    root = Files.createDirectories(temp.resolve("a tree"));
    Files.copy(Path.of("..", "tailrace"), root.resolve("tailrace"));
    Files.writeString(root.resolve("pom.xml"), "");
    for (String module :
        List.of("env", "protocol", "log", "metadata", "coordinator", "broker", "server")) {
      Files.createDirectories(root.resolve(module).resolve("src/main"));
      Files.writeString(root.resolve(module).resolve("pom.xml"), "");
    }
    jdk = temp.resolve("jdk");
    script(jdk.resolve("bin/java"), "echo \"java $*\"");
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"25.0.3\"\n");
    maven("mkdir -p server/target; echo jar > server/target/tailrace.jar");
  }

  @Test
  void buildsOnFirstUseShowsItsProgressAndPassesTheWordsOn() throws Exception {
    Result first = launch("start", "--data", "a b");
    assertThat(first.code()).isZero();
    assertThat(first.text())
        .contains("building from the sources", "tailrace:   2/8  Tailrace env")
        .contains("-jar " + root.resolve("target/tailrace.jar") + " start --data a b");
    assertThat(launch("version").text()).startsWith("java ").hasLineCount(1);
  }

  @Test
  void buildsAnewWhenASourceIsNewer() throws Exception {
    launch("version");
    Path source = Files.writeString(root.resolve("log/src/main/A.java"), "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
    assertThat(launch("version").text()).contains("building");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(60)));
    assertThat(launch("version").text()).doesNotContain("building");
  }

  @Test
  void takesTheJarOfAnEarlierMavenRun() throws Exception {
    Files.createDirectories(root.resolve("server/target"));
    Files.writeString(root.resolve("server/target/tailrace.jar"), "made by mvn verify");
    assertThat(launch("version").text()).doesNotContain("building");
    assertThat(root.resolve("target/tailrace.jar")).hasContent("made by mvn verify");
  }

  @Test
  void startsFromTheCacheThatWasMadeForTheJar() throws Exception {
    script(
        jdk.resolve("bin/java"),
        "echo \"java $*\"; for a; do case $a in -XX:AOTCacheOutput=*) echo x >\"${a#*=}\";; esac;"
            + " done");
    launch("version");
    String option = "-XX:AOTCache=" + root.resolve("target/tailrace.aot");
    assertThat(launch("start").text()).contains(option);
    Files.writeString(root.resolve("target/tailrace.jar"), "another jar");
    assertThat(launch("start").text()).doesNotContain("AOTCache");
    assertThat(launch("build").code()).isZero();
    assertThat(launch("start").text()).contains(option);
  }

  @Test
  void worksFromAnyFolderAndThroughSymbolicLinks() throws Exception {
    Path links = Files.createDirectories(temp.resolve("links"));
    Files.createSymbolicLink(links.resolve("one"), root.resolve("tailrace"));
    Files.createSymbolicLink(links.resolve("two"), Path.of("one"));
    Result result = run(links, List.of("./two", "version"));
    assertThat(result.text()).contains("-jar " + root.resolve("target/tailrace.jar"));
  }

  @Test
  void aFailedBuildSaysWhyAndLeavesNoLock() throws Exception {
    maven("echo '[ERROR] Clock.java:[1,2] no such thing'; echo '[ERROR] -> [Help 1]'; exit 1");
    Result result = launch("start");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.text())
        .contains("the build failed", "Clock.java:[1,2] no such thing", "target/build.log")
        .doesNotContain("Help 1", "java -");
    assertThat(root.resolve("target/build.lock")).doesNotExist();
  }

  @Test
  void startsAtTheSameTimeBuildOnce() throws Exception {
    maven("echo x >> built; mkdir -p server/target; echo jar > server/target/tailrace.jar");
    List<Process> starts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      starts.add(start(root, List.of("./tailrace", "version")));
    }
    for (Process start : starts) {
      assertThat(result(start).code()).isZero();
    }
    assertThat(root.resolve("built")).hasContent("x\n");
  }

  @Test
  void theLockOfADeadBuildIsTakenOver() throws Exception {
    Path lock = Files.createDirectories(root.resolve("target/build.lock"));
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(lock.resolve("pid"), dead.pid() + "\n");
    assertThat(launch("version").code()).isZero();
    assertThat(lock).doesNotExist();
  }

  @Test
  void optionsForTheJvmMayChooseTheCollector() throws Exception {
    assertThat(launch("start").text()).contains("-XX:+UseSerialGC");
    Process process =
        builder(root, List.of("./tailrace", "start"), "TAILRACE_JAVA_OPTS", "-XX:+UseG1GC").start();
    assertThat(result(process).text()).contains("-XX:+UseG1GC").doesNotContain("SerialGC");
  }

  @Test
  void aJdkOfAnotherVersionIsNotTaken() throws Exception {
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"250\"\n");
    Path second = temp.resolve("second");
    script(second.resolve("bin/java"), "echo second");
    Files.writeString(second.resolve("release"), "JAVA_VERSION=\"25\"\n");
    Process process =
        builder(root, List.of("./tailrace", "version"), "JAVA25_HOME", second.toString()).start();
    assertThat(result(process).text()).endsWith("second\n");
  }

  private void maven(String body) throws Exception {
    script(
        temp.resolve("bin/mvn"),
        "cd '" + root + "'; echo '[INFO] Building Tailrace env 0.1.0      [2/8]'; " + body);
  }

  private static void script(Path file, String body) throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Result launch(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of("./tailrace"));
    command.addAll(List.of(words));
    return run(root, command);
  }

  private Result run(Path folder, List<String> command) throws Exception {
    return result(start(folder, command));
  }

  private Process start(Path folder, List<String> command) throws Exception {
    return builder(folder, command, "TAILRACE_JAVA_OPTS", "").start();
  }

  private ProcessBuilder builder(Path folder, List<String> command, String variable, String value) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("PATH", temp.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("JAVA_HOME", jdk.toString());
    builder.environment().put(variable, value);
    return builder;
  }

  private static Result result(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), text);
  }
}
