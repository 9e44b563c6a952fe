package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.Broker;
import io.tailrace.coordinator.group.GroupShard;
import io.tailrace.env.Environment;
import io.tailrace.log.PartitionLog;
import io.tailrace.metadata.Controller;
import io.tailrace.protocol.ApiKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with a real JDK and a real jar: how it makes and uses the JVM's AOT cache. */
@DisabledOnOs(OS.WINDOWS)
class AotCacheTest {
  private static final String LOADED_FROM_CACHE =
      "io.tailrace.server.Main source: shared objects file";

  /** One class of each of our modules. */
  private static final List<Class<?>> MODULES =
      List.of(
          Main.class,
          Broker.class,
          Controller.class,
          GroupShard.class,
          PartitionLog.class,
          ApiKey.class,
          Environment.class);

  @TempDir private Path temp;
  private Path jar;
  private Path cache;

  /** In one test, because the training run takes seconds. */
  @Test
  void isMadeWithTheJarAndLeftAsideWhenItDoesNotFit() throws Exception {
    Path root = Files.createDirectories(temp.resolve("a tree"));
    Files.copy(Path.of("..", "tailrace"), root.resolve("tailrace"));
    jar = root.resolve("target/tailrace.jar");
    cache = root.resolve("target/tailrace.aot");
    makeJar(root.resolve("server/target/tailrace.jar"));

    assertThat(version("")).endsWith("Tailrace 9.9\n").contains("preparing fast starts");
    assertThat(cache).as(() -> read(root.resolve("target/training.log"))).exists();
    assertThat(root.resolve("target/training")).doesNotExist();
    assertThat(version("")).isEqualTo("Tailrace 9.9\n");
    assertThat(version("-Xlog:class+load")).contains(LOADED_FROM_CACHE);

    FileTime time = Files.getLastModifiedTime(jar);
    Files.setLastModifiedTime(jar, FileTime.fromMillis(time.toMillis() + 1));
    assertThat(version("-Xlog:class+load")).as("another jar").doesNotContain(LOADED_FROM_CACHE);
    Files.setLastModifiedTime(jar, time);

    assertThat(version("-XX:+UseG1GC")).isEqualTo("Tailrace 9.9\n");
    assertThat(version("-XX:-UseCompactObjectHeaders")).isEqualTo("Tailrace 9.9\n");
    byte[] whole = Files.readAllBytes(cache);
    for (byte[] broken : List.of(new byte[0], new byte[1 << 20], half(whole))) {
      Files.write(cache, broken);
      Files.setLastModifiedTime(cache, time);
      assertThat(version("")).as("cache of %d bytes", broken.length).isEqualTo("Tailrace 9.9\n");
    }
    Files.delete(cache);
    assertThat(version("")).isEqualTo("Tailrace 9.9\n");
  }

  private static byte[] half(byte[] whole) {
    return Arrays.copyOf(whole, whole.length / 2);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** All of our classes in one jar, as the build makes it. */
  private void makeJar(Path to) throws Exception {
    Path classes = Files.createDirectories(temp.resolve("classes"));
    for (Class<?> module : MODULES) {
      copy(Path.of(module.getProtectionDomain().getCodeSource().getLocation().toURI()), classes);
    }
    Path manifest = Files.writeString(temp.resolve("manifest"), "Implementation-Version: 9.9\n");
    Files.createDirectories(to.getParent());
    run(
        "-cfme",
        to.toString(),
        manifest.toString(),
        Main.class.getName(),
        "-C",
        classes.toString(),
        ".");
  }

  private static void copy(Path entry, Path to) throws IOException {
    if (Files.isRegularFile(entry)) {
      try (JarFile packed = new JarFile(entry.toFile())) {
        for (var file : (Iterable<JarEntry>) packed.stream()::iterator) {
          if (!file.isDirectory() && !file.getName().equals(JarFile.MANIFEST_NAME)) {
            Path target = to.resolve(file.getName());
            Files.createDirectories(target.getParent());
            Files.write(target, packed.getInputStream(file).readAllBytes());
          }
        }
      }
    } else if (Files.isDirectory(entry)) {
      try (var files = Files.walk(entry)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path target = to.resolve(entry.relativize(file).toString());
          Files.createDirectories(target.getParent());
          Files.copy(file, target);
        }
      }
    }
  }

  private static void run(String... arguments) {
    int code = ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, arguments);
    assertThat(code).isZero();
  }

  /** Runs {@code ./tailrace version}; all that it prints. */
  private String version(String jvmOptions) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("./tailrace", "version");
    builder.directory(temp.resolve("a tree").toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TAILRACE_JAVA_OPTS", jvmOptions);
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
